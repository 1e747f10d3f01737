"""Excel workbooks: the cells of each visible sheet with their merged ranges, dates written out."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from measures.importing.document import Document, DocumentBuilder, Merge
from measures.importing.readers.package import Package
from measures.importing.readers.sheets import MAX_CELLS, MAX_ROWS, sheet_too_large
from measures.importing.unreadable import Refusal, Unreadable

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# The formats that every program knows by number, as Chinese ones show them.
_BUILT_IN = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58), "day"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "month"),
}
_MAX_COLUMNS = 200
_STRAY = 200  # cells far from all others, which somebody touched and forgot
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_DAY = 110_000
_PARTS = ("year", "month", "day")


def read_xlsx(package: Package) -> Document:
    """Read a workbook."""
    if b"macroEnabled" in package.read("[Content_Types].xml"):
        raise Unreadable(Refusal.MACROS)
    strings = _shared_strings(package)
    styles = _Styles(_formats(package.optional_xml("xl/styles.xml")), _epoch(package.xml("xl/workbook.xml")))
    out = DocumentBuilder()
    for path in _sheets(package):
        out.sheet(_grid(package.xml(path), strings, styles))
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


@dataclass(frozen=True, slots=True)
class _Styles:
    """How numbers are shown: the kind of each cell style (day, month, year, percent, or none), and where serial numbers of days begin."""

    kinds: tuple[str, ...]
    epoch: date

    def shown(self, text: str, style: int) -> str:
        """Write a number as the sheet shows it."""
        try:
            number = float(text)
        except ValueError:
            return text
        kind = self.kinds[style] if style < len(self.kinds) else ""
        if kind == "percent":
            return f"{number * 100:.10g}%"
        if kind and 1 <= number < _LAST_DAY:
            day = self.epoch + timedelta(days=int(number))
            parts = (f"{day.year}年", f"{day.month}月", f"{day.day}日")
            return "".join(parts[: _PARTS.index(kind) + 1])
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.10g}"


def _epoch(workbook: Any) -> date:
    properties = workbook.find(f"{S}workbookPr")
    return _EPOCH_1904 if properties is not None and properties.get("date1904") in {"1", "true"} else _EPOCH


def _formats(root: Any | None) -> tuple[str, ...]:
    """Tell the kind of each cell style."""
    formats = root.find(f"{S}cellXfs") if root is not None else None
    if root is None or formats is None:
        return ()
    own = {_small(item.get("numFmtId")): _kind(item.get("formatCode", "")) for item in root.iter(f"{S}numFmt")}
    known = _BUILT_IN | own
    return tuple(known.get(_small(item.get("numFmtId")), "") for item in formats)


def _kind(code: str) -> str:
    """Tell what a format of one's own shows; one with a year and a month and no day (yyyy年m月) means the month."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code).partition(";")[0].lower()
    if "%" in bare:
        return "percent"
    if re.search("[yd年]", bare) or ("m" in bare and not re.search("[hs]", bare)):
        return "day" if "d" in bare or not re.search("[y年]", bare) else "month" if "m" in bare else "year"
    return ""


def _grid(sheet: Any, strings: list[str], styles: _Styles) -> list[list[str | Merge]]:
    """Lay the cells of a sheet out in rows; what a merged range covers points to its first cell."""
    values: dict[tuple[int, int], str] = {}
    row_number = stray = 0
    for row in sheet.iter(f"{S}row"):
        row_number = _small(row.get("r")) or row_number + 1
        column = 0
        for cell in row.iter(f"{S}c"):
            place = _place(cell.get("r", ""))
            column = place[1] if place else column + 1
            text = _value(cell, strings, styles).strip()
            if text and column <= _MAX_COLUMNS and row_number <= MAX_ROWS:
                values[row_number, column] = text
            stray += bool(text) and row_number > MAX_ROWS
            if len(values) > MAX_CELLS or stray > _STRAY:
                raise sheet_too_large()
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
            if len(covered) > MAX_CELLS:
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


def _value(cell: Any, strings: list[str], styles: _Styles) -> str:
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
        return styles.shown(text, _small(cell.get("s")))
    return ""
