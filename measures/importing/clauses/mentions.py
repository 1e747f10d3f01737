"""What the parser hands on: the chunks of a list, and the names that are made of them."""

from __future__ import annotations

from dataclasses import dataclass

from measures.importing.clauses.model import Role

NOT_A_NAME = "不像单位名称，请核对"


@dataclass(frozen=True)
class Chunk:
    """What stands between two separators of a list.

    Args:
        text: without blanks.
        places: where its characters stand in the clause.
        separator: the one before it ("" at the beginning).
        group: number of the role group; a prefix that is carried into another group is doubtful.
        etc: the words after 等 (等市政府); "" for a plain 等, None for an ordinary chunk.
        why: what is doubtful about where it was cut.
    """

    text: str
    places: tuple[int, ...]
    separator: str = ""
    group: int = 0
    role: Role | None = None
    etc: str | None = None
    alias: bool = False
    why: str = ""

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.places[0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.places[-1] + 1


@dataclass(frozen=True)
class Mention:
    """A chunk with its full name."""

    chunk: Chunk
    name: str
    kind: str  # "agency", "collective" or "unknown"
    restored: bool = False
    why: str = ""
    partial: bool = False  # words that are not of the name follow it
