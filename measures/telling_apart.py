"""Of which sentences of a measure each of its clauses speaks, by where it stands in the text. Free of Django.

| where a clause stands | it speaks of |
|---|---|
| in the title, before the first sentence, or in another cell of the row | all sentences |
| in prose, inside a sentence (建设平台，由省一厅牵头; 省一厅牵头建设平台) | that sentence |
| in brackets or with a label, in or behind a sentence | the sentences since the clause before it |
| behind the last sentence, set off further than the clauses before it, or alone | all sentences |
| wherever it says so (上述工作由省一厅负责) | the sentences before it |

Set off further: behind the full stop where the others stand inside their sentences, or on a line of its own where no other does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from itertools import pairwise

from measures.draft import DraftClause, DraftMeasure

Scope = tuple[int, int, int]
"""Where a clause begins, the first sentence that it speaks of, and the one behind the last."""

_SET_OFF = re.compile(r"[（(〔\[【]|[^：:，。\n]{1,12}[：:]")
_END = re.compile(r"[。！？；;\n]")
_GOES_ON = re.compile(r"[^\s，。；;！？、：:]")
_ABOVE = re.compile(r"以上|上述|前述")
_LED_IN = 8
"""Signs before a clause and at its beginning in which 上述工作 and the like stand."""


class Manner(IntEnum):
    """How far a clause is set off from the sentence before it."""

    INSIDE = 0
    BEHIND = 1
    OWN_LINE = 2


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clause with its place: how many sentences stand before it, how it is set off, and of which it speaks whatever the others say."""

    clause: DraftClause
    before: int
    manner: Manner
    own: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Passage:
    """A measure, or one of several that were merged: where its sentences may begin, they, and the clauses in it."""

    text: str
    start: int
    sentences: Sequence[tuple[int, int]]
    clauses: Sequence[DraftClause]


def scopes_of(text: str, measure: DraftMeasure) -> tuple[Scope, ...]:
    """Return of which sentences each clause of a measure speaks; a clause that stands outside of it speaks of all and is left out.

    Args:
        text: the text of the document, to which all spans belong.
        measure: as it stands in review.
    """
    edges = [measure.start, *measure.seams, measure.end]
    found: list[Scope] = []
    passed = 0
    for start, end in pairwise(edges):
        sentences = [one for one in measure.sentences if start <= one[0] < end]
        begins = max(start, measure.title_end) if start == measure.start else start
        clauses = sorted((one for one in measure.clauses if start <= one.start < end), key=lambda one: one.start)
        passage = _Passage(text, begins, sentences, clauses)
        found += [(place, first + passed, last + passed) for place, first, last in _scopes(passage) if sentences]
        passed += len(sentences)
    return tuple(found)


def _scopes(passage: _Passage) -> Iterator[Scope]:
    count = len(passage.sentences)
    reach, latest, widest = 0, (0, count), -1
    for placed in map(partial(_placed, passage), passage.clauses):
        before, clause = placed.before, placed.clause
        if before and _speaks_of_all_above(passage.text, clause):
            latest = (0, before)
        elif placed.own is not None:
            latest = placed.own
        elif before == count and placed.manner > widest:
            latest = (0, count)
        elif reach < before:
            latest = (reach, before)
        yield clause.start, *latest
        if latest != (0, count) or before == count:
            reach, widest = max(reach, latest[1]), max(widest, placed.manner)


def _speaks_of_all_above(text: str, clause: DraftClause) -> bool:
    before = _END.split(text[max(clause.start - _LED_IN, 0) : clause.start])[-1]
    return _ABOVE.search(before + text[clause.start : min(clause.start + _LED_IN, clause.end)]) is not None


def _placed(passage: _Passage, clause: DraftClause) -> _Placed:
    text, sentences = passage.text, passage.sentences
    before = sum(start < clause.start for start, _end in sentences)
    if clause.start < passage.start or _in_another_cell(passage, before, clause):
        return _Placed(clause, before, Manner.OWN_LINE, (0, len(sentences)))
    left = _left(passage, before, clause)
    manner = Manner.OWN_LINE if "\n" in left else Manner.BEHIND if _END.search(left) else Manner.INSIDE
    if _SET_OFF.match(text, clause.start, clause.end):
        return _Placed(clause, before, manner, None if before else (0, len(sentences)))
    return _Placed(clause, before, manner, _own_sentence(passage, before, clause, manner))


def _own_sentence(passage: _Passage, before: int, clause: DraftClause, manner: Manner) -> tuple[int, int] | None:
    """Return the sentence that a clause in prose begins, ends or interrupts; None where it is a sentence of its own."""
    sentences = passage.sentences
    right = passage.text[clause.end : sentences[before][0] + 1] if before < len(sentences) else ""
    goes_on = bool(right) and _END.search(right) is None
    if goes_on and (manner > Manner.INSIDE or before == 0 or _GOES_ON.match(right)):
        return before, before + 1
    if manner > Manner.INSIDE or before == 0:
        return None if before else (0, len(sentences))
    return before - 1, before + 1 if goes_on else before


def _left(passage: _Passage, before: int, clause: DraftClause) -> str:
    """Return what sets a clause off from the words before it: the end mark of their sentence, the end of their line.

    Another clause between them is passed over: both are set off alike.
    """
    text = passage.text
    start = passage.sentences[before - 1][1] if before else passage.start
    parts = _END.findall(text[max(start - 2, 0) : start]) if before else []
    for one in passage.clauses:
        if start <= one.start and one.end <= clause.start:
            parts.append(text[start : one.start])
            start = one.end
    return "".join([*parts, text[start : clause.start]])


def _in_another_cell(passage: _Passage, before: int, clause: DraftClause) -> bool:
    """Tell whether a clause stands in a cell of a row in which no sentence does."""
    sentences = passage.sentences
    left = passage.text[sentences[before - 1][1] : clause.start] if before else "\t"
    right = passage.text[clause.end : sentences[before][0]] if before < len(sentences) else "\t"
    return "\t" in left and "\t" in right
