"""The reading of a plan: from the bytes of a file to everything the review page shows.

>>> reading = read_plan(data, "plan.docx")      # doctest: +SKIP
>>> reading.measures[0].lead                    # doctest: +SKIP
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from measures.importing.clauses import Clause, ClauseContext, fill_same_as, find_clauses
from measures.importing.clauses.model import OTHERS_NOT_TOLD
from measures.importing.clauses.same_as import filled_in
from measures.importing.clauses.several_days import in_stages
from measures.importing.deadlines import Deadline, find_deadlines
from measures.importing.definitions import (
    find_basis,
    find_lead_rules,
    infer_city,
    infer_province,
    without_rules,
)
from measures.importing.document import Block, Document
from measures.importing.for_all import find_duties_for_all, is_for_all, with_duties
from measures.importing.frontmatter import Layout
from measures.importing.indicators import find_indicator_tables, read_indicators
from measures.importing.ledger import Ledger, LedgerRow, find_ledgers
from measures.importing.ledger_cells import read_responsibilities
from measures.importing.merging import merge, with_days_of_text
from measures.importing.outline import Node, build_outline, drop_afterwords, end_title, split_paragraphs
from measures.importing.parting import lay_out
from measures.importing.prose import find_prose_clauses, find_unread
from measures.importing.readers import read_document
from measures.importing.reading import Doubt, MeasureReading, PlanReading, Sentence
from measures.importing.reference import first_year, reference_of, year_end
from measures.importing.section_tree import banner_sections, has_parts, read_sections, section_around, section_of
from measures.importing.selection import Selector, is_about_aims, is_about_the_past, is_general
from measures.importing.sentences import find_sentences
from measures.importing.soft_breaks import joined
from measures.importing.target import VERB, Passage, Target
from measures.importing.when import read_dues

Progress = Callable[[int], None]


def read_plan(
    data: bytes, filename: str, *, province: str | None = None, city: str | None = None, progress: Progress | None = None
) -> PlanReading:
    """Read a file.

    Args:
        data: the bytes of the file.
        filename: its name; only a hint, the content tells the format.
        province: the province of the issuer; inferred from the document where it is not given.
        city: the city of the issuer.
        progress: is told the share done, in percent.

    Raises:
        Unreadable: the file cannot or must not be read.
    """
    tell = progress or _tell_nobody
    tell(5)
    document = read_document(data, filename)
    tell(40)
    reading = read_parsed(document, province=province, city=city, tell=tell)
    tell(100)
    return reading


def _tell_nobody(percent: int) -> None:
    """Take a progress that nobody asked for."""


def read_parsed(document: Document, *, province: str | None = None, city: str | None = None, tell: Progress = _tell_nobody) -> PlanReading:
    """Read a document that is a text with blocks already."""
    layout = lay_out(document)
    indicators = find_indicator_tables(document)
    apart = {table.start for table in indicators if not table.tasks}
    ledgers = [ledger for ledger in find_ledgers(document) if ledger.start not in apart]
    aside = {block.start for table in indicators for block in table.blocks} | {block.start for ledger in ledgers for block in ledger.blocks}
    roots = build_outline(document, _around(layout.segments, aside))
    tell(50)
    place = {"province": province or infer_province(document, layout), "city": city or infer_city(layout)}
    assembly = _Assembly(document, layout, roots, ledgers, **place)
    year = assembly.reference.year if assembly.reference else None
    listed = [target for table in indicators for target in read_indicators(document, table, year=year, fallback=year_end(layout))]
    return assembly.reading(tell, listed)


def _around(segments: Sequence[Sequence[Block]], inside: set[int]) -> list[list[list[Block]]]:
    """Cut each segment at the tables of tasks and of indicators, which are read on their own; `inside` are the places of their rows."""
    cut: list[list[list[Block]]] = []
    for segment in segments:
        runs: list[list[Block]] = [[]]
        for block in segment:
            if block.start not in inside:
                runs[-1].append(block)
            elif runs[-1]:
                runs.append([])
        cut.append([blocks for blocks in runs if blocks])
    return cut


# 建设平台.到２０２５年: a full stop in half width.
_FULL_STOP = re.compile(r"(?<=[\u4e00-\u9fff）)])[.．](?=[\u4e00-\u9fff【（(]|\s|$)")
_DEADLINE_LINE = re.compile(
    r"^[ \t\u3000]*[【（]?(?:完成|整改|办结|推进|实施|工作)?(?:时限|时间(?:节点)?|期限|节点)(?:要求|安排)?[】）]?[：:]"
    r"[ \t\u3000]*\n?[ \t\u3000]*(?P<when>[^\n]{2,60})$",
    re.MULTILINE,
)


_LONGEST_SUBJECT = 16
_NO_SUBJECT = re.compile(r"[\d，。；、]|(?:任务|目标|要求|措施|举措|工作|内容|安排|步骤|阶段)$")


class _Assembly:
    """Puts the parts together. Made for one document and thrown away."""

    def __init__(
        self, document: Document, layout: Layout, roots: list[Node], ledgers: list[Ledger], *, province: str | None, city: str | None
    ) -> None:
        self.text, self.document, self.layout, self.roots = document.text, document, layout, roots
        self.province, self.city, self.ledgers = province, city, ledgers
        self.joined = joined(document)
        self.aliases = self.joined.aliases()
        self.rules = find_lead_rules(self.text, roots)
        self.reference = reference_of(layout)
        self.duties = find_duties_for_all(self.text, self._context)
        self.clauses: list[Clause] = []
        self.starts: list[int] = []
        self.ends: dict[int, int] = {}  # of the measures
        self.doubts: list[Doubt] = []

    def reading(self, tell: Progress, indicators: Sequence[Target]) -> PlanReading:
        """Read everything. `indicators` are the targets of tables of indicators."""
        self._find_clauses()
        tell(80)
        chosen = self._select()
        listed: list[tuple[LedgerRow, MeasureReading]] = []
        for row in (row for ledger in self.ledgers for row in ledger.rows):
            before = listed[-1][1].clauses if listed else ()
            listed.append((row, self._listed(row, before[0] if before else None)))
        bare = [node for root in self.roots for node in root.walk() if node.marker and id(node) not in self.ends]
        rows = with_days_of_text([measure for _, measure in listed], bare, self.text, lambda start, end: self._deadlines(start, end, []))
        measures = merge([self._measure(node) for node in chosen], rows)
        sections = read_sections(self.text, self.roots, {id(node) for node in chosen})
        free = [ledger for ledger in self.ledgers if section_around(self.layout, self.roots, ledger.start) is None]
        sections = sorted(
            [*sections, *(section for ledger in free for section in banner_sections(self.text, ledger))], key=lambda one: one.start
        )
        inside = {span for row, measure in listed for span in _inside(row, measure.clauses)}
        skip = sorted({(clause.start, clause.end) for clause in self.clauses} | inside)
        passages = self._passages(chosen, listed)
        findings = self.joined.targets(passages, reference=self.reference, skip=skip, first_year=first_year(self.layout, self.reference))
        self.doubts += [Doubt("no_target", "文中像是目标的数字没有读入，请核对", start, end) for start, end in findings.unread]
        tell(95)
        self._general_doubts(measures)
        return PlanReading(
            text=self.text,
            title=self.layout.title.text if self.layout.title else None,
            number=self.layout.number.text if self.layout.number else None,
            issuer=self.layout.issuer.text if self.layout.issuer else None,
            date=self.layout.date,
            basis=tuple(find_basis(self.text, self.layout)),
            aliases=tuple(self.aliases),
            sections=tuple(sections),
            measures=tuple(measures),
            targets=tuple(sorted([*findings.targets, *indicators], key=lambda target: target.start)),
            doubts=tuple(sorted(self.doubts, key=lambda doubt: (doubt.start, doubt.end))),
            province=self.province,
            city=self.city,
        )

    def _context(self, position: int) -> ClauseContext:
        return ClauseContext(
            province=self.province,
            city=self.city,
            date=self.reference,
            first_listed_leads=any(rule.valid_from <= position < rule.valid_to for rule in self.rules),
            others_told=True,
            aliases={alias.alias: alias.name for alias in self.aliases},
        )

    def _find_clauses(self) -> None:
        for root in self.roots:
            for node in root.walk():
                if node.own_end > node.start:
                    own = without_rules(_FULL_STOP.sub("。", self.text[node.start : node.own_end]))
                    context = self._context(node.start)
                    found = [clause for clause in find_clauses(own, context, node.start) if clause.is_clause]
                    taken = [(clause.start, clause.end) for clause in found]
                    found += find_prose_clauses(self.text, node.start, node.own_end, taken, context)
                    kept = [clause for clause in found if self._is_set_off(clause) or not is_general(node, self.text)]
                    self.clauses += kept
                    self._doubt_unread(node, sorted((clause.start, clause.end) for clause in kept))
        self.clauses = [clause for clause in self.clauses if not is_for_all(clause, self.duties)]
        self.clauses = filled_in(sorted(self.clauses, key=lambda clause: clause.start))
        self.starts = [clause.start for clause in self.clauses]
        self._take_deadlines_of_lines()
        for node in (node for root in self.roots for node in root.walk() if node.marker):
            end_title(node, self.text, [clause.start for clause in self._clauses_in(node.title_start + 1, node.title_end)])
        for root in self.roots:
            drop_afterwords(root, self.text, lambda start, end: bool(self._clauses_in(start, end)))
            for node in list(root.walk()):
                split_paragraphs(node, self.text, lambda start, end: bool(self._clauses_in(start, end)))

    def _doubt_unread(self, node: Node, taken: list[tuple[int, int]]) -> None:
        if not is_general(node, self.text):
            unread = find_unread(self.text, node.start, node.own_end, taken)
            self.doubts += [Doubt("unread", "这里写的分工没有读入，请核对", start, end) for start, end in unread]

    def _take_deadlines_of_lines(self) -> None:
        """Give a deadline on a line of its own (完成时限：2025年9月) to the clause before it under the same heading, if that has none."""
        for node in (node for root in self.roots for node in root.walk()):
            clauses = self._clauses_in(node.start, node.own_end)
            for line in _DEADLINE_LINE.finditer(self.text, node.start, node.own_end) if clauses else ():
                if any(clause.start < line.end() and line.start() < clause.end for clause in clauses):
                    continue
                found = find_deadlines(self.text[line.start("when") : line.end("when")], self.reference, line.start("when"), labelled=True)
                clause = next((one for one in reversed(clauses) if one.start < line.start()), clauses[0])
                if found and clause.deadline is None:
                    place = bisect_right(self.starts, clause.start) - 1
                    day, stages, doubt = in_stages(self.text, found)
                    self.clauses[place] = replace(clause, deadline=day, stages=stages, doubts=(*clause.doubts, *([doubt] if doubt else [])))

    def _is_set_off(self, clause: Clause) -> bool:
        """Tell a clause in brackets or with a label from prose; a section that only frames the work may well say who 统筹协调."""
        quote = self.text[clause.start : clause.end]
        return quote[:1] in set("（(〔[【") or re.match(r".{0,8}(?:单位|部门|领导|时限|时间|分工|主体|处室|人)[：:】]", quote) is not None

    def _clauses_in(self, start: int, end: int) -> list[Clause]:
        return self.clauses[bisect_right(self.starts, start - 1) : bisect_right(self.starts, end - 1)]

    def _select(self) -> list[Node]:
        selector = Selector(self.text, [(clause.start, clause.end) for clause in self.clauses])
        chosen: list[Node] = []
        bears = bool(self.clauses) or bool(self.ledgers)
        for root in self.roots:
            selection = selector.select(root, bears_responsibilities=bears)
            chosen += selection.measures
            for node in selection.left_out:
                self.doubts.append(Doubt("left_out", "此处编号与措施相同，但未写责任单位，未列为措施", node.title_start, node.title_end))
        everyone = {id(node) for node in chosen}
        self.ends = {id(node): node.own_end if has_parts(node, everyone) else node.end for node in chosen}
        spans = sorted((node.start, self.ends[id(node)]) for node in chosen)
        for clause in self.clauses:
            before = bisect_right(spans, (clause.start, len(self.text)))
            if not before or spans[before - 1][1] <= clause.start:
                self.doubts.append(Doubt("unread", "这里写的分工没有读入，请核对", clause.start, clause.end))
        return chosen

    def _measure(self, node: Node) -> MeasureReading:
        end = self.ends[id(node)]
        clauses = with_duties(self._clauses_in(node.start, end), node.start, self.duties)
        skip = [(clause.start, clause.end) for clause in clauses]
        sentences = find_sentences(self.text, node.title_end, end, skip) or [(node.title_start, node.title_end)]
        section = section_of(node)
        for clause in clauses:
            self.doubts += [Doubt("clause", doubt.why, doubt.start, doubt.end) for doubt in clause.doubts]
        if not clauses and self.clauses:
            self.doubts.append(Doubt("nobody_named", "这条措施没有写责任单位", node.title_start, node.title_end))
        deadlines = self._deadlines(node.title_start, end, skip)
        return MeasureReading(
            number=node.number,
            title=self.text[node.title_start : node.title_end],
            section=self.text[section.start : section.title_end] if section else "",
            section_start=section.start if section else None,
            start=node.start,
            end=end,
            title_start=node.title_start,
            title_end=node.title_end,
            clauses=tuple(clauses),
            sentences=tuple(Sentence(first, last) for first, last in sentences),
            deadlines=tuple(deadlines),
        )

    def _listed(self, row: LedgerRow, before: Clause | None) -> MeasureReading:
        """Read a row of a table of tasks; without a heading of its own the table is of the section around it."""
        section = row.section or section_around(self.layout, self.roots, row.start)
        context = self._context(row.start)
        told = read_responsibilities(self.text, row.cells, context, row.start)
        clauses = [fill_same_as(told, before)] if told and told.is_clause else []
        day, stages = (told.deadline, told.stages) if told and not told.is_clause else (None, ())
        for start, end in row.texts:
            inside = [found for found in find_clauses(self.text[start:end], context, start) if found.is_clause]
            clauses += [found if found.deadline else replace(found, deadline=day, stages=stages) for found in inside]
        clauses = with_duties(clauses, row.start, self.duties)
        skip = sorted(_inside(row, clauses))
        sentences = [span for start, end in row.texts for span in find_sentences(self.text, max(start, row.title_start), end, skip)]
        for found in clauses:
            self.doubts += [Doubt("clause", doubt.why, doubt.start, doubt.end) for doubt in found.doubts]
        if not clauses:
            self.doubts.append(Doubt("nobody_named", "这条措施没有写责任单位", row.title_start, row.title_end))
        return MeasureReading(
            number=row.number,
            title=self.text[row.title_start : row.title_end],
            section=self.text[slice(*section)] if section else "",
            section_start=section[0] if section else None,
            start=row.start,
            end=row.end,
            title_start=row.title_start,
            title_end=row.title_end,
            clauses=tuple(clauses),
            sentences=tuple(Sentence(first, last) for first, last in sentences),
            deadlines=tuple(found for span in row.texts for found in self._deadlines(*span, skip)),
        )

    def _deadlines(self, start: int, end: int, skip: list[tuple[int, int]]) -> list[Deadline]:
        """Find the deadlines that the sentences set, outside clauses."""
        found: list[Deadline] = []
        position = start
        for first, last in [*(span for span in skip if start <= span[0] < end), (end, end)]:
            if first > position:
                found += find_deadlines(self.text[position:first], self.reference, position)
            position = max(position, last)
        self.doubts += [Doubt("deadline", deadline.why, deadline.start, deadline.end) for deadline in found if deadline.why]
        return found

    def _passages(self, chosen: list[Node], listed: list[tuple[LedgerRow, MeasureReading]]) -> list[Passage]:
        """List the stretches in which targets are looked for: a node each, with what its headings say about it."""
        year = year_end(self.layout)
        deadline_of = {
            id(below): self._deadline(self._clauses_in(below.start, below.end))
            or self._deadline(self._clauses_in(node.start, self.ends[id(node)]))
            for node in chosen
            for below in node.walk()
        }
        passages: list[Passage] = []
        for root in self.roots:
            due_of: dict[int, date | None] = {}
            for node in root.walk():
                start = node.title_start if node.marker else node.start
                aims = is_about_aims(node, self.text)
                due = due_of.get(id(node.parent))
                due_of[id(node)] = self._horizon(node, aims=aims) or due
                if node.own_end > start and not is_about_the_past(node, self.text):
                    fallback = deadline_of.get(id(node)) or year
                    subject = self.text[node.title_start : node.title_end]
                    passages.append(Passage(start, node.own_end, aims=aims, due=due, fallback=fallback, subject=_subject(subject)))
        for row, measure in listed:
            due = self._deadline(list(measure.clauses)) or year
            passages += [Passage(start, end, fallback=due, subject=_subject(measure.title), row=True) for start, end in row.texts]
        return sorted(passages, key=lambda passage: passage.start)

    def _horizon(self, node: Node, *, aims: bool) -> date | None:
        """Give the time that a line sets for those under it (到2025年，实现以下目标)."""
        own = self.text[node.start : node.own_end]
        if not (aims or own.endswith(("：", ":"))):
            return None
        start = node.start if aims else max(node.start, self.text.rfind("。", node.start, node.own_end))
        dues = [due.on for due in read_dues(self.text, start, node.own_end, self.reference) if due.on and not due.is_base]
        return dues[-1] if dues else None

    def _deadline(self, clauses: list[Clause]) -> date | None:
        days = [clause.deadline.date for clause in clauses if clause.deadline and clause.deadline.date and not clause.deadline.recurring]
        return days[-1] if days else None

    def _general_doubts(self, measures: list[MeasureReading]) -> None:
        for missing, code, why in (
            (self.layout.title is None, "no_title", "文中没有标题"),
            (self.layout.number is None, "no_number", "文中没有发文字号"),
            (self.layout.issuer is None, "no_issuer", "文中没有发文机关"),
            (self.layout.date is None, "no_date", "文中没有成文日期"),
            (not measures, "no_measures", "没有读到措施"),
        ):
            if missing:
                self.doubts.append(Doubt(code, why, 0, 0))
        self.doubts += [Doubt("first_leads", OTHERS_NOT_TOLD, rule.start, rule.end) for rule in self.rules if not rule.others_told]
        for duty in self.duties:
            why = (
                "文中规定各条均有此单位参与，已补入其后（或者其前）各条，请核对"
                if duty.items
                else "文中规定各条均有此单位参与，没有补入各条，请核对"
            )
            self.doubts.append(Doubt("for_all", why, duty.start, duty.end))


def _inside(row: LedgerRow, clauses: Sequence[Clause]) -> set[tuple[int, int]]:
    """Give the spans of the clauses that stand in the text of a task, and not in columns of their own."""
    return {(clause.start, clause.end) for clause in clauses for start, end in row.texts if start <= clause.start and clause.end <= end}


def _subject(title: str) -> str:
    """Give what a short title is about, for numbers that say only that so much of it is done: 老旧小区改造."""
    thing = VERB.sub("", title)
    return thing if 1 < len(thing) <= _LONGEST_SUBJECT and not _NO_SUBJECT.search(thing) else ""
