"""Responsibilities said in a sentence, without bracket or label (由市自然资源局牵头，市农业农村局、市住建局配合).

A sentence counts only if it says nothing else, or if all behind a 由 says nothing else as far as the next sub-item (①…，由市住建局牵头；②…)
or the next 由, or, with a doubt, if a 由 goes on; and only if it names an agency that leads or is responsible. 发挥龙头企业牵头作用 and the
like are no responsibilities.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from measures.importing.clauses import Clause, ClauseContext, Doubt
from measures.importing.clauses.reading import TELLING, UNREAD, read

_SENTENCE = re.compile(r"[^。！？\n]{4,400}")
_HINT = re.compile(
    r"牵头|主责|主办|主抓|配合|协办|协同|负总责|会同|由[^。，]{2,40}(?:商|负责|落实|承担|组织实施|承办|实施|指导)|[^，。]{3,60}(?:负责|落实)(?:[，。；]|$)"
)
_OPENING = re.compile(
    r"[\s\u3000]*(?:(?:该|此|本|这|上述|以上|前述|其中|具体|全部|有关|相关)*(?:一|各|几|两|三|些)?(?:项|条|款)?"
    r"(?:工作|任务|措施|事项|内容|项目|行动|目标|要求|指标)(?:任务)?)?(?:具体|均|统一|分别|都)?(?=由|[\u4e00-\u9fff]{2,30}(?:牵头|负责|主办|主责))"
)
# 省能源局会同有关部门加强跟踪调度 tells how work goes on; only 由…会同… assigns it.
_JOINS = re.compile(r"(?!\s*由)[^，。]{2,40}会同(?![^。]*牵头)")
_BY = re.compile(r"(?<=[，；、])由|(?<![自理事来缘情])由(?![于来此])(?=[^，。；]{2,80}(?:牵头|负责|主办|主抓|承办|落实|指导))")
# Sub-items on one line: ①…；②…, (１)…；(２)…, 一是…；二是….
PART = re.compile(
    r"(?:(?<=^)|(?<=[，；：:;。\s]))(?:[①-⑳]|[（(][0-9０-９一二三四五六七八九十]{1,2}[）)]|[一二三四五六七八九十]是|[1-9][.．、](?=[\u4e00-\u9fff]))"
)
_STOP = re.compile(r"[；;]")
_SAID = re.compile(r"(?<=[，；、])(?=[^，。；由的]{2,60}(?:牵头|负责))")
_HELPS = re.compile(r"(?<=[，；])(?=[^，。；由的]{2,60}(?:配合|协助|协办))")  # in a sub-item
_ROLE = re.compile(r"[^，。；]{2,60}?(?:牵头|负责|主办|主责|主抓|配合|参与|指导)")
_OFFICE = re.compile(r"(?:局|委|厅|部|办|会|院|署|府|中心|行|社|联|队|公室|公司|办事处|乡镇|街道|乡|镇|集团|县|区|市|总站|机构|部门|单位)$")
_DIVIDES = re.compile(
    r"(?:由|(?<=[，；：]))(?P<who>[\u4e00-\u9fff、（）()]{1,30}?[局委厅部办署府])(?:牵头|负责|主办|承办)(?![人制任的])(?:[^，。；的]{0,12}(?=[，。；]|$))"
)
# 由省数促办做好统筹协调: who has a duty by a verb that is no role word.
_OBLIGES = re.compile(
    r"(?<![^\s，。；：、])由(?P<who>[\u4e00-\u9fff、（）()]{2,30}?[局委厅部办署府组])"
    r"(?:具体|统一|共同|切实|分别|及时)*(?:做好|抓好|抓紧|加强|强化|统筹|协调|组织|推进|推动|开展|完成|督促|跟踪|承接|会商|汇总|建立|制定|提出)"
    r"(?![的人])"
)


def find_prose_clauses(text: str, start: int, end: int, taken: Sequence[tuple[int, int]], context: ClauseContext) -> list[Clause]:
    """Find the sentences of `text[start:end]` that are a responsibility, and the parts of sentences that are one.

    Args:
        text: the text of the document, to which all spans belong.
        start: where to begin.
        end: where to stop.
        taken: spans of clauses that were found already, in order; parts that touch one are passed over.
        context: what is known of the document.
    """
    found: list[Clause] = []
    for sentence in _SENTENCE.finditer(text, start, end):
        first, last = sentence.span()
        if not _HINT.search(text, first, last):
            continue
        for begin, stop in _free(text, first, last, taken):
            if _HINT.search(text, begin, stop):
                found += _Sentence(text, begin, stop, context, told=bool(taken)).clauses()
    return found


def find_unread(text: str, start: int, end: int, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Find where `text[start:end]` says who does what (由市住建局牵头) outside the clauses, whose spans are `taken`."""
    matches = [match for kind in (_DIVIDES, _OBLIGES) for match in kind.finditer(text, start, end)]
    free = [match for match in sorted(matches, key=re.Match.start) if not _touched(taken, match.start(), match.end())]
    last = start
    for match in free:
        if match.start() >= last:
            last = match.end()
            yield match.start("who"), last


