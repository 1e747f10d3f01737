"""Reading a sheet that came back: its rows by the labels of their columns; a hostile file costs little, a formula is no value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from agencies.listing import listed
from agencies.refusals import Invalid
from oversight.sheet.columns import COLUMNS, EDITABLE, labels, plain, rhythms
from oversight.sheet.grids import LOOKED_THROUGH, Grid, grids

LIMIT_MB = 5
MOST_ROWS = 5000

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00:00)?")
FORMULA, NO_DAY, NO_RHYTHM = "formula", "no_day", "no_rhythm"


@dataclass(frozen=True, slots=True)
class Returned:
    """A row as it came back.

    Attributes:
        line: its number in the sheet.
        values: by the name of the column; days in ISO form, rhythms by their code; columns that were deleted are missing.
        faults: by the name of the column, why its cell cannot be taken.
    """

    line: int
    key: str
    values: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the row as it is kept."""
        return asdict(self)


def read(data: bytes) -> list[Returned]:
    """Read the one sheet of the ledger in a workbook, on whichever visible sheet, or in a csv.

    Raises:
        Invalid: it is no workbook and no csv, not one sheet of ours, or too large.
    """
    if len(data) > LIMIT_MB * 1024 * 1024:
        raise Invalid(_("The file is too large: at most %(limit)d MB.") % {"limit": LIMIT_MB}, "file")
    known = labels()
    with grids(data, known) as sheets:
        ledgers = [(name, rows) for name, grid in sheets if (rows := _rows(grid, known)) is not None]
    filled = [(name, rows) for name, rows in ledgers if rows]
    if not ledgers:
        raise Invalid(
            _("This is not a sheet of the ledger: no column “%(key)s” was found. Export the ledger for editing first.")
            % {"key": COLUMNS["key"]},
            "file",
        )
    if len(filled) > 1:
        raise Invalid(
            _("Several sheets of this workbook are sheets of the ledger: %(sheets)s. Leave only the one that is meant.")
            % {"sheets": listed(name for name, _rows in filled)},
            "file",
        )
    return (filled or ledgers)[0][1]


def _rows(grid: Grid, known: Mapping[str, str]) -> list[Returned] | None:
    """Return the rows of a sheet of the ledger; None for another sheet."""
    how_often = rhythms()
    columns: dict[int, str] = {}
    found: list[Returned] = []
    for line, cells in enumerate(grid, start=1):
        if not columns:
            named = {place: known[text] for place, cell in enumerate(cells) if (text := str(cell.value or "").strip()) in known}
            columns = named if "key" in named.values() else {}
            if not columns and line >= LOOKED_THROUGH:
                break
            continue
        if any(cell.value not in {None, ""} for cell in cells):
            found.append(_returned(line, cells, columns, how_often))
        if len(found) > MOST_ROWS:
            raise Invalid(_("The sheet has too many rows: at most %(most)d.") % {"most": MOST_ROWS}, "file")
    missing = [str(COLUMNS[name]) for name in EDITABLE if columns and name not in columns.values()]
    if missing:
        raise Invalid(_("These columns are missing: %(columns)s.") % {"columns": listed(missing)}, "file")
    return found if columns else None


def _returned(line: int, cells: Any, columns: dict[int, str], how_often: dict[str, str]) -> Returned:
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for place, name in columns.items():
        cell = cells[place] if place < len(cells) else None
        value = None if cell is None else cell.value
        if cell is not None and getattr(cell, "data_type", "") == "f":
            faults[name] = FORMULA
        elif name == "due_on":
            day = _day(value)
            if day is None:
                faults[name] = NO_DAY
            values[name] = day or ""
        elif name == "rhythm":
            written = plain(_text(value))
            values[name] = how_often.get(written, written)
            if written and written not in how_often:
                faults[name] = NO_RHYTHM
        else:
            values[name] = _text(value) if name == "text" else plain(_text(value))
    return Returned(line, values.get("key", ""), values, faults)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "\n".join(part.rstrip() for part in str(value).splitlines()).strip("\n")


def _day(value: Any) -> str | None:
    """Return a day in ISO form, nothing for an empty cell, None for what is no day."""
    if value in {None, ""}:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    match = _DAY.fullmatch(str(value).strip())
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match else None
    except ValueError:
        return None


def kept(rows: list[Any]) -> Iterator[Returned]:
    """Return rows from their kept form."""
    for row in rows:
        yield Returned(row["line"], row["key"], row["values"], row["faults"])
