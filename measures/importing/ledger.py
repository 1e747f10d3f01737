"""Tables of tasks 分工表, 台账: the header is found by what its words mean, merged cells hold for all rows that they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from measures.importing.document import Block, Cell, Document, tables_of
from measures.importing.headings import read_marker
from measures.importing.ledger_cells import EMPTY, CellReader, LedgerCell, says_the_same
from measures.importing.ledger_header import find_header
from measures.importing.outline import title_span

_CN_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_SUM = re.compile(r"(?:合|总|小|共)\s*计")
_LONGEST_SECTION = 24


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
    cells: tuple[LedgerCell, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """A heading inside a table, over all its columns: its number, where it stands, and where its title does."""

    number: str
    start: int
    title_start: int
    title_end: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table whose header names tasks and agencies."""

    start: int
    end: int
    blocks: tuple[Block, ...]
    rows: tuple[LedgerRow, ...]
    banners: tuple[Banner, ...] = ()


def find_ledgers(document: Document) -> list[Ledger]:
    """Find the tables of tasks."""
    found: list[Ledger] = []
    for blocks in tables_of(document.blocks):
        ledger = _read_table(document, blocks)
        if ledger is not None:
            found.append(ledger)
    return found


def _read_table(document: Document, blocks: list[Block]) -> Ledger | None:
    header = find_header(document, blocks)
    if header is None:
        return None
    columns = list(header.columns)
    below = _filled_down(document, blocks[header.end :], columns)
    merged = any(cell.carried and cell.start < block.start for block in blocks[header.end :] for cell in block.cells)
    reader = CellReader(document, columns, merged=merged)
    banners: list[Banner] = []
    rows = tuple(_rows(document, below, _settled(document, below, columns), reader, banners))
    headings = tuple(banners) or tuple(_groups(document.text, rows))
    return Ledger(blocks[0].start, blocks[-1].end, tuple(blocks), rows, headings) if rows else None


def _groups(text: str, rows: Sequence[LedgerRow]) -> Iterator[Banner]:
    """Give the cells that group tasks (一、产业强市, 城乡出行): they are headings as much as rows over all columns.

    One without a number is a heading where the cells of its column cover several rows, not where each row repeats the words.
    """
    spans = dict.fromkeys(row.section for row in rows if row.section)
    cover = len(spans) < sum(row.section is not None for row in rows)
    for start, end in spans:
        marker = read_marker(text[start:end])
        if marker or cover:
            yield Banner(marker.label if marker else "", start, *title_span(text, start + (marker.length if marker else 0), end))


def _filled_down(document: Document, blocks: list[Block], columns: list[str]) -> list[Block]:
    """Let the cells that group tasks hold for the rows below that say 同上 or nothing, as merged ones do; settle which column groups.

    A column without a known heading groups if it stands before the tasks and its cells cover several rows.
    """
    tasks = [place for place, kind in enumerate(columns) if kind == "task"]
    for place in range(tasks[0]):
        cells = [block.cells[place] for block in blocks if place < len(block.cells)]
        short = all(len(document.quote(cell)) <= _LONGEST_SECTION for cell in cells)
        if not columns[place] and short and "section" not in columns and any(cell.carried and cell.end > cell.start for cell in cells):
            columns[place] = "section"
    groups = [place for place, kind in enumerate(columns) if kind == "section"] + tasks[:-1]
    aims = [place for place, kind in enumerate(columns) if kind == "aim"]
    above: dict[int, Cell] = {}
    filled: list[Block] = []
    for block in blocks:
        cells = list(block.cells)
        aimed = any(place < len(cells) and document.quote(cells[place]).strip() for place in aims)
        named = aimed or (bool(tasks) and tasks[-1] < len(cells) and bool(document.quote(cells[tasks[-1]]).strip()))
        for place in {*groups, *tasks}:
            quote = document.quote(cells[place]) if place < len(cells) else "-"
            empty = named and not quote.strip() and (place in groups or aimed)  # a further aim of the task above
            if place in above and (says_the_same(quote) or empty):
                cells[place] = replace(above[place], carried=True)
            elif quote.strip() and place < len(cells):
                above[place] = cells[place]
        filled.append(replace(block, cells=tuple(cells)))
    return filled


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


