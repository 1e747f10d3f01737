"""Writing the sheet: what may be edited is yellow and said so above; what a spreadsheet could calculate stays text."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from agencies.listing import listed
from oversight.export import text_cell
from oversight.sheet.columns import COLUMNS, EDITABLE, rows_of
from workflow.states import Rhythm

WIDTHS = {
    "key": 18, "number": 8, "plan": 28, "state": 10, "title": 44, "text": 60, "due_on": 13, "rhythm": 14, "leads": 30, "supporters": 44,
    "reason": 30,
}  # fmt: skip
FIRST_LINE = 3
LOW_TEXT, HIGHEST = 120, 64
"""Signs of a text that make its row higher than this many points, if it is let."""

YELLOW = PatternFill("solid", fgColor="FFF6D6")
GREY = PatternFill("solid", fgColor="EEF1F5")
BLUE = PatternFill("solid", fgColor="1B4F9C")


def workbook(task_ids: Collection[int]) -> IO[bytes]:
    """Return the sheet of tasks as an .xlsx file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ledger"))
    for position, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS[name]
    sheet.freeze_panes = "F3"
    editable = listed(COLUMNS[name] for name in EDITABLE)
    note = WriteOnlyCell(
        sheet,
        value=_(
            "Only the yellow columns may be edited: %(columns)s. Give a reason for each row you change; agencies are parted by “、”. "
            "The rhythm is one of: %(rhythms)s. "
            "A new row without a key draws a task up: give the plan, the number of its measure and the leads."
        )
        % {"columns": editable, "rhythms": listed(label for _value, label in Rhythm.choices)},
    )
    note.font = Font(bold=True, color="7A4A00")
    sheet.append([note])
    sheet.append([_heading(sheet, str(label)) for label in COLUMNS.values()])
    for line, row in enumerate(rows_of(task_ids).values(), start=FIRST_LINE):
        if len(row.task.text) > LOW_TEXT:
            sheet.row_dimensions[line].height = HIGHEST
        values = {"key": row.key, **row.values, "rhythm": str(Rhythm(row.values["rhythm"]).label)}
        sheet.append([_cell(sheet, name, values[name]) for name in COLUMNS])
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(stream)
    stream.seek(0)
    return stream


def _heading(sheet: Any, label: str) -> Any:
    cell = text_cell(sheet, label)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = BLUE
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, name: str, value: Any) -> Any:
    cell = text_cell(sheet, value)
    cell.fill = YELLOW if name in EDITABLE else GREY
    if name == "due_on":
        cell.number_format = "yyyy-mm-dd"
    return cell
