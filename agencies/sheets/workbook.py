"""Workbooks with one row an agency, account or membership: which columns they have, an empty one to fill in, and reading one."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from agencies.listing import listed
from agencies.refusals import Invalid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

LARGEST = 3_000_000
"""Bytes of a file."""

LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 2_000
HEADER_WITHIN = 10
"""Rows within which the headings must stand; titles above them are passed over."""

MOST_COLUMNS = 40
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),  # the package: cut, altered, locked by a password
    *(SyntaxError, KeyError, ValueError, TypeError, IndexError, AttributeError),  # what lies in it; XML that is none is a SyntaxError
)
"""What reading a file raises that is no workbook, or was one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the name of its value, its heading, and whether it must be filled in."""

    name: str
    heading: str | Promise
    required: bool = False
    example: str = ""


AGENCIES = (
    Column("name", gettext_lazy("Full name of the agency"), required=True, example="广东省示范管理局"),
    Column("short_name", gettext_lazy("Short name"), required=True, example="省示范局"),
    Column("kind", gettext_lazy("Kind of agency"), example="政府部门"),
    Column("region", gettext_lazy("Code of the region"), example="440000"),
    Column("parent", gettext_lazy("Superior agency"), example=""),
    Column("position", gettext_lazy("Place in lists"), example="1000"),
    Column("starts_on", gettext_lazy("Established on"), example="2026-01-01"),
)
ACCOUNTS = (
    Column("username", gettext_lazy("Account"), required=True, example="zhang.san"),
    Column("name", gettext_lazy("Full name"), required=True, example="张三"),
    Column("email", gettext_lazy("E-mail address"), example="zhang.san@example.gov.cn"),
    Column("phone", gettext_lazy("Telephone"), example="020-12345678"),
)
MEMBERSHIPS = (
    Column("username", gettext_lazy("Account"), required=True, example="zhang.san"),
    Column("agency", gettext_lazy("Agency"), required=True, example="省示范局"),
    Column("role", gettext_lazy("Role"), required=True, example="承办人"),
    Column("starts_on", gettext_lazy("From"), example="2026-01-01"),
    Column("ends_on", gettext_lazy("To"), example=""),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number as the spreadsheet shows it, and its values as text."""

    number: int
    values: Mapping[str, str]


def template(columns: Sequence[Column]) -> bytes:
    """Return an empty workbook with the headings; the row below is an example to be written over."""
    return filled(columns, [{column.name: column.example for column in columns}])


def filled(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a workbook with the headings and a row for each mapping of a column's name to its value."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    for place, column in enumerate(columns, start=1):
        head = sheet.cell(row=1, column=place, value=f"{column.heading}{'*' if column.required else ''}")
        head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1B4F9C")
        sheet.column_dimensions[head.column_letter].width = 24
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            cell = sheet.cell(row=number, column=place)
            cell.value = row.get(column.name, "")
            cell.number_format, cell.data_type = "@", "s"  # a value that begins with = is no formula
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(content: bytes, columns: Sequence[Column]) -> list[Row]:
    """Return the rows of the first sheet below its headings, empty ones left out.

    Raises:
        Invalid: it is no workbook, too large, or a heading is missing.
    """
    if len(content) > LARGEST:
        raise Invalid(_("The file is too large: at most %(most)d MB.") % {"most": LARGEST // 1_000_000}, "file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(part.file_size for part in package.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise Invalid(_("The file is too large once it is unpacked."), "file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = [
            [_text(value) for value in row]
            for row in sheet.iter_rows(max_row=MOST_ROWS + HEADER_WITHIN + 1, max_col=MOST_COLUMNS, values_only=True)
        ]
    except DAMAGED as wrong:
        raise Invalid(_("This is no Excel workbook (.xlsx) that can be read."), "file") from wrong
    heading, places = _headings(cells, columns)
    rows = [
        Row(number, {name: line[place] if place < len(line) else "" for name, place in places.items()})
        for number, line in enumerate(cells[heading + 1 :], start=heading + 2)
        if any(line[place] for place in places.values() if place < len(line))
    ]
    if len(rows) > MOST_ROWS:
        raise Invalid(_("At most %(most)d rows at a time; part the sheet.") % {"most": MOST_ROWS}, "file")
    if not rows:
        raise Invalid(_("There are no rows below the headings."), "file")
    return rows


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _headings(cells: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """Return the row of the headings and the place of each column; headings count in either language."""
    known: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            known |= {_folded(str(column.heading)): column.name for column in columns}
    best: dict[str, int] = {}
    at = 0
    for number, line in enumerate(cells[:HEADER_WITHIN]):
        places = {known[_folded(value)]: place for place, value in enumerate(line) if _folded(value) in known}
        if len(places) > len(best):
            at, best = number, places
    missing = [str(column.heading) for column in columns if column.required and column.name not in best]
    if missing:
        raise Invalid(_("These headings are missing: %(names)s. Use the template.") % {"names": listed(missing)}, "file")
    return at, best


def _folded(heading: str) -> str:
    return heading.replace("*", "").replace(" ", "").replace("＊", "").lower()