def _rows(document: Document, blocks: list[Block], columns: list[str], reader: CellReader, banners: list[Banner]) -> Iterator[LedgerRow]:
    """Give the tasks; the headings between them are put into `banners`."""
    task: _Task | None = None
    for block in blocks:
        banner = _banner(document, block) or _heading_row(document, block, columns)
        if banner is not None:
            marker = read_marker(document.quote(banner))
            banners.append(Banner(marker.label if marker else "", banner.start, *_title_of(document, banner)))
            continue
        heading = (banners[-1].start, banners[-1].title_end) if banners else None
        row = _row(document, block, columns, heading, reader)
        if row is None:
            continue
        if task is not None and _is_a_further_aim(task, row):
            row = replace(row, number=row.number or task.first.number)
        elif task is not None and _is_same_task(document.text, task.first, row):
            task.add(row)
            continue
        if task is not None:
            yield task.whole()
        task = _Task(row)
    if task is not None:
        yield task.whole()


class _Task:
    """A task whose rows are gathered: what each adds costs the same, however many there are."""

    def __init__(self, first: LedgerRow) -> None:
        self.first, self.end = first, first.end
        self.cells = dict.fromkeys(first.cells)
        self.texts = dict.fromkeys(first.texts)

    def add(self, row: LedgerRow) -> None:
        """Take a further row of it."""
        self.end = row.end
        self.cells.update(dict.fromkeys(row.cells))
        self.texts.update(dict.fromkeys(row.texts))

    def whole(self) -> LedgerRow:
        """Return all its rows as one."""
        return replace(self.first, end=self.end, cells=tuple(self.cells), texts=tuple(self.texts))


def _is_a_further_aim(task: _Task, second: LedgerRow) -> bool:
    """Tell a further row of one task that has an aim, somebody who leads and perhaps a day of its own."""
    leads = [cell for cell in second.cells if cell.kind == "lead" and not cell.sources and cell.start >= task.end]
    return task.first.title_start == second.title_start and next(reversed(task.texts)) != second.texts[-1] and bool(leads)


def _is_same_task(text: str, first: LedgerRow, second: LedgerRow) -> bool:
    """Tell a further row of one task: its cell is merged with the one above, or number and title are repeated."""
    if first.title_start == second.title_start:
        return True
    repeated = text[first.title_start : first.title_end] == text[second.title_start : second.title_end]
    return repeated and bool(first.number) and first.number == second.number


def _banner(document: Document, block: Block) -> Cell | None:
    """Find the one filled cell of a row that is a heading inside the table."""
    filled = {cell.start for cell in block.cells if not EMPTY.match(document.quote(cell))}
    if len(filled) != 1 or len(block.cells) < 3:
        return None
    first = block.cells[0]
    return first if first.start >= block.start and first.start in filled else None


def _heading_row(document: Document, block: Block, columns: list[str]) -> Cell | None:
    """Find the title of a row that is a heading inside the table: 一 and 产业强市, and nobody named."""
    filled = {kind: cell for kind, cell in zip(columns, block.cells, strict=False) if kind and not EMPTY.match(document.quote(cell))}
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


def _heading_of(document: Document, cell: Cell) -> tuple[int, int]:
    """Give the heading that a cell is, with its number if it has one."""
    start, end = _title_of(document, cell)
    return (cell.start if read_marker(document.quote(cell)) else start), end


def _row(document: Document, block: Block, columns: list[str], heading: tuple[int, int] | None, reader: CellReader) -> LedgerRow | None:
    by_kind: dict[str, list[Cell]] = {}
    for kind, cell in zip(columns, block.cells, strict=False):
        if kind and not EMPTY.match(document.quote(cell)) and cell not in by_kind.setdefault(kind, []):
            by_kind[kind].append(cell)
    tasks = by_kind.get("task", [])
    if not tasks:
        return None
    number = document.quote(by_kind["number"][0]).strip() if "number" in by_kind else ""
    marker = read_marker(document.quote(tasks[0]))
    title = _title_of(document, tasks[0])
    if title[0] == title[1] or any(_SUM.fullmatch(document.quote(cell).strip()) for cell in (block.cells[0], tasks[0])):
        return None
    sections = by_kind.get("section", [])
    section = heading or (_heading_of(document, sections[-1]) if sections else None)
    if not number and marker:
        number = marker.label
    start = min(block.start, tasks[0].start)
    texts = tuple((cell.start, cell.end) for cell in (*tasks, *by_kind.get("aim", ())))
    return LedgerRow(number.rstrip(".．、"), start, block.end, *title, section, texts, reader.read(block))
