"""Responsibilities said in a sentence, without bracket or label (由市自然资源局牵头，市农业农村局、市住建局配合).

A sentence counts only if it says nothing else, or if all behind its last 由 says nothing else, or, with a doubt, if it begins with 由 and
goes on; and only if it names an agency that leads or is responsible. 发挥龙头企业牵头作用 and the like are no responsibilities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from measures.importing.clauses import Clause, ClauseContext, Doubt
from measures.importing.clauses.reading import read

_SENTENCE = re.compile(r"[^。！？\n]{4,400}")
_HINT = re.compile(
    r"牵头|主责|主办|主抓|配合|协办|协同|负总责|会同|由[^。，]{2,40}(?:商|负责|落实|承担|组织实施|承办|实施)|[^，。]{3,60}(?:负责|落实)(?:[，。]|$)"
)
_OPENING = re.compile(
    r"[\s\u3000]*(?:(?:该|此|本|这|上述|以上|前述|其中|具体|全部|有关|相关)*(?:一|各|几|两|三|些)?(?:项|条|款)?"
    r"(?:工作|任务|措施|事项|内容|项目|行动|目标|要求|指标)(?:任务)?)?(?:具体|均|统一|分别|都)?(?=由|[\u4e00-\u9fff]{2,30}(?:牵头|负责|主办|主责))"
)
# 省能源局会同有关部门加强跟踪调度 tells how work goes on; only 由…会同… assigns it.
_JOINS = re.compile(r"(?!\s*由)[^，。]{2,40}会同(?![^。]*牵头)")
_BY = re.compile(r"(?<=[，；、])由")
_OFFICE = re.compile(r"(?:局|委|厅|部|办|会|院|署|府|中心|行|社|联|队|公室|公司|乡镇|街道|乡|镇|集团|县|区|市|总站|机构|部门|单位)$")


def find_prose_clauses(text: str, start: int, end: int, taken: Sequence[tuple[int, int]], context: ClauseContext) -> list[Clause]:
    """Find the sentences of `text[start:end]` that are a responsibility.

    Args:
        text: the text of the document, to which all spans belong.
        start: where to begin.
        end: where to stop.
        taken: spans of clauses that were found already; sentences that touch one are passed over.
        context: what is known of the document.
    """
    found: list[Clause] = []
    for sentence in _SENTENCE.finditer(text, start, end):
        first, last = sentence.span()
        if not _HINT.search(text, first, last) or any(begin < last and first < stop for begin, stop in taken):
            continue
        clause = _in_sentence(text, first, last, context)
        if clause is not None:
            found.append(clause)
    return found


def _in_sentence(text: str, first: int, last: int, context: ClauseContext) -> Clause | None:
    opening = _OPENING.match(text, first, last)
    places = [*(by.start() for by in _BY.finditer(text, first, last)), opening.end() if opening else first, first]
    going_on: Clause | None = None
    for place in dict.fromkeys(places):
        piece = text[place:last]
        lead = len(piece) - len(piece.lstrip())
        reading = read(piece[lead:].rstrip(), context, bracketed=False)
        if not _assigns(reading.clause) or _JOINS.match(piece):
            continue
        if reading.tidy:
            return reading.clause.moved(place + lead)
        if going_on is None and piece[lead:].startswith("由") and reading.clause.is_clause:
            going_on = _doubted(reading.clause).moved(place + lead)
    return going_on


def _doubted(clause: Clause) -> Clause:
    """A clause in a sentence that goes on: 由市国资委会同市水利局于2025年6月底前完成组建."""
    doubt = Doubt(clause.start, clause.end, "句中除分工外还有其他内容，请核对")
    return replace(clause, doubts=tuple(sorted({*clause.doubts, doubt}, key=lambda one: (one.start, one.end, one.why))))


def _assigns(clause: Clause) -> bool:
    """Tell whether agencies, not 企业 or 高校, lead or are responsible."""
    bound = [item for item in clause.items if item.role in {"lead", "responsible"}]
    return bool(bound) and all(_OFFICE.search(item.name) is not None for item in bound)
