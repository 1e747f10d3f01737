"""What a file becomes once it is read: one text, and the blocks that it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is in its file."""

    PARAGRAPH = "paragraph"
    ROW = "row"


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
    beginning that are set in bold, `table` numbers the table that a row belongs to.
    """

    start: int
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int | None = None
    strong: int = 0
    table: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its blocks, in the order of the text."""

    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    def quote(self, block: Block | Cell) -> str:
        """Give the text of a block or of a cell."""
        return self.text[block.start : block.end]


@dataclass(slots=True)
class DocumentBuilder:
    """Collects paragraphs and rows and keeps count of where they stand."""

    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    length: int = 0
    tables: int = 0

    def paragraph(self, text: str, *, level: int | None = None, strong: int = 0) -> None:
        """Add a paragraph; one without a visible character is left out."""
        stripped = text.strip()
        if not stripped:
            return
        strong = max(0, min(strong - (len(text) - len(text.lstrip())), len(stripped)))
        start = self._append(stripped)
        self.blocks.append(Block(start, self.length, level=level, strong=strong))

    def take_over(self, text: str, lines: list[str]) -> None:
        """Take a whole text as it stands, a paragraph a line, or a row where a line has tabs like the lines beside it."""
        self.parts, self.length = [text], len(text)
        position = 0
        for line in lines:
            stripped = line.strip()
            if stripped:
                start = position + len(line) - len(line.lstrip())
                self.blocks.append(Block(start, start + len(stripped)))
            position += len(line) + 1

    def table(self, rows: list[list[str | None]]) -> None:
        """Add a table. `None` is a cell that a merged cell further up or to the left covers."""
        number = self.tables
        self.tables += 1
        above: list[Cell] = []
        for row in rows:
            if not any(cell and cell.strip() for cell in row):
                continue
            above = self._row(row, above, number)

    def _row(self, row: list[str | None], above: list[Cell], number: int) -> list[Cell]:
        start = self._append("")
        cells: list[Cell] = []
        for column, value in enumerate(row):
            if value is None:
                origin = above[column] if column < len(above) else (cells[-1] if cells else Cell(start, start))
                cells.append(Cell(origin.start, origin.end, carried=True))
                continue
            if self.length > start:
                self._extend("\t")
            first = self.length
            self._extend(" ".join(value.split("\t")).strip())
            cells.append(Cell(first, self.length))
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
        return Document("".join(self.parts), tuple(self.blocks), tuple(self.notes))
