"""Makes files of the corpus texts: docx, html, pdf, xlsx, csv and text in other encodings.

Lines of `| a | b |` are a table; a cell `^` is covered by the one above, a cell `<` by the one to its left.
"""

from __future__ import annotations

import csv
import io
import zlib
from html import escape
from typing import Any

import docx
import openpyxl

ENCODINGS = {"gbk": "gbk", "utf16": "utf-16", "gb18030": "gb18030", "txt": "utf-8"}


def render(text: str, form: str) -> tuple[bytes, str]:
    """Give the bytes of a file, and its name."""
    if form in ENCODINGS:
        return text.encode(ENCODINGS[form]), "plan.txt"
    if form == "md":
        return text.encode(), "plan.md"
    return {"docx": as_docx, "html": as_html, "pdf": as_pdf, "xlsx": as_xlsx, "csv": as_csv}[form](text), f"plan.{form}"


def rows_and_lines(text: str) -> list[str | list[list[str]]]:
    """Split a text into lines and tables."""
    parts: list[str | list[list[str]]] = []
    for line in text.splitlines():
        if line.startswith("| "):
            cells = [cell.strip().replace("\\n", "\n") for cell in line.strip().strip("|").split("|")]
            if parts and isinstance(parts[-1], list):
                parts[-1].append(cells)
            else:
                parts.append([cells])
        else:
            parts.append(line)
    return parts


def _origin(rows: list[list[str]], row: int, column: int) -> tuple[int, int]:
    while rows[row][column] == "^":
        row -= 1
    while rows[row][column] == "<":
        column -= 1
    return row, column


def as_docx(text: str) -> bytes:
    """Write a Word file."""
    document = docx.Document()
    for part in rows_and_lines(text):
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]))
        for r, row in enumerate(part):
            for c, value in enumerate(row):
                if value in {"^", "<"}:
                    table.cell(*_origin(part, r, c)).merge(table.cell(r, c))
        for r, row in enumerate(part):
            for c, value in enumerate(row):
                if value not in {"^", "<"}:
                    table.cell(r, c).text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(text: str) -> bytes:
    """Write a page as government sites do: gb2312, menus around, the article in a div."""
    body = []
    for part in rows_and_lines(text):
        if isinstance(part, str):
            body.append(f'<p style="text-indent:2em">　　{escape(part.strip())}</p>')
            continue
        cells = ["<tr>" + "".join(f"<td>{escape(value)}</td>" for value in row) + "</tr>" for row in part]
        body.append("<table border=1>" + "\n".join(cells) + "</table>")
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
        "<title>政府门户网站</title>"
        "<script>var a = '一、假的。（省财政厅牵头）';</script></head><body>"
        "<div class=nav><a href=#>首页</a> | <a href=#>政务公开</a></div>"
        f'<div class="article-content" id="zoom">{"".join(body)}</div>'
        '<div class="foot">版权所有：政府办公厅　备案号：123456</div></body></html>'
    )
    return page.encode("gb18030")


def as_xlsx(text: str) -> bytes:
    """Write a workbook: lines fill the first column, tables follow."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    place = 1
    for part in rows_and_lines(text):
        rows = [[part]] if isinstance(part, str) else part
        if isinstance(part, str) and not part.strip():
            continue
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value not in {"^", "<"}:
                    sheet.cell(place + r, c + 1, int(value) if value.isdigit() else value)
        for first, last in _ranges(rows):
            sheet.merge_cells(start_row=place + first[0], start_column=first[1] + 1, end_row=place + last[0], end_column=last[1] + 1)
        place += len(rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ranges(rows: list[list[str]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value in {"^", "<"}:
                last[_origin(rows, r, c)] = (r, c)
    return list(last.items())


def as_csv(text: str) -> bytes:
    """Write a CSV file as Excel does in China."""
    out = io.StringIO()
    writer = csv.writer(out)
    for part in rows_and_lines(text):
        for row in [[part]] if isinstance(part, str) else part:
            writer.writerow(row)
    return out.getvalue().encode("gb18030")


WIDTH, SIZE, LEADING, PER_PAGE = 28, 16, 28, 22


def as_pdf(text: str) -> bytes:
    """Write a PDF with a text layer: lines of a fixed width, ruled tables, a running head and page numbers."""
    rows: list[list[str]] = []
    for part in rows_and_lines(text):
        if isinstance(part, str):
            wrapped = _wrap(part.strip())
            rows.append([_draw(90 + 2 * SIZE, 0, wrapped[0])] if wrapped[0] else [])
            rows += [[_draw(90, 0, more)] for more in wrapped[1:]]
        else:
            for cells in part:
                ruled = _ruled(cells)
                if len(rows) % PER_PAGE + len(ruled) > PER_PAGE:  # no row is broken over two pages
                    rows += [[] for _ in range(PER_PAGE - len(rows) % PER_PAGE)]
                rows += ruled
    pages = [rows[i : i + PER_PAGE] for i in range(0, len(rows), PER_PAGE)]
    streams = []
    for number, page in enumerate(pages, 1):
        drawn = [_draw(90, 800, "陕西省人民政府公报"), _draw(270, 40, f"— {number} —")]
        for i, marks in enumerate(page):
            drawn.append(f"q 1 0 0 1 0 {740 - LEADING * i} cm {' '.join(marks)} Q")
        streams.append("\n".join(drawn).encode())
    return pdf_of(streams)


def _ruled(cells: list[str]) -> list[list[str]]:
    """Draw a row of a table, a list of marks a printed line: the text of its cells, wrapped, and the lines around them."""
    width = WIDTH * SIZE / len(cells)
    wrapped = [_wrap(cell, first=int(width / SIZE) - 1, room=int(width / SIZE) - 1) for cell in cells]
    height = max(len(lines) for lines in wrapped)
    edges = " ".join(
        f"{90 + width * column:.1f} {0.6 * LEADING} m {90 + width * column:.1f} {-0.4 * LEADING} l S" for column in range(len(cells) + 1)
    )
    printed: list[list[str]] = []
    for i in range(height):
        marks = [edges]
        for column, lines in enumerate(wrapped):
            if i < len(lines) and lines[i]:
                marks.append(_draw(94 + width * column, 0, lines[i]))
        for last, y in ((0, 0.6), (height - 1, -0.4)):
            if i == last:
                marks.append(f"90 {y * LEADING} m {90 + WIDTH * SIZE} {y * LEADING} l S")
        printed.append(marks)
    return printed


def _wrap(line: str, first: int = WIDTH - 2, room: int = WIDTH) -> list[str]:
    """Break a line at the right edge; the first is indented by two signs, ASCII takes half a sign."""
    wrapped, left = [""], float(first)
    for sign in line:
        width = 0.5 if sign.isascii() else 1.0
        if left < width:
            wrapped.append("")
            left = float(room)
        wrapped[-1] += sign
        left -= width
    return wrapped


def _draw(x: float, y: float, text: str) -> str:
    return f"BT /F1 {SIZE} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"


_FONT = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> >>"
)


def pdf_of(streams: list[bytes]) -> bytes:
    """Put content streams into a PDF file whose font is the reader's own."""
    count = len(streams)
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>",
        _FONT,
    ]
    for i, stream in enumerate(streams):
        packed = zlib.compress(stream)
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {6 + 2 * i} 0 R >>".encode())
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)
