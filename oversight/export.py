"""The ledger as a workbook: what a spreadsheet could take for a formula stays text."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from agencies.listing import noted
from oversight import ledger
from oversight.filters import Filter
from oversight.lights import LIGHT_WORDS
from workflow.deadlines.lights import Colour

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a cell begins that some spreadsheet would calculate."""

CHUNK = 500
WIDTHS = {"title": 44, "plan": 30, "section": 26, "leads": 26, "supporters": 40, "latest": 50, "agency": 20}
LONGEST_CELL = 32767


def workbook(asked: Filter, *, rows: str, sort: str, columns: Sequence[str], now: dt.datetime, name: str) -> IO[bytes]:
    """Return the rows asked for as an .xlsx file, read and written in pieces.

    Args:
        asked: the filter, with the sight of the person who exports.
        rows: `tasks` or `parts`.
        sort: as on the page.
        columns: names of `ledger.COLUMNS`.
        now: for the note on the last line.
        name: who exports, for the same.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger"))
    lead = ["number", "title", *(["agency", "part"] if rows == "parts" else [])]
    names = [*lead, *columns]
    for position, column in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS.get(column, 14)
    sheet.freeze_panes = "C2"
    labels = {"number": _("No."), "title": _("Task"), "agency": _("Agency"), "part": _("Part"), **ledger.COLUMNS}
    sheet.append([_heading(sheet, str(labels[column])) for column in names])
    for row in _rows(asked, rows, sort, columns):
        sheet.append([text_cell(sheet, _value(row, column)) for column in names])
    sheet.append([])
    when = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    sheet.append([text_cell(sheet, _("Exported by %(name)s, %(when)s") % {"name": name, "when": when})])
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(stream)
    stream.seek(0)
    return stream


def _rows(asked: Filter, rows: str, sort: str, columns: Sequence[str]) -> Iterator[ledger.LedgerRow]:
    order = []
    for key in ledger.SORTS[rows][sort or "due"]:
        column = F(key.name)
        order.append(column.desc() if key.descending else column.asc(nulls_last=key.nullable or None))
    found = ledger.values(ledger.queryset(asked, rows, sort), rows).order_by(*order).iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from ledger.dressed(chunk, rows, asked, columns)


def _value(row: ledger.LedgerRow, column: str) -> Any:
    match column:
        case "state":
            return row.state_label
        case "light":
            word = str(LIGHT_WORDS[Colour(row.light)]) if row.light else str(LIGHT_WORDS[Colour.NONE])
            return noted(word, _("Was overdue")) if row.was_overdue and row.light != Colour.RED else word
        case "percent":
            return row.percent / 100
        case _:
            return getattr(row, column)


def _heading(sheet: Any, label: str) -> Any:
    cell = text_cell(sheet, label)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1B4F9C")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def cell_text(text: str) -> str:
    """Return as much of a text as a cell can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]


def text_cell(sheet: Any, value: Any) -> Any:
    """Return a cell; text is always written as text, and marked as such where a spreadsheet would calculate it."""
    if isinstance(value, str):
        value = cell_text(value)
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if value.startswith(RISKY):
            cell.quotePrefix = True
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    cell.alignment = Alignment(vertical="top")
    if isinstance(value, float):
        cell.number_format = "0%"
    elif isinstance(value, dt.date):
        cell.number_format = "yyyy-mm-dd"
    return cell
