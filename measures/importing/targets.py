"""Quantified targets 目标指标: metric, comparator, value, unit and due date, each with its span.

A target is a number that a sentence sets as an aim: 到2025年，全省本外币贷款余额达30万亿元. The unit keeps its magnitude as written
(万亿元), so that the quote and the value read alike. What is aimed at without a number is no target.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from measures.importing.deadlines import find_deadlines
from measures.importing.partial_date import PartialDate
from measures.importing.prose import PART
from measures.importing.target import Passage, Target
from measures.importing.target_sentences import AimedSentence
from measures.importing.when import Due, read_dues

_SENTENCE = re.compile(r"[①-⑳]?[^。；;！？\n①-⑳]{1,600}[。；;！？]?")


@dataclass(frozen=True, slots=True)
class Findings:
    """The targets of a document, and the spans of numbers that look like one and were not read."""

    targets: list[Target]
    unread: list[tuple[int, int]]


def find_targets(
    text: str,
    passages: Iterable[Passage],
    *,
    reference: PartialDate | None,
    skip: Sequence[tuple[int, int]] = (),
    first_year: int | None = None,
) -> Findings:
    """Find the targets of the passages.

    Args:
        text: the text of the document.
        passages: where to look.
        reference: the date of the document.
        skip: spans (responsibility clauses) whose numbers are none, in order.
        first_year: the first year that is aimed at; without it the year of the document. What is said of earlier ones is history.
    """
    year = first_year or (reference.year if reference else None)
    found: list[Target] = []
    unread: list[tuple[int, int]] = []
    for passage in passages:
        carried, before, compared = passage.due, None, None
        outside: tuple[date | None] | None = None  # the time that holds for all sub-items of a line
        for sentence in _SENTENCE.finditer(text, passage.start, passage.end):
            part = PART.match(text, *sentence.span()) is not None
            outside = outside or ((carried,) if part else None)
            carried = outside[0] if part and outside else carried
            reading = AimedSentence(
                text,
                sentence.span(),
                passage,
                dues=_dues(text, *sentence.span(), reference),
                skip=skip,
                carried=carried,
                year=year,
                before=before,
                compared=compared,
            )
            found += reading.targets()
            unread += reading.unread
            before = reading.said.last or before
            carried = reading.carried
            compared = reading.compared if text[sentence.end() - 1] in "；;" else None
    return Findings(found, unread)


def _dues(text: str, start: int, end: int, reference: PartialDate | None) -> list[Due]:
    """Find the phrases of time in a sentence: those that name a year, and the deadlines that leave it out (6月底前)."""
    found = read_dues(text, start, end, reference)
    for deadline in find_deadlines(text[start:end], reference, start):
        touched = [due for due in found if due.start < deadline.end and deadline.start < due.end]
        longer = all(not due.is_base and due.end < deadline.end for due in touched)  # 2021年国庆节前
        if longer and deadline.date and not deadline.recurring:
            found = [due for due in found if due not in touched]
            found.append(Due(deadline.start, deadline.end, deadline.date, year=deadline.date.year))
    return sorted(found, key=lambda due: due.start)
