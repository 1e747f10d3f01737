"""What the parser hands on: the chunks of a list, and the names that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from measures.importing.clauses.model import Role

NOT_A_NAME = "不像单位名称，请核对"


@dataclass(frozen=True)
class Chunk:
    """What stands between two separators of a list.

    Args:
        text: without blanks.
        positions: where its characters stand in the clause.
        separator: the one before it ("" at the beginning).
        group: number of the role group; a prefix that is carried into another group is doubtful.
        etc: the words after 等 (等市政府); "" for a plain 等, None for an ordinary chunk.
        why: what is doubtful about where it was cut.
    """

    text: str
    positions: tuple[int, ...]
    separator: str = ""
    group: int = 0
    role: Role | None = None
    etc: str | None = None
    alias: bool = False
    why: str = ""

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.positions[0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.positions[-1] + 1


def joined(chunks: Sequence[Chunk], mark: str = "、") -> Chunk:
    """Chunks that stand with one mark between each two of them, as one chunk that holds the marks."""
    text, positions = chunks[0].text, chunks[0].positions
    for chunk in chunks[1:]:
        text += mark + chunk.text
        positions += (chunk.start - 1, *chunk.positions)
    return replace(chunks[0], text=text, positions=positions)


@dataclass(frozen=True)
class Mention:
    """A chunk with its full name.

    Args:
        kind: "agency", "collective" (an open set) or "unknown" in the end; on the way there also "etc" (a plain 等) and the fragments that
            want an ending from behind ("place", "branch", "stem" of `names.Shape`).
        restored: the name has a prefix or suffix that the text leaves out.
        why: what a person must look at, "" if nothing.
        partial: words that are not of the name follow it.
    """

    chunk: Chunk
    name: str
    kind: str
    restored: bool = False
    why: str = ""
    partial: bool = False
