"""Finds the responsibility clauses of a text: in brackets, after a label, or on a line of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from measures.importing.clauses import roles
from measures.importing.clauses.folding import BRACKETS, fold, partners
from measures.importing.clauses.model import Clause, ClauseContext, Doubt, numbered
from measures.importing.clauses.names import shape
from measures.importing.clauses.reading import read
from measures.importing.clauses.same_as import fill_same_as
from measures.importing.clauses.several_days import one_deadline, with_days_of_their_own
from measures.importing.deadlines import find_deadlines

_SHORTEST, _LONGEST_LINE = 3, 400  # characters
_LONGEST = 3000  # characters of a clause; a longer bracket is no clause
_SUB_ITEM = re.compile(r"[；，。](?:[①-⑳]|（[0-9一二三四五六七八九十]{1,2}）)")  # each has a clause of its own
_STOP = re.compile("。")
_BY = re.compile("[，；、]由")
_DEEPEST = 3  # brackets inside brackets that are looked into
_HINTS = (
    "牵头",
    "配合",
    "负责",
    "单位",
    "责任",
    "会同",
    "部门",
    "主办",
    "协办",
    "参与",
    "落实",
    "指导",
    "领导",
    "承办",
    "同上",
    "分工",
    "厅",
    "局",
    "委",
    "部",
    "办",
    "政府",
    "实施",
    "协助",
    "支持",
)


def parse_clause(text: str, context: ClauseContext) -> Clause:
    """Read a text as one responsibility clause, with or without its brackets.

    A clause that stands at the end of other text is found in it, and takes the day that this text names if it names none itself; of
    several clauses the parts are put together. Text without any comes back with `is_clause` false.
    """
    start, end = _trimmed(text)
    inner = _unwrapped(text, start, end)
    if inner is not None:
        clause = read(text[inner[0] : inner[1]], context, bracketed=True).clause
        return replace(clause.moved(inner[0]), start=start, end=end)
    clause = Clause(0, 0, is_clause=False)
    if end - start <= _LONGEST:
        reading = read(text[start:end], context, bracketed=False)
        clause = reading.clause
        if reading.tidy or (clause.is_clause and roles.label_at(fold(text), start)):
            return clause.moved(start)
    found = find_clauses(text, context) or _behind_by(text, start, end, context)
    return _with_day_of_text(found, text, context) if found else replace(clause.moved(start), start=start, end=end)


def _with_day_of_text(found: list[Clause], text: str, context: ClauseContext) -> Clause:
    """The clauses of a text as one, with the only day that the text around them names: 到2025年，建成…。（…负责）."""
    whole = _together(found)
    around = [
        deadline
        for deadline in find_deadlines(text, context.date)
        if (deadline.date or deadline.recurring) and not any(clause.start <= deadline.start < clause.end for clause in found)
    ]
    if whole.deadline or len({(deadline.date, deadline.recurring) for deadline in around}) != 1:
        return whole
    doubt = Doubt(around[0].start, around[0].end, "分工中没有写时限，取正文所写的时限")
    return replace(whole, deadline=around[0], doubts=(*whole.doubts, doubt))


def _behind_by(text: str, start: int, end: int, context: ClauseContext) -> list[Clause]:
    """What the sentences of a text say behind their last 由, if that is nothing but who does it: 优化流程，由市教育局牵头，市财政局配合."""
    begins = [found.start() + 1 for found in _BY.finditer(text, start, end)]
    stops = [max(text.rfind(stop, at, after) for stop in "；。") for at, after in pairwise(begins)]
    pieces = zip(begins, [*stops, *([end] if begins else [])], strict=True)
    return [clause for at, stop in pieces if stop > at for clause in _doers_of(text, at, stop, context)]


def _doers_of(text: str, at: int, end: int, context: ClauseContext) -> list[Clause]:
    if end - at > _LONGEST_LINE:
        return []
    clause = (reading := read(text[at:end], context, bracketed=False)).clause
    bound = [item for item in clause.items if item.role in ("lead", "responsible")]
    if not reading.tidy or not bound or not all(item.collective or shape(item.name).office for item in bound):
        return []
    doubt = Doubt(0, end - at, "句中除分工外还有其他内容，请核对")
    return [replace(clause, doubts=(*clause.doubts, doubt)).moved(at)]


def find_clauses(text: str, context: ClauseContext, base: int = 0) -> list[Clause]:
    """Find the clauses inside the text of a measure, in the order of the text.

    Args:
        text: title and text of one measure, or any part of a document.
        context: what is known of the document.
        base: added to all spans.
    """
    folded = fold(text)
    found = _bracketed(text, folded, context)
    taken = [(clause.start, clause.end) for clause in found]
    lines = _lines(text, folded, context, taken)
    found = [clause for clause in found if not any(_names(line, clause) for line in lines)] + lines
    filled: list[Clause] = []
    found = [
        part for clause in found for part in with_days_of_their_own(text, clause, lambda piece: read(piece, context, bracketed=True).clause)
    ]
    for clause in sorted(found, key=lambda clause: clause.start):
        filled.append(fill_same_as(clause, filled[-1] if filled else None))
    return [clause.moved(base) for clause in filled]


def _names(line: Clause, bracket: Clause) -> bool:
    """Whether a bracket read as a clause is the second name of an agency of a line: 主责单位：区住房城乡建设委（区房管局）."""
    return any(item.start < bracket.start and bracket.end <= item.end for item in line.items)


def _trimmed(text: str) -> tuple[int, int]:
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in "。；;"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "。；;.，,"):
        end -= 1
    return start, end


def _unwrapped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The inside of the one bracket that holds the whole text."""
    if end - start < len("（）"):
        return None
    folded = fold(text[start:end])
    if folded[0] in BRACKETS and partners(folded).get(0) == len(folded) - 1 and not (folded[0] != "（" and roles.label_at(folded, 0)):
        return start + 1, end - 1
    return None


