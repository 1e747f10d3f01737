"""The source text as it is shown: paragraphs cut into pieces, each marked with what was read of it. Free of Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise


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
    """A stretch of text, marked or not.

    `anchor` is that of its mark where this is the first piece of it, and `hidden` are those of marks that begin here and are nowhere seen.
    """

    text: str
    mark: Mark | None = None
    anchor: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the source."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int
    mark: Mark | None
    hidden: tuple[str, ...]


def paragraphs(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[Paragraph]:
    """Cut `text[start:end]` into paragraphs and marked pieces; each anchor of a mark stands in them once.

    Args:
        text: the whole text.
        start: first character shown.
        end: where it stops.
        marks: passages to be marked; where several overlap the shortest shows, and the longer ones around it.
    """
    stretches = _stretches(marks, start, end)
    found: list[Paragraph] = []
    told: set[str] = set()
    at = 0
    position = start
    for line in text[start:end].split("\n"):
        last = position + len(line)
        while at < len(stretches) and stretches[at].end <= position:
            at += 1
        if line.strip():
            found.append(Paragraph(tuple(_pieces(text, position, last, islice(stretches, at, None), told))))
        position = last + 1
    return found


def _stretches(marks: Iterable[Mark], start: int, end: int) -> list[_Stretch]:
    """Part the text where a mark begins or ends, and give each part the shortest mark over it."""
    seen = sorted((mark for mark in marks if start <= mark.start < min(mark.end, end)), key=lambda mark: (mark.start, -mark.end))
    borders = sorted({start, end, *(mark.start for mark in seen), *(min(mark.end, end) for mark in seen)})
    found: list[_Stretch] = []
    over: list[Mark] = []
    shown: set[int] = set()
    at = 0
    for first, last in pairwise(borders):
        over = [mark for mark in over if mark.end > first]
        while at < len(seen) and seen[at].start == first:
            over.append(seen[at])
            at += 1
        mark = min(over, key=lambda one: one.end - one.start, default=None)
        shown.add(id(mark))
        found.append(_Stretch(first, last, mark, ()))
    lost: dict[int, list[str]] = {}
    for mark in seen:
        if id(mark) not in shown and mark.anchor:
            lost.setdefault(mark.start, []).append(mark.anchor)
    return [replace(one, hidden=tuple(lost.get(one.start, ()))) for one in found]


def _pieces(text: str, start: int, end: int, stretches: Iterable[_Stretch], told: set[str]) -> Iterator[Piece]:
    for stretch in stretches:
        if stretch.start >= end:
            break
        first, last = max(stretch.start, start), min(stretch.end, end)
        if first >= last:
            continue
        anchor = stretch.mark.anchor if stretch.mark is not None else ""
        new = {one for one in (anchor, *stretch.hidden) if one and one not in told}
        told |= new
        hidden = tuple(dict.fromkeys(one for one in stretch.hidden if one in new and one != anchor))
        yield Piece(text[first:last], stretch.mark, anchor if anchor in new else "", hidden)
