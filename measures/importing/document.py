"""What a file becomes once it is read: one text, and the blocks that it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum


class BlockKind(StrEnum):
    """What a block is in its file."""

    PARAGRAPH = "paragraph"
    ROW = "row"
    NOTE = "note"  # a footnote: part of the text, of no section


class Merge(Enum):
    """A cell of a table that a merged cell covers."""

    UP = "up"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table row: where its text stands.

    A merged cell stands once in the text; the further rows that it covers point to the same place and are `carried`.
    """

    start: int
    end: int
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table.

    `level` is the outline level the file gives a heading (1 is the highest), `strong` the number of characters at the
    beginning that are set in bold, `centred` that it stands in the middle of the page, `table` numbers the table that a row belongs to.
    """

    start: int
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int | None = None
    strong: int = 0
    centred: bool = False
    table: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its blocks, in the order of the text."""

    text: str
    blocks: tuple[Block, ...]

    def quote(self, block: Block | Cell) -> str:
        """Give the text of a block or of a cell."""
        return self.text[block.start : block.end]


def tables_of(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Give the rows of each table among some blocks."""
    rows: list[Block] = []
    for block in blocks:
        if rows and (block.kind is not BlockKind.ROW or block.table != rows[-1].table):
            yield rows
            rows = []
        if block.kind is BlockKind.ROW:
            rows.append(block)
    if rows:
        yield rows


_LABELLED = re.compile(r"[^：:\n]{1,12}[：:].")
_HEADER_CELLS = 3  # a row above a table with fewer filled cells (填报单位, 日期) is none of its own


@dataclass(slots=True)
class DocumentBuilder:
    """Collects paragraphs and rows and keeps count of where they stand."""

    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0
    tables: int = 0

    def paragraph(self, text: str, *, level: int | None = None, strong: int = 0, centred: bool = False) -> None:
        """Add a paragraph; one without a visible character is left out."""
        stripped = text.strip()
        if not stripped:
            return
        strong = max(0, min(strong - (len(text) - len(text.lstrip())), len(stripped)))
        start = self._append(stripped)
        self.blocks.append(Block(start, self.length, level=level, strong=strong, centred=centred))

    def withdraw(self) -> None:
        """Take the paragraph added last back."""
        block = self.blocks.pop()
        self.parts.pop()
        if self.parts:
            self.parts.pop()  # the line's end before it
        self.length = max(block.start - 1, 0)

    def note(self, text: str) -> None:
        """Add a footnote."""
        start = self._append(text.strip())
        self.blocks.append(Block(start, self.length, BlockKind.NOTE))

    def take_over(self, text: str, lines: list[str]) -> None:
        """Take a whole text as it stands, a paragraph a line; lines of equally many tabs are rows of a table."""
        self.parts, self.length = [text], len(text)
        position, table = 0, False
        for index, line in enumerate(lines):
            stripped = line.strip()
            columns = stripped.count("\t") + 1
            beside = [other.strip().count("\t") + 1 for other in (*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2])]
            start = position + len(line) - len(line.lstrip())
            if columns > 2 and columns in beside:
                self.tables += not table
                self.blocks.append(_tabbed(stripped, start, self.tables))
            elif stripped:
                self.blocks.append(Block(start, start + len(stripped)))
            table = columns > 2 and columns in beside
            position += len(line) + 1

    def table(self, rows: Sequence[Sequence[str | Merge]]) -> None:
        """Add a table; rows without a visible character are left out."""
        number = self.tables
        self.tables += 1
        above: list[Cell] = []
        for row in rows:
            if not any(cell.strip() if isinstance(cell, str) else cell is Merge.UP for cell in row):
                continue
            above = self._row(row, above, number)

    def sheet(self, rows: Sequence[Sequence[str | Merge]]) -> None:
        """Add the rows of a sheet: what stands above the table are lines of text (title, 填报单位：…, unit), what stands below it notes.

        A sheet without a table behind one with a table holds notes only.
        """
        filled = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in rows]
        width = min(max(filled, default=0), _HEADER_CELLS)
        wide = [index for index, count in enumerate(filled) if count > 1]
        first = next((index for index in wide if filled[index] >= width and not _is_labelled(rows[index])), len(rows))
        last = wide[-1] if wide else len(rows)
        for row in rows[:first]:
            self._as_lines(row, notes=not wide and self.tables > 0)
        self.table(rows[first : last + 1])
        for row in rows[last + 1 :]:
            self._as_lines(row, notes=bool(wide))

    def _as_lines(self, row: Sequence[str | Merge], *, notes: bool = False) -> None:
        for line in (line for cell in row if isinstance(cell, str) for line in cell.split("\n")):
            if notes and line.strip():
                self.note(line)
            else:
                self.paragraph(line)

    def _row(self, row: Sequence[str | Merge], above: list[Cell], number: int) -> list[Cell]:
        start = self._append("")
        cells: list[Cell] = []
        for column, value in enumerate(row):
            if isinstance(value, Merge):
                beside = cells[-1] if cells else Cell(start, start)
                origin = above[column] if value is Merge.UP and column < len(above) else beside
                cells.append(Cell(origin.start, origin.end, carried=True))
                continue
            if self.length > start:
                self._extend("\t")
            first = self.length
            self._extend(" ".join(value.split("\t")).strip())
            cells.append(Cell(first, self.length))
        if self.length == start:
            self._extend("\u3000")
        self.blocks.append(Block(start, self.length, BlockKind.ROW, table=number, cells=tuple(cells)))
        return cells

    def _append(self, text: str) -> int:
        if self.parts:
            self._extend("\n")
        start = self.length
        self._extend(text)
        return start

    def _extend(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def document(self) -> Document:
        """Close the text."""
        return Document("".join(self.parts), tuple(self.blocks))


def _is_labelled(row: Sequence[str | Merge]) -> bool:
    """Tell a row above a table that says of the whole sheet who filled it in and when: 填报单位：…, 印发日期：…."""
    cells = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
    return bool(cells) and all(_LABELLED.match(cell) for cell in cells)


def _tabbed(line: str, start: int, table: int) -> Block:
    """Make a row of a line with tabs."""
    cells: list[Cell] = []
    position = start
    for part in line.split("\t"):
        lead = len(part) - len(part.lstrip())
        cells.append(Cell(position + lead, position + lead + len(part.strip())))
        position += len(part) + 1
    return Block(start, start + len(line), BlockKind.ROW, table=table, cells=tuple(cells))
