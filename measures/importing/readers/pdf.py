"""PDF files with a text layer: fragments are put into lines by their place on the page, lines into paragraphs by their width.

Headers, footers and page numbers are left out, columns are read one after the other. A scanned file has no text layer and is refused.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from statistics import median
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from measures.importing.document import Document, DocumentBuilder, Merge
from measures.importing.headings import read_marker
from measures.importing.numerals import DASHES
from measures.importing.readers.pdf_columns import gutter_of, height_of, in_columns, whole
from measures.importing.readers.pdf_pieces import Fragment, Line, pieces_of, rows_of
from measures.importing.readers.pdf_tables import Rules, Table, ruled_tables, unruled_table
from measures.importing.readers.radicals import plain_signs
from measures.importing.unreadable import Refusal, Unreadable

MAX_PAGES = 2_000
_MAX_FRAGMENTS = 400_000
_PAGE_NUMBER = re.compile(rf"^[{DASHES}\s·]*(?:第\s*)?\d{{1,4}}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{{1,4}}(?:\s*页)?)?[{DASHES}\s·]*$")
# What a browser prints above and below a page.
_PRINTED = re.compile(r"^(?:https?://|file:///)|^\d{1,4}/\d{1,2}/\d{1,4}[,，\s]")
_RECTANGLE = 4
_PAINTS = frozenset((b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*"))
_MOST = 0.85  # of a page
_NUMBERS = re.compile(r"(?:序\s*号|编\s*号|项目序号|任务序号)\s*")
_SAME_PLACE = 6.0
_SHORT, _FAR = 0.4, 4  # of the width of most lines; times the size of the type
_SMALL = 0.7  # of the size of most type: a top line in smaller type is a head
_END = tuple("。！？；：:;")
# pypdf lets many kinds of exceptions through when a file is damaged.
_DAMAGE = (
    *(PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError, AssertionError),
    *(ZeroDivisionError, OverflowError, NotImplementedError, MemoryError),
)


def read_pdf(data: bytes) -> Document:
    """Read a PDF file.

    Raises:
        Unreadable: it is damaged, encrypted, too long, or has no text layer.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        _check(reader)
        pages = [_contents(page) for page in reader.pages]
    except Unreadable:
        raise
    except _DAMAGE as error:
        raise Unreadable(Refusal.DAMAGED) from error
    return _compose(pages)