def _together(found: list[Clause]) -> Clause:
    if len(found) == 1:
        return found[0]
    deadline, doubt = one_deadline([clause.deadline for clause in found if clause.deadline])
    return Clause(
        found[0].start,
        found[-1].end,
        is_clause=True,
        items=numbered(item for clause in found for item in clause.items),
        leaders=tuple(name for clause in found for name in clause.leaders),
        deadline=deadline,
        open_list=any(clause.open_list for clause in found),
        doubts=(*(doubt for clause in found for doubt in clause.doubts), *([doubt] if doubt else [])),
    )


def _bracketed(text: str, folded: str, context: ClauseContext) -> list[Clause]:
    pairs = partners(folded)
    found: list[Clause] = []
    past = -1
    depth: list[int] = []  # ends of the brackets that are open here
    for start in sorted(pairs):
        end = pairs[start]
        depth = [close for close in depth if close > start]
        depth.append(end)
        if start < past or folded[start] not in BRACKETS or len(depth) > _DEEPEST or not _SHORTEST <= end - start < _LONGEST:
            continue
        if not any(hint in folded[start:end] for hint in _HINTS) or (folded[start] != "（" and roles.label_at(folded, start)):
            continue
        reading = read(text[start + 1 : end], context, bracketed=True)
        if reading.clause.is_clause and (reading.tidy or _ends_sentence(folded, end) or _follows_sentence(folded, start)):
            found.append(replace(reading.clause.moved(start + 1), start=start, end=end + 1))
            past = end
    return found


def _ends_sentence(folded: str, close: int) -> bool:
    rest = folded[close + 1 : close + 3].lstrip(" ")
    return not rest or rest[0] in "\n。；，（"


def _follows_sentence(folded: str, start: int) -> bool:
    """Whether a bracket stands behind its sentence (扩大合作。（交通运输部、外交部）优化流程。…)."""
    return folded[max(start - 2, 0) : start].rstrip(" ").endswith(("。", "；"))


