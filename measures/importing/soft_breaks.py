"""Line ends inside an amount or a short name (8⏎0%, 不低于⏎90%, 简称马尾造⏎船): the text without them, and the way back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from measures.importing.comparators import COMPARATORS, UNIT, any_of
from measures.importing.definitions import Alias, find_aliases
from measures.importing.document import BlockKind, Document
from measures.importing.headings import read_marker
from measures.importing.partial_date import PartialDate
from measures.importing.target import Passage
from measures.importing.targets import Findings, find_targets

_REACH = 48  # characters looked at on each side of a line's end
_NUMBER_OPEN = re.compile(r"(?<![〔\[(（\d])\d+(?:\.\d*)?[万亿]?$")
_NUMBER_GOES_ON = re.compile(rf"(?:\d*(?:\.\d+)?\s*(?:{UNIT}))(?!前|底|末|起|至|到|以来)")
_COMPARED = re.compile(any_of(word for word in COMPARATORS if len(word) > 1) + "$")
_AMOUNT = re.compile(rf"\d[\d,.]*\s*(?:{UNIT})")
_SHORT_NAME_OPEN = re.compile(r"[（(][^（）()]{0,12}(?:简称|统称|合称)[^（）()。；]{0,16}$|[（(](?:以下|下文|以)?(?:简)?$")
_SHORT_NAME_ENDS = re.compile(r"[^（）()。；，]{0,16}[”\"]?[）)]")
_NAMED_NEXT = re.compile(r"[\u4e00-\u9fff]{2,24}[（(](?:以下|下文)?(?:简称|统称|合称)")
_OPEN_ENDED = re.compile(r"[\u4e00-\u9fff]$")


@dataclass(frozen=True, slots=True)
class Joined:
    """A text without some of its line ends.

    `cuts` are the spans left out, in order, `sites` where they were in the joined text, `gone` how much was left out up to their ends.
    """

    text: str
    cuts: tuple[tuple[int, int], ...]
    sites: tuple[int, ...]
    gone: tuple[int, ...]

    def aliases(self) -> list[Alias]:
        """Find the short names the document defines; spans are those of the document."""
        return [replace(alias, start=self._back(alias.start), end=self._end(alias.end)) for alias in find_aliases(self.text)]

    def targets(
        self,
        passages: Iterable[Passage],
        *,
        reference: PartialDate | None,
        skip: Sequence[tuple[int, int]],
        first_year: int | None,
    ) -> Findings:
        """Find the targets as `find_targets` does; all spans, those given as well, are those of the document."""
        within = [replace(one, start=self._forth(one.start), end=self._forth(one.end)) for one in passages]
        apart = [(self._forth(start), self._forth(end)) for start, end in skip]
        found = find_targets(self.text, within, reference=reference, skip=apart, first_year=first_year)
        targets = [replace(one, start=self._back(one.start), end=self._end(one.end)) for one in found.targets]
        return Findings(targets, [(self._back(start), self._end(end)) for start, end in found.unread])

    def _forth(self, place: int) -> int:
        index = bisect_right(self.cuts, (place, -1))
        left_out = self.gone[index - 1] if index else 0
        inside = max(0, self.cuts[index - 1][1] - place) if index else 0
        return place - left_out + inside

    def _back(self, place: int) -> int:
        index = bisect_right(self.sites, place)
        return place + (self.gone[index - 1] if index else 0)

    def _end(self, place: int) -> int:
        return self._back(place - 1) + 1 if place else 0


def joined(document: Document) -> Joined:
    """Leave out the line ends that stand inside an amount or a short name."""
    cuts = tuple(_soft(document))
    parts: list[str] = []
    sites: list[int] = []
    gone: list[int] = []
    at = 0
    for start, end in cuts:
        parts.append(document.text[at:start])
        sites.append(start - (gone[-1] if gone else 0))
        gone.append(end - sites[-1])
        at = end
    return Joined("".join((*parts, document.text[at:])), cuts, tuple(sites), tuple(gone))


def _soft(document: Document) -> Iterator[tuple[int, int]]:
    for before, after in pairwise(document.blocks):
        if before.kind is not BlockKind.PARAGRAPH or after.kind is not BlockKind.PARAGRAPH:
            continue
        left = document.text[max(before.start, before.end - _REACH) : before.end]
        right = document.text[after.start : min(after.end, after.start + _REACH)]
        if document.text[before.end : after.start].strip(" \t\u3000") == "\n" and _goes_on(left, right):
            yield before.end, after.start


def _goes_on(left: str, right: str) -> bool:
    if read_marker(right) is not None:
        return False
    amount = (_NUMBER_OPEN.search(left) and _NUMBER_GOES_ON.match(right)) or (_COMPARED.search(left) and _AMOUNT.match(right))
    name = (_SHORT_NAME_OPEN.search(left) and _SHORT_NAME_ENDS.match(right)) or (_OPEN_ENDED.search(left) and _NAMED_NEXT.match(right))
    return bool(amount or name)
