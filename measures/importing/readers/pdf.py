"""PDF files with a text layer: fragments are put into lines by their place on the page, lines into paragraphs by their width.

Headers, footers and page numbers are left out, columns are read one after the other. A scanned file has no text layer and is refused.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from measures.importing.document import Document, DocumentBuilder
from measures.importing.headings import read_marker
from measures.importing.unreadable import Refusal, Unreadable

MAX_PAGES = 2_000
_MAX_FRAGMENTS = 400_000
_PAGE_NUMBER = re.compile(r"^[-—–－\s·]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-—–－\s·]*$")
_END = tuple("。！？；：:;")
# pypdf lets many kinds of exceptions through when a file is damaged.
_DAMAGE = (
    *(PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError, AssertionError),
    *(ZeroDivisionError, OverflowError, NotImplementedError, MemoryError),
)
_WIDE = re.compile("[\u1100-\uffff]")


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A piece of text with its place: x to the right, y upwards, in points."""

    x: float
    y: float
    size: float
    text: str

    @property
    def right(self) -> float:
        wide = len(_WIDE.findall(self.text))
        return self.x + self.size * (wide + 0.5 * (len(self.text) - wide))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of one column."""

    x: float
    right: float
    y: float
    size: float
    text: str
    page: int
    cells: tuple[tuple[float, str], ...] = ()


def read_pdf(data: bytes) -> Document:
    """Read a PDF file.

    Raises:
        Unreadable: it is damaged, encrypted, too long, or has no text layer.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        _check(reader)
        pages = [_fragments(page) for page in reader.pages]
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


def _fragments(page: Any) -> list[_Fragment]:
    found: list[_Fragment] = []

    def visit(text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        if text.strip() and len(found) < _MAX_FRAGMENTS:
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            height = abs(float(size) * inner[3] * outer[3]) or abs(float(size)) or 1.0
            found.extend(_Fragment(x, y, height, part) for part in text.split("\n") if part.strip())

    page.extract_text(visitor_text=visit)
    return found


def _compose(pages: list[list[_Fragment]]) -> Document:
    lines = [_lines(fragments, number) for number, fragments in enumerate(pages)]
    if sum(len(line.text) for page in lines for line in page) < 2 * max(len(pages), 1):
        raise Unreadable(Refusal.SCANNED)
    lines = _without_headers(lines)
    out = DocumentBuilder()
    _paragraphs([line for page in lines for line in page], out)
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()


def _lines(fragments: list[_Fragment], page: int) -> list[_Line]:
    """Put the fragments of a page into lines, a column after the other."""
    if not fragments:
        return []
    rows: list[list[_Fragment]] = []
    for fragment in sorted(fragments, key=lambda one: (-one.y, one.x)):
        if rows and abs(rows[-1][0].y - fragment.y) <= 0.4 * max(fragment.size, rows[-1][0].size):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    pieces = [_pieces(sorted(row, key=lambda one: one.x), page) for row in rows]
    gutter = _gutter(pieces)
    if gutter is None:
        return [_whole(row) for row in pieces]
    return _in_columns(pieces, gutter)


def _pieces(row: list[_Fragment], page: int) -> list[_Line]:
    """Cut a row where a wide gap parts it."""
    pieces: list[list[_Fragment]] = [[row[0]]]
    for fragment in row[1:]:
        gap = fragment.x - pieces[-1][-1].right
        if gap > 1.2 * fragment.size:
            pieces.append([fragment])
        else:
            pieces[-1].append(fragment)
    return [
        _Line(piece[0].x, piece[-1].right, piece[0].y, piece[0].size, "".join(one.text for one in piece).strip(), page) for piece in pieces
    ]


def _whole(row: list[_Line]) -> _Line:
    if len(row) == 1:
        return row[0]
    text = "\u3000".join(piece.text for piece in row)
    return _Line(row[0].x, row[-1].right, row[0].y, row[0].size, text, row[0].page, tuple((piece.x, piece.text) for piece in row))


def _gutter(rows: list[list[_Line]]) -> float | None:
    """Find where the second of two columns begins: the right pieces of most rows begin at one place."""
    doubles = [row for row in rows if len(row) == 2]
    if len(rows) < 6 or len(doubles) < 0.6 * len(rows):
        return None
    starts = Counter(round(row[1].x / 4) for row in doubles)
    place, count = starts.most_common(1)[0]
    begins = place * 4 - 4
    long_left = sum(row[0].right > 0.6 * begins and len(row[0].text) > 8 for row in doubles)
    return begins if count > 0.6 * len(doubles) and long_left > 0.5 * len(doubles) else None


def _in_columns(rows: list[list[_Line]], gutter: float) -> list[_Line]:
    done: list[_Line] = []
    left: list[_Line] = []
    right: list[_Line] = []
    for row in rows:
        if len(row) == 1 and row[0].x < gutter < row[0].right:
            done += [*left, *right, row[0]]
            left, right = [], []
            continue
        left += [piece for piece in row if piece.x < gutter]
        right += [piece for piece in row if piece.x >= gutter]
    return [*done, *left, *right]


def _without_headers(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Leave out page numbers, and lines that stand at the top or the bottom of most pages."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line.text) for line in _edges(page)})
    many = max(2, (len(pages) + 1) // 2)
    repeated = {shape for shape, count in seen.items() if count >= many}
    kept: list[list[_Line]] = []
    for page in pages:
        edges = {id(line) for line in _edges(page)}
        kept.append([line for line in page if not (id(line) in edges and (_PAGE_NUMBER.match(line.text) or _shape(line.text) in repeated))])
    return kept


def _edges(page: list[_Line]) -> list[_Line]:
    """Give the highest and the lowest lines of a page."""
    by_height = sorted(page, key=lambda line: -line.y)
    return [*by_height[:2], *by_height[-2:]]


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", text))


def _paragraphs(lines: list[_Line], out: DocumentBuilder) -> None:
    """Join lines into paragraphs, and rows of cells into tables."""
    right = _right_edge(lines)
    left: dict[tuple[int, int], float] = {}
    for line in lines:
        place = (line.page, int(line.x // 200))
        left[place] = min(left.get(place, line.x), line.x)
    current = ""
    previous: _Line | None = None
    for line in lines:
        if previous is not None and current and not _begins(line, previous, right, left[line.page, int(line.x // 200)]):
            current += (" " if _needs_blank(current, line.text) else "") + line.text
        else:
            out.paragraph(current)
            current = line.text
        previous = line
    out.paragraph(current)


def _right_edge(lines: list[_Line]) -> dict[int, float]:
    """Tell how far the lines of each column reach to the right, by where the column begins."""
    by_column: dict[int, list[float]] = {}
    for line in lines:
        by_column.setdefault(int(line.x // 200), []).append(line.right)
    return {column: sorted(ends)[int(len(ends) * 0.8)] for column, ends in by_column.items()}


def _begins(line: _Line, previous: _Line, right: dict[int, float], left: float) -> bool:
    """Tell whether a line begins a paragraph; `left` is where the lines of its page and column begin."""
    full = previous.right >= right.get(int(previous.x // 200), previous.right) - 2.2 * previous.size
    if not full:
        return True
    if abs(line.size - previous.size) > 0.15 * previous.size:
        return True
    if line.x - left > 1.2 * line.size:
        return True
    marker = read_marker(line.text)
    return marker is not None and previous.text.endswith(_END)


def _needs_blank(before: str, after: str) -> bool:
    return bool(re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after))