def _lines(text: str, folded: str, context: ClauseContext, taken: list[tuple[int, int]]) -> list[Clause]:
    """Clauses after labels, several lines of which belong together, and lines that are nothing but a clause."""
    found: list[Clause] = []
    open_region: list[int] = []  # [start, end] of the labelled lines under way
    at = 0
    spans = iter(sorted(taken))
    span = next(spans, None)
    for line in folded.splitlines(keepends=True):
        start, end = at, at + len(line)
        at = end
        while span is not None and span[1] <= start:
            span = next(spans, None)
        labelled = _label_in(folded, start, end)
        if labelled is not None and (span is None or not span[0] <= labelled < span[1]):
            if open_region and labelled == _first_char(folded, start, end):
                open_region[1] = end
            else:
                found += _region(text, open_region, context)
                open_region = [labelled, end]
            continue
        if open_region and line.strip() and folded[open_region[0] : open_region[1]].rstrip().endswith("："):
            open_region[1] = end  # the label stands on a line of its own
            continue
        if line.strip():
            found += _region(text, open_region, context)
            open_region = []
            if span is None or span[0] >= end:
                found += _own_line(text, folded, start, end, context)
    return found + _region(text, open_region, context)


def _first_char(folded: str, start: int, end: int) -> int:
    while start < end and folded[start] in " \n":
        start += 1
    return start


def _label_in(folded: str, start: int, end: int) -> int | None:
    """Where a labelled clause begins in a line: at its beginning, or behind the end of a sentence."""
    first = _first_char(folded, start, end)
    places = [first, *(index + 1 for index in range(first, end) if folded[index] in "。；")]
    for place in places:
        at = _first_char(folded, place, end)
        label = roles.label_at(folded, at)
        if label is not None and label.kind != "foreign" and label.end <= end:
            return at
    return None


def _region(text: str, region: list[int], context: ClauseContext) -> list[Clause]:
    if not region or region[1] - region[0] > _LONGEST:
        return []
    start, end = region[0], region[1]
    while end > start and text[end - 1].isspace():
        end -= 1
    reading = read(text[start:end], context, bracketed=False)
    return [reading.clause.moved(start)] if reading.clause.is_clause else []


def _own_line(text: str, folded: str, start: int, end: int, context: ClauseContext) -> list[Clause]:
    start = _first_char(folded, start, end)
    while end > start and text[end - 1].isspace():
        end -= 1
    if not _SHORTEST < end - start <= _LONGEST_LINE or not any(hint in folded[start:end] for hint in _HINTS):
        return []
    if _SUB_ITEM.search(folded, start, end):
        return []
    whole = read(text[start:end], context, bracketed=False)
    if whole.tidy:
        return [whole.clause.moved(start)]
    for stop in _STOP.finditer(folded, start, end - 1):  # 优化服务。省教育厅牵头，省财政厅配合。
        sentences = [one for one in folded[stop.end() : end].split("。") if one.strip()]
        if not all(any(word in one for word in roles.ALWAYS) or one.strip()[0].isdigit() for one in sentences):
            continue
        reading = read(text[stop.end() : end], context, bracketed=False)
        if reading.tidy:
            return [_with_doubt_before(reading.clause.moved(stop.end()), whole.clause.moved(start), text)]
    return []


def _with_doubt_before(clause: Clause, whole: Clause, text: str) -> Clause:
    """A clause of the last sentences of a line, with a doubt if those before it name somebody: 省教育厅、省财政厅。省水利局牵头."""
    before = [
        item
        for item in whole.items
        if item.end <= clause.start and (item.collective or shape(text[item.start : item.end]).kind != "region")
    ]
    if not before:
        return clause
    return replace(clause, doubts=(Doubt(before[0].start, before[-1].end, "这里提到的单位没有读入"), *clause.doubts))
