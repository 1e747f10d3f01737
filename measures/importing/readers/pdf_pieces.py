"""What a page of a PDF is put together from: fragments of text with their places, and the pieces of lines they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

_WIDE = re.compile("[\u1100-\uffff]")
_GAP = 0.85  # of the size of the type; a wider gap parts a line
_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text with its place: x to the right, y upwards, in points."""

    x: float
    y: float
    size: float
    text: str

    @property
    def right(self) -> float:
        """Tell about how far it reaches."""
        wide = len(_WIDE.findall(self.text))
        return self.x + self.size * (wide + 0.5 * (len(self.text) - wide))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column, or a part of it; `column` is where the lines of its column begin and end, where the page has several."""

    x: float
    right: float
    y: float
    size: float
    text: str
    page: int
    column: tuple[float, float] | None = None


def rows_of(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    """Put fragments of one height together, from the top downwards, each row from left to right."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda one: (-one.y, one.x)):
        if rows and abs(rows[-1][0].y - fragment.y) <= 0.4 * max(fragment.size, rows[-1][0].size):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [_settled(sorted(row, key=lambda one: one.x)) for row in rows]


def _settled(row: list[Fragment]) -> list[Fragment]:
    """Put back what is told to stand where the next piece begins: the place of a sign in another font comes late."""
    settled = list(row)
    for index in range(len(row) - 2, -1, -1):
        fragment, after = settled[index], settled[index + 1]
        over = fragment.right - after.x
        before = settled[index - 1].right if index else fragment.x
        if over > _OVERLAP * fragment.size and fragment.x - before >= over - 0.2 * fragment.size:
            settled[index] = replace(fragment, x=fragment.x - over)
    for index in range(1, len(settled)):
        before = settled[index - 1].right
        if before - settled[index].x > _OVERLAP * settled[index].size:
            settled[index] = replace(settled[index], x=before)
    return settled


def pieces_of(row: list[Fragment], page: int, *, gap: float = _GAP) -> list[Line]:
    """Cut a row where a gap wider than `gap` times the size of its type parts it."""
    pieces: list[list[Fragment]] = [[row[0]]]
    for fragment in row[1:]:
        if fragment.x - pieces[-1][-1].right > gap * fragment.size:
            pieces.append([fragment])
        else:
            pieces[-1].append(fragment)
    return [Line(piece[0].x, piece[-1].right, piece[0].y, piece[0].size, _joined(piece), page) for piece in pieces]


def _joined(fragments: list[Fragment]) -> str:
    """Join fragments; a gap between two words in Latin letters is a blank."""
    text = fragments[0].text
    for before, after in pairwise(fragments):
        apart = after.x - before.right > 0.15 * after.size and before.text[-1:].isascii() and after.text[:1].isascii()
        text += (" " if apart else "") + after.text
    return text.strip()