def _check(reader: PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(Refusal.ENCRYPTED)
    tree: Any = reader.root_object["/Pages"].get_object()
    count = tree.get("/Count", 0)
    if not isinstance(count, int) or count > MAX_PAGES:
        raise Unreadable(Refusal.TOO_LONG, pages=count, limit=MAX_PAGES)
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(Refusal.TOO_LONG, pages=len(reader.pages), limit=MAX_PAGES)


def _contents(page: Any) -> tuple[list[Fragment], Rules]:
    """Collect the fragments of text of a page and its ruled lines."""
    found: list[Fragment] = []
    pen = _Pen(float(page.mediabox.width), float(page.mediabox.height))

    def visit(text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        if text.strip() and len(found) < _MAX_FRAGMENTS:
            x, y = _at(outer, inner[4], inner[5])
            height = abs(float(size) * inner[3] * outer[3]) or abs(float(size)) or 1.0
            found.extend(Fragment(x, y, height, plain_signs(part.strip())) for part in text.split("\n") if part.strip())

    def draw(operator: bytes, arguments: Any, outer: list[float], inner: list[float]) -> None:
        pen.draw(operator, arguments, outer)

    page.extract_text(visitor_text=visit, visitor_operand_before=draw)
    return found, pen.rules


class _Pen:
    """Follows the paths that a page draws; what is only clipped with, and what covers most of the page, rules nothing."""

    def __init__(self, width: float, height: float) -> None:
        self.rules = Rules()
        self.width, self.height = width, height
        self.last: tuple[float, float] | None = None
        self.first: tuple[float, float] | None = None
        self.pending: list[tuple[float, float, float, float]] = []

    def draw(self, operator: bytes, arguments: Any, outer: list[float]) -> None:
        """Take one operator of the page."""
        if operator in _PAINTS:
            for box in self.pending:
                self.rules.rectangle(*box)
        if operator in _PAINTS or operator == b"n":
            self.pending, self.last = [], None
        elif operator == b"re" and len(arguments) == _RECTANGLE:
            x, y, width, height = (float(value) for value in arguments)
            self._box(*_at(outer, x, y), *_at(outer, x + width, y + height))
        elif operator == b"m" and len(arguments) > 1:
            self.last = self.first = _at(outer, float(arguments[0]), float(arguments[1]))
        elif operator == b"l" and len(arguments) > 1:
            self._line(_at(outer, float(arguments[0]), float(arguments[1])))
        elif operator == b"h" and self.first is not None:
            self._line(self.first)

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if not (abs(x1 - x0) > _MOST * self.width and abs(y1 - y0) > _MOST * self.height) and len(self.pending) < _MAX_FRAGMENTS:
            self.pending.append((x0, y0, x1, y1))

    def _line(self, to: tuple[float, float]) -> None:
        if self.last is not None and (abs(to[0] - self.last[0]) < 1 or abs(to[1] - self.last[1]) < 1):
            self._box(*self.last, *to)
        self.last = to


def _at(matrix: list[float], x: float, y: float) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


def _compose(pages: list[tuple[list[Fragment], Rules]]) -> Document:
    items = [_items(fragments, rules, number) for number, (fragments, rules) in enumerate(pages)]
    if sum(len(fragment.text) for fragments, _ in pages for fragment in fragments) < 2 * max(len(pages), 1):
        raise Unreadable(Refusal.SCANNED)
    out = DocumentBuilder()
    _paragraphs([item for page in _without_headers(items) for item in page], out)
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()


def _items(fragments: list[Fragment], rules: Rules, page: int) -> list[Line | Table]:
    """Put the fragments of a page into lines, a column after the other, and tables."""
    tables, rest = ruled_tables(fragments, rules)
    rows = [pieces_of(row, page) for row in rows_of(rest)]
    items: list[Line | Table] = []
    index = 0
    while index < len(rows):
        found = unruled_table(rows, index)
        items.append(found[0] if found else whole(rows[index]))
        index = found[1] if found else index + 1
    gutter = gutter_of(rows) if len(items) == len(rows) else None
    if gutter is not None:
        return in_columns(rows, tables, gutter)
    for table in tables:
        place = sum(height_of(item) > table.top for item in items)
        items.insert(place, table)
    return items


def _as_before(items: list[Line | Table]) -> list[Line | Table]:
    """Take a page whose lines all fit into the first column of another one for one that is not filled: the last one, as a rule."""
    lines = [item for item in items if isinstance(item, Line)]
    column = min((line.column for line in lines if line.column), default=None)
    if column is None:
        return items
    reach: dict[int, float] = {}
    for line in lines:
        reach[line.page] = max(reach.get(line.page, 0.0), line.right)
    return [
        replace(item, column=column)
        if isinstance(item, Line) and item.column is None and reach[item.page] <= column[1] + _FAR * item.size
        else item
        for item in items
    ]


def _without_headers(pages: list[list[Line | Table]]) -> list[list[Line | Table]]:
    """Leave out page numbers, lines that stand at the top or the bottom of most pages, and a top line in much smaller type."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line.text) for line in _edges(page)})
    many = max(2, (len(pages) + 1) // 2)
    repeated = {shape for shape, count in seen.items() if count >= many}
    kept: list[list[Line | Table]] = []
    sizes = [item.size for page in pages for item in page if isinstance(item, Line) for _ in item.text]
    small = _SMALL * median(sizes) if sizes else 0.0
    for page in pages:
        edges = {id(line) for line in _edges(page) if _is_furniture(line.text) or _shape(line.text) in repeated}
        edges |= {id(line) for line in _edges(page)[:1] if line.size <= small and "〔" not in line.text and line.y > _top_of(page, line)}
        kept.append([item for item in page if id(item) not in edges])
    return kept


def _top_of(page: list[Line | Table], head: Line) -> float:
    """How high the highest of all but one line stands; a page that is nothing but that line has none."""
    return max((height_of(item) for item in page if item is not head), default=head.y)


def _is_furniture(text: str) -> bool:
    return _PAGE_NUMBER.match(text) is not None or _PRINTED.match(text) is not None


def _edges(page: list[Line | Table]) -> list[Line]:
    """Give the highest and the lowest lines of a page."""
    by_height = sorted((item for item in page if isinstance(item, Line)), key=lambda line: -line.y)
    return [*by_height[:2], *by_height[-2:]]


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", text))


def _paragraphs(items: list[Line | Table], out: DocumentBuilder) -> None:
    """Join lines into paragraphs, and the parts of a table that goes on over pages into one."""
    items = _as_before(items)
    lines = [item for item in items if isinstance(item, Line)]
    right = _right_edge(lines)
    width = median(line.right - line.x for line in lines) if lines else 0.0
    left: dict[tuple[int, int], float] = {}
    for line in lines:
        place = (line.page, int(line.x // 200))
        left[place] = min(left.get(place, line.x), line.x)
    current = ""
    previous: Line | None = None
    table: list[Table] = []
    for item in items:
        if isinstance(item, Table):
            out.paragraph(current)
            current, previous = "", None
            if table and not _goes_on(table[-1], item):
                _put(table, out)
            table.append(item)
            continue
        _put(table, out)
        if previous is not None and current and not _begins(item, previous, right, left[item.page, int(item.x // 200)], width):
            current += (" " if _needs_blank(current, item.text) else "") + item.text
        else:
            out.paragraph(current)
            current = item.text
        previous = item
    out.paragraph(current)
    _put(table, out)


def _goes_on(before: Table, after: Table) -> bool:
    """Tell whether a table goes on on the next page: its columns stand where they stood."""
    return len(before.edges) == len(after.edges) and all(
        abs(one - other) < _SAME_PLACE for one, other in zip(before.edges, after.edges, strict=True)
    )


def _both(above: str | Merge, below: str | Merge) -> str | Merge:
    """Join the parts of a cell that breaks over two pages."""
    return above + below if isinstance(above, str) and isinstance(below, str) else above


def _put(tables: list[Table], out: DocumentBuilder) -> None:
    """Write a table; its header is repeated on no later page."""
    if tables:
        header = tables[0].rows[0]
        rows = list(tables[0].rows)
        number = next((place for place, cell in enumerate(header) if isinstance(cell, str) and _NUMBERS.fullmatch(cell)), None)
        for table in tables[1:]:
            more = list(table.rows[1:] if table.rows[0] == header else table.rows)
            if number is not None and more and more[0][number] == "":
                rows[-1] = tuple(_both(above, below) for above, below in zip(rows[-1], more.pop(0), strict=True))
            rows += more
        out.table(rows)
        tables.clear()


def _right_edge(lines: list[Line]) -> dict[int, float]:
    """Tell how far the lines of each column reach to the right, by where the column begins."""
    by_column: dict[int, list[float]] = {}
    for line in lines:
        by_column.setdefault(int(line.x // 200), []).append(line.right)
    return {column: sorted(ends)[int(len(ends) * 0.8)] for column, ends in by_column.items()}


def _begins(line: Line, previous: Line, right: dict[int, float], left: float, width: float) -> bool:
    """Tell whether a line begins a paragraph.

    Args:
        line: the line.
        previous: the one above it.
        right: how far the lines of each column reach.
        left: where the lines of its page and column begin.
        width: how wide most lines are; much shorter ones (a name and a date on the right) are not joined.
    """
    below = line.page == previous.page and line.y < previous.y
    short = previous.right - previous.x < _SHORT * width
    edge = previous.column[1] if previous.column else right.get(int(previous.x // 200), previous.right)
    full = not short and previous.right >= edge - 2.2 * previous.size
    left = line.column[0] if line.column else left
    outdented = below and previous.x - left > 3 * line.size and line.x - left <= 3 * line.size  # what stands on the right is no paragraph
    if not full or outdented or (below and line.x - previous.x > _FAR * line.size):
        return True
    if abs(line.size - previous.size) > 0.15 * previous.size:
        return True
    if line.x - left > 1.2 * line.size:
        return True
    marker = read_marker(line.text)
    return marker is not None and previous.text.endswith((*_END, "）", ")"))


def _needs_blank(before: str, after: str) -> bool:
    return bool(re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after))
