"""Tables of tasks 分工表, 台账: the header row is found by what its words mean, merged cells hold for all rows that they cover.

The cells that name agencies are read by the same grammar as a clause, in label style (牵头单位：…；配合单位：…；完成时限：…).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from measures.importing.clauses import Clause, ClauseContext, parse_clause
from measures.importing.comparators import UNIT
from measures.importing.document import Block, BlockKind, Cell, Document
from measures.importing.headings import read_marker
from measures.importing.outline import title_span

# What a column holds, by its heading; the first that fits counts.
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(?:序号|编号|项目序号|任务编号|任务序号|项号|号)$")),
    ("leader", re.compile(r"(?:领导|责任人|负责人|分管)")),
    ("lead", re.compile(r"(?:牵头|主办|主责|首办|第一责任|主要责任)(?:责任)?(?:单位|部门|处室|主体)?")),
    ("support", re.compile(r"(?:配合|协办|参与|参加|协同|协助|会办)(?:责任)?(?:单位|部门|处室|主体)?")),
    ("responsible", re.compile(r"(?:责任|承办|落实|负责|实施|分工|承担|办理|组织)(?:单位|部门|主体|分工|处室)|^(?:单位|部门|责任)$")),
    ("deadline", re.compile(r"(?:时限|时间|期限|进度|节点|推进计划|完成计划)")),
    ("remark", re.compile(r"(?:备注|说明|依据|来源|完成情况|进展|形式|成果|联系)")),
    ("section", re.compile(r"(?:类别|领域|分类|板块|方面|项目类型|一级|篇章|专题)")),
    ("task", re.compile(r"(?:任务|措施|举措|事项|内容|工作|要点|项目|目标|行动|要求|指标|政策)")),
)
_AGENCIES = ("lead", "responsible", "support")
_LABELS = {"leader": "牵头领导", "lead": "牵头单位", "responsible": "责任单位", "support": "配合单位", "deadline": "完成时限"}
_HEADER_DEPTH = 8
_CN_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_EMPTY = re.compile(r"^[\s—－/-]*$|^无$")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A task of a table: where it stands, what it is called, and the cells that name agencies and time."""

    number: str
    start: int
    end: int
    title_start: int
    title_end: int
    section: tuple[int, int] | None
    texts: tuple[tuple[int, int], ...]
    cells: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table whose header names tasks and agencies."""

    start: int
    end: int
    blocks: tuple[Block, ...]
    rows: tuple[LedgerRow, ...]


def find_ledgers(document: Document) -> list[Ledger]:
    """Find the tables of tasks."""
    found: list[Ledger] = []
    for blocks in _tables(document.blocks):
        ledger = _read_table(document, blocks)
        if ledger is not None:
            found.append(ledger)
    return found


def _tables(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    current: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.ROW and (not current or current[-1].table == block.table):
            current.append(block)
            continue
        if current:
            yield current
        current = [block] if block.kind is BlockKind.ROW else []
    if current:
        yield current


def _read_table(document: Document, blocks: list[Block]) -> Ledger | None:
    for index, block in enumerate(blocks[:_HEADER_DEPTH]):
        names = [_squeeze(document.quote(cell)) for cell in block.cells]
        height = 1
        columns = _columns(names)
        if index + 1 < len(blocks) and _is_second_header(document, blocks[index + 1], block):
            below = [_squeeze(document.quote(cell)) for cell in blocks[index + 1].cells]
            both = [name if name == under else f"{name}{under}" for name, under in zip(names, below, strict=False)]
            lower = _columns(below)
            columns = [under or upper for upper, under in zip(_columns(both), lower, strict=False)]
            height = 2
        columns = _without_units(document, blocks[index + height :], columns, names)
        if "task" in columns and any(name in columns for name in _AGENCIES):
            rows = tuple(_rows(document, blocks[index + height :], _settled(document, blocks[index + height :], columns)))
            return Ledger(blocks[0].start, blocks[-1].end, tuple(blocks), rows) if rows else None
    return None


def _without_units(document: Document, rows: list[Block], columns: list[str], names: Sequence[str]) -> list[str]:
    """Take a column 单位 whose cells are units of measure (个, %, 万元) for what it is."""
    kept = list(columns)
    for place, name in enumerate(names):
        if name == "单位" and columns[place] == "responsible":
            cells = [document.quote(row.cells[place]).strip() for row in rows if place < len(row.cells)]
            units = sum(bool(re.fullmatch(UNIT, cell)) for cell in cells if cell)
            kept[place] = "" if units * 2 > len([cell for cell in cells if cell]) else kept[place]
    return kept


def _squeeze(text: str) -> str:
    return re.sub(r"[\s（(].*[）)]$|\s", "", text)


def _columns(names: Sequence[str]) -> list[str]:
    return [next((key for key, pattern in _COLUMNS if len(name) < 16 and pattern.search(name)), "") for name in names]


def _is_second_header(document: Document, block: Block, above: Block) -> bool:
    """Tell a second row of headings: a cell of the first spans several, and those below have names of columns."""
    starts = [cell.start for cell in above.cells]
    if len(set(starts)) == len(starts) and not any(cell.carried for cell in block.cells):
        return False
    own = [_squeeze(document.quote(cell)) for cell in block.cells if not cell.carried]
    return bool(own) and all(len(name) < 10 for name in own) and sum(bool(kind) for kind in _columns(own)) >= max(1, len(own) / 2)


def _settled(document: Document, rows: list[Block], columns: list[str]) -> list[str]:
    """Settle which of several task columns is the task: one whose cells cover more rows than those of the next is a section."""
    settled = list(columns)
    tasks = [index for index, kind in enumerate(columns) if kind == "task"]
    if len(tasks) < 2:
        return settled
    whole = [row for row in rows if all(index < len(row.cells) and document.quote(row.cells[index]).strip() for index in tasks)]
    origins = {index: len({document.quote(row.cells[index]) for row in whole}) for index in tasks}
    most = max(origins.values())
    for index in tasks:
        if origins[index] < most:
            settled[index] = "section"
    return settled


def _rows(document: Document, blocks: list[Block], columns: list[str]) -> Iterator[LedgerRow]:
    heading: tuple[int, int] | None = None
    open_row: LedgerRow | None = None
    for block in blocks:
        banner = _banner(document, block) or _heading_row(document, block, columns)
        if banner is not None:
            heading = _title_of(document, banner)
            continue
        row = _row(document, block, columns, heading)
        if row is None:
            continue
        if open_row is not None and _is_same_task(document.text, open_row, row):
            open_row = replace(open_row, end=row.end, cells=_with(open_row.cells, row.cells), texts=_with(open_row.texts, row.texts))
            continue
        if open_row is not None:
            yield open_row
        open_row = row
    if open_row is not None:
        yield open_row


def _is_same_task(text: str, first: LedgerRow, second: LedgerRow) -> bool:
    """Tell a further row of one task: its cell is merged with the one above, or number and title are repeated."""
    if first.title_start == second.title_start:
        return True
    repeated = text[first.title_start : first.title_end] == text[second.title_start : second.title_end]
    return repeated and bool(first.number) and first.number == second.number


T = TypeVar("T")


def _with(first: tuple[T, ...], more: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *more)))


def _banner(document: Document, block: Block) -> Cell | None:
    """Find the one filled cell of a row that is a heading inside the table."""
    filled = {cell.start for cell in block.cells if not _EMPTY.match(document.quote(cell))}
    if len(filled) != 1 or len(block.cells) < 3:
        return None
    first = block.cells[0]
    return first if first.start >= block.start and first.start in filled else None


def _heading_row(document: Document, block: Block, columns: list[str]) -> Cell | None:
    """Find the title of a row that is a heading inside the table: 一 and 产业强市, and nobody named."""
    filled = {kind: cell for kind, cell in zip(columns, block.cells, strict=False) if kind and not _EMPTY.match(document.quote(cell))}
    number = filled.pop("number", None)
    if (
        number is None
        or number.carried
        or not re.fullmatch(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?", document.quote(number).strip())
    ):
        return None
    return next(iter(filled.values())) if len(filled) == 1 and set(filled) <= {"task", "section"} else None


def _title_of(document: Document, cell: Cell) -> tuple[int, int]:
    line = document.quote(cell)
    marker = read_marker(line)
    return title_span(document.text, cell.start + (marker.length if marker else 0), cell.end)


def _row(document: Document, block: Block, columns: list[str], heading: tuple[int, int] | None) -> LedgerRow | None:
    by_kind: dict[str, list[Cell]] = {}
    for kind, cell in zip(columns, block.cells, strict=False):
        if kind and not _EMPTY.match(document.quote(cell)) and cell not in by_kind.setdefault(kind, []):
            by_kind[kind].append(cell)
    tasks = by_kind.get("task", [])
    if not tasks:
        return None
    number = document.quote(by_kind["number"][0]).strip() if "number" in by_kind else ""
    marker = read_marker(document.quote(tasks[0]))
    title = _title_of(document, tasks[0])
    if title[0] == title[1]:
        return None
    sections = by_kind.get("section", [])
    section = _title_of(document, sections[-1]) if sections else heading
    if not number and marker:
        number = marker.label
    cells = tuple((kind, cell.start, cell.end) for kind in _LABELS for cell in by_kind.get(kind, []))
    start = min(block.start, tasks[0].start)
    return LedgerRow(number.rstrip(".．、"), start, block.end, *title, section, tuple((cell.start, cell.end) for cell in tasks), cells)


def read_responsibilities(text: str, row: LedgerRow, context: ClauseContext) -> Clause | None:
    """Read the agencies and the time of a row as one clause, its spans in the cells."""
    written = "（"
    places: list[tuple[int, int, int]] = []
    last = ""
    for kind, start, end in row.cells:
        quote = _as_list(text[start:end])
        if kind != last:
            written += ("；" if last else "") + _LABELS[kind] + "："
        else:
            written += "、"
        places.append((len(written), len(written) + len(quote), start))
        written += quote
        last = kind
    if not any(kind in _AGENCIES for kind, _, _ in row.cells):
        return None
    clause = parse_clause(written + "）", context)
    return _moved_back(clause, places, row) if clause.is_clause else None


def _as_list(quote: str) -> str:
    """Make a cell a list, sign by sign: a line's end or a blank between names parts them."""
    quote = re.sub(r"(?<=[\u4e00-\u9fff）)])[\n](?=[\u4e00-\u9fff])", "、", quote)
    quote = re.sub(r"(?<=[局委厅部办会院府区县市行社司心队])[ \u3000](?=[\u4e00-\u9fff])", "、", quote)
    return quote.replace("\n", " ")


def _moved_back(clause: Clause, places: list[tuple[int, int, int]], row: LedgerRow) -> Clause:
    """Move the spans of a clause from the line it was read as to the cells."""

    def first(position: int) -> int:
        return next((start + max(position - begin, 0) for begin, end, start in places if position < end), places[-1][2])

    def last(position: int) -> int:
        return next((start + max(position - begin, 0) for begin, end, start in places if position <= end), places[-1][2])

    def until(start: int, end: int) -> int:
        return max(first(start), last(end))

    own = [(start, end) for _, start, end in row.cells if start >= row.start] or [(start, end) for _, start, end in row.cells]
    deadline = clause.deadline
    return replace(
        clause,
        start=min(start for start, _ in own),
        end=max(end for _, end in own),
        items=tuple(replace(item, start=first(item.start), end=until(item.start, item.end)) for item in clause.items),
        deadline=deadline and replace(deadline, start=first(deadline.start), end=until(deadline.start, deadline.end)),
        doubts=tuple(replace(doubt, start=first(doubt.start), end=until(doubt.start, doubt.end)) for doubt in clause.doubts),
    )
