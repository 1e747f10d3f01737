"""Excel workbooks: the cells of each visible sheet with their merged ranges, dates written out."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime, timedelta
from typing import Any

from measures.importing.document import Document, DocumentBuilder, Merge
from measures.importing.readers.package import Package
from measures.importing.unreadable import Refusal, Unreadable

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DATE_FORMATS = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_MAX_CELLS = 600_000
_MAX_COLUMNS = 200
_MAX_ROWS = 100_000
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial day number has no zone


def read_xlsx(package: Package) -> Document:
    """Read a workbook."""
    if b"macroEnabled" in package.read("[Content_Types].xml"):
        raise Unreadable(Refusal.MACROS)
    strings = _shared_strings(package)
    dates = _date_styles(package.optional_xml("xl/styles.xml"))
    out = DocumentBuilder()
    for path in _sheets(package):
        out.sheet(_grid(package.xml(path), strings, dates))
    if not out.blocks:
        raise Unreadable(Refusal.NO_TEXT)
    return out.document()


def _sheets(package: Package) -> list[str]:
    relations = {item.get("Id"): item.get("Target", "") for item in package.xml("xl/_rels/workbook.xml.rels")}
    paths: list[str] = []
    for sheet in package.xml("xl/workbook.xml").iter(f"{S}sheet"):
        target = relations.get(sheet.get(f"{_R}id"))
        if target and sheet.get("state", "visible") == "visible":
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if package.has(path):
                paths.append(path)
    return paths


def _shared_strings(package: Package) -> list[str]:
    root = package.optional_xml("xl/sharedStrings.xml")
    return [_rich(item) for item in root.iter(f"{S}si")] if root is not None else []


def _rich(item: Any) -> str:
    return "".join(piece.text or "" for piece in item.iter(f"{S}t") if piece.getparent().tag != f"{S}rPh")


def _date_styles(root: Any | None) -> set[int]:
    if root is None:
        return set()
    own = {
        int(item.get("numFmtId", "0"))
        for item in root.iter(f"{S}numFmt")
        if re.search(r"[ymd年月日]", re.sub(r'"[^"]*"|\[[^\]]*\]', "", item.get("formatCode", "")), re.IGNORECASE)
    }
    formats = root.find(f"{S}cellXfs")
    if formats is None:
        return set()
    return {index for index, item in enumerate(formats) if int(item.get("numFmtId") or 0) in _DATE_FORMATS | own}


def _grid(sheet: Any, strings: list[str], dates: set[int]) -> list[list[str | Merge]]:
    """Lay the cells of a sheet out in rows; what a merged range covers points to its first cell."""
    values: dict[tuple[int, int], str] = {}
    row_number = 0
    for row in sheet.iter(f"{S}row"):
        row_number = _small(row.get("r")) or row_number + 1
        column = 0
        for cell in row.iter(f"{S}c"):
            place = _place(cell.get("r", ""))
            column = place[1] if place else column + 1
            text = _value(cell, strings, dates).strip()
            if text and column <= _MAX_COLUMNS and row_number <= _MAX_ROWS:
                values[row_number, column] = text
            if len(values) > _MAX_CELLS:
                raise Unreadable(Refusal.TOO_LONG, pages=_MAX_CELLS // 200, limit=_MAX_CELLS // 200)
    if not values:
        return []
    last_column = max(column for _, column in values)
    merges = _merges(sheet, {row for row, _ in values}, last_column)
    columns = range(1, last_column + 1)
    used = sorted({row for row, _ in values} | {row for row, _ in merges})
    return [[merges.get((row, column)) or values.get((row, column), "") for column in columns] for row in used]


def _merges(sheet: Any, rows: set[int], last_column: int) -> dict[tuple[int, int], Merge]:
    covered: dict[tuple[int, int], Merge] = {}
    last_row = max(rows)
    for merge in sheet.iter(f"{S}mergeCell"):
        first, _, last = merge.get("ref", "").partition(":")
        start, end = _place(first), _place(last)
        if start is None or end is None:
            continue
        for row in range(start[0], min(end[0], last_row) + 1):
            if row not in rows and end[1] - start[1] + 1 >= last_column:
                continue
            for column in range(start[1], min(end[1], last_column) + 1):
                if (row, column) != start:
                    covered[row, column] = Merge.UP if row > start[0] else Merge.LEFT
            if len(covered) > _MAX_CELLS:
                raise Unreadable(Refusal.BOMB)
    return covered


def _place(reference: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _small(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,7}", written) else 0


def _value(cell: Any, strings: list[str], dates: set[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _rich(cell)
    value = cell.find(f"{S}v")
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        index = _small(text)
        return strings[index] if text.isdigit() and index < len(strings) else ""
    if kind in {"str", "d", "b"}:
        return text
    if kind == "n" and text:
        return _amount(text, is_date=_small(cell.get("s")) in dates)
    return ""


def _amount(text: str, *, is_date: bool) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    if is_date and 1 <= number < 110_000:
        day = _EPOCH + timedelta(days=int(number))
        return f"{day.year}年{day.month}月{day.day}日"
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.10g}"
