"""The source text as it is shown: paragraphs cut into pieces, each marked with what was read of it. Free of Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage that means something: its looks (words apart by blanks), the anchor it bears and the one it leads to, if any."""

    start: int
    end: int
    look: str
    anchor: str = ""
    leads_to: str = ""
    hint: str = ""

    @property
    def looks(self) -> list[str]:
        """Return the looks one by one."""
        return self.look.split()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the source."""

    pieces: tuple[Piece, ...]


def paragraphs(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[Paragraph]:
    """Cut `text[start:end]` into paragraphs and marked pieces.

    Args:
        text: the whole text.
        start: first character shown.
        end: where it stops.
        marks: passages to be marked; where two overlap the earlier keeps what it covers, the longer wins at the same place.
    """
    clear = list(_without_overlap(marks, start, end))
    found: list[Paragraph] = []
    at = 0
    position = start
    for line in text[start:end].split("\n"):
        last = position + len(line)
        while at < len(clear) and clear[at].end <= position:
            at += 1
        if line.strip():
            found.append(Paragraph(tuple(_pieces(text, position, last, clear, at))))
        position = last + 1
    return found


def _without_overlap(marks: Iterable[Mark], start: int, end: int) -> Iterator[Mark]:
    reached = start
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start >= reached and mark.end <= end and mark.end > mark.start:
            yield mark
            reached = mark.end


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark], at: int) -> Iterator[Piece]:
    position = start
    while at < len(marks) and marks[at].start < end:
        mark = marks[at]
        if mark.start > position:
            yield Piece(text[position : mark.start])
        first, last = max(mark.start, position), min(mark.end, end)
        yield Piece(text[first:last], mark)
        position = last
        at += 1
    if position < end:
        yield Piece(text[position:end])