def _touched(taken: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Tell whether one of the spans, which stand in order, overlaps `[first, last)`."""
    place = bisect_left(taken, (last,)) - 1
    return place >= 0 and taken[place][1] > first


def _free(text: str, first: int, last: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut a sentence into its sub-items, and leave out those that a clause stands in already."""
    cuts = sorted({first, *(part.start() for part in PART.finditer(text, first, last)), last})
    pieces = list(pairwise(cuts))
    free = [piece for piece in pieces if not _touched(taken, *piece)]
    return free if len(free) == len(pieces) or len(pieces) > 1 else []


@dataclass(frozen=True)
class _Sentence:
    """A sentence, or a sub-item of one, in which clauses are looked for from left to right."""

    text: str
    first: int
    last: int
    context: ClauseContext
    told: bool
    """Brackets or a label beside it say who does what, so that 由市发改委牵头建立专班 only tells how."""

    def clauses(self) -> list[Clause]:
        """Read the clauses."""
        text, first, last = self.text, self.first, self.last
        mark = PART.match(text, first, last)
        head = mark.end() if mark else first
        by = [match.start() for match in _BY.finditer(text, head, last)]
        opening = _OPENING.match(text, head, last)
        heads = {head, opening.end()} if opening else {head}
        if by:
            heads = {place for place in heads if _ROLE.match(text, place, last)}
        said = {match.start() for kind in (_SAID, _HELPS)[: 2 if mark else 1] for match in kind.finditer(text, head, last)} - heads
        chunks = [self._chunk(place) for place in by]
        whats = [text.rfind("，", head, chunk - 1) + 1 for chunk in chunks]  # 由甲牵头，优化机制，由乙牵头: what 乙 leads is none of 甲's
        stops = (stop.start() for stop in _STOP.finditer(text, head, last))
        cuts = sorted({*stops, *chunks, *(what for what in whats if what), last})
        found: list[Clause] = []
        for place in sorted({*by, *heads, *said}):
            if found and place < found[-1].end:
                continue
            clause = self._tidy(place, [cut for cut in cuts if cut > place], doubted=place in said) or self._going_on(place, cuts)
            if clause is not None:
                found.append(clause)
        return found

    def _chunk(self, place: int) -> int:
        """Tell where the words begin that a 由 stands in."""
        return max(self.text.rfind(sign, self.first, place) + 1 for sign in "，；、：") or self.first

    def _tidy(self, place: int, ends: list[int], *, doubted: bool) -> Clause | None:
        """Read what says nothing but who does it, as far as it goes."""
        short: Clause | None = None
        for end in reversed(ends):
            clause, tidy = self._read(place, end)
            telling = clause is not None and any(doubt.why == TELLING for doubt in clause.doubts)
            if clause is not None and tidy and not (telling and self._only_tells(place, end)):
                short = _doubted(clause) if doubted else clause
                if not any(doubt.why == UNREAD for doubt in clause.doubts):
                    break
        return short

    def _only_tells(self, place: int, end: int) -> bool:
        """Tell how the work goes on, where brackets say who does it; 由…会同… and sub-items assign it all the same."""
        return self.told and "会同" not in self.text[place:end] and not PART.match(self.text, self.first, self.last)

    def _going_on(self, place: int, cuts: list[int]) -> Clause | None:
        """Read a clause in a part that goes on: 由市国资委会同市水利局于2025年6月底前完成组建; with a doubt."""
        end = next(cut for cut in cuts if cut > place)
        if self._only_tells(place, end):
            return None
        comma = self.text.find("，", place, end)
        if self.text[place] == "由":
            clause, _ = self._read(place, end)
            if clause is not None and clause.is_clause:
                return _doubted(clause)
        clause, tidy = self._read(place, comma) if comma > 0 and _ROLE.match(self.text, place, comma) else (None, False)
        return _doubted(clause) if clause is not None and tidy else None

    def _read(self, place: int, end: int) -> tuple[Clause | None, bool]:
        piece = self.text[place:end]
        lead = len(piece) - len(piece.lstrip())
        if _JOINS.match(piece):
            return None, False
        reading = read(piece[lead:].rstrip(" \t\u3000，；;、"), self.context, bracketed=False)
        inside = piece[lead:].startswith("由") or PART.match(self.text, self.first, self.last)
        if not _assigns(reading.clause, helps=bool(inside) and reading.tidy):
            return None, False
        return reading.clause.moved(place + lead), reading.tidy


def _doubted(clause: Clause) -> Clause:
    """A clause in a sentence that says more."""
    doubt = Doubt(clause.start, clause.end, "句中除分工外还有其他内容，请核对")
    return replace(clause, doubts=tuple(sorted({*clause.doubts, doubt}, key=lambda one: (one.start, one.end, one.why))))


def _assigns(clause: Clause, *, helps: bool) -> bool:
    """Tell whether agencies, not 企业 or 高校, lead or are responsible; `helps`: they may also guide or support."""
    bound = [item for item in clause.items if helps or item.role in {"lead", "responsible"}]
    return bool(bound) and all(_OFFICE.search(item.name) is not None for item in bound)
