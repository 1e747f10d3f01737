"""The cells of a file that came back: the visible sheets of a workbook, or one csv; a hostile file costs little."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agencies.refusals import Invalid
from measures.importing.readers.package import Package
from measures.importing.readers.plaintext import decode
from measures.importing.readers.sniff import refuse_foreign
from measures.importing.unreadable import Refusal, Unreadable
from measures.refusals import word

MARKS = ",\t;"
"""What may part the cells of a csv; spreadsheets write the mark of their country."""
LOOKED_THROUGH = 20
"""Among how many first rows the heading is looked for."""
_WIDEST = 60
_PACKED = b"PK"


@dataclass(frozen=True, slots=True)
class Written:
    """A cell of a csv, which holds words only: `=A1` in it is what was written, as a spreadsheet saves no formula there."""

    value: str
    data_type: str = "s"


Grid = Iterable[Sequence[Any]]


@contextmanager
def grids(data: bytes, known: Collection[str]) -> Iterator[Iterator[tuple[str, Grid]]]:
    """Open a file and give its visible sheets in their order, each with its name; a csv is one without a name.

    Args:
        data: the bytes of the file.
        known: labels of columns, which tell by what mark the cells of a csv are parted.

    Raises:
        Invalid: it is neither a workbook nor a csv, damaged, or dangerous to open; also while the cells are read.
    """
    try:
        if not data.startswith(_PACKED):
            yield _written(data, known)
            return
        _refuse_hostile(data)
        book = load_workbook(io.BytesIO(data), read_only=True)
        try:
            yield ((sheet.title, sheet.iter_rows(max_col=_WIDEST)) for sheet in book.worksheets if sheet.sheet_state == "visible")
        finally:
            book.close()
    except Unreadable as refused:
        raise Invalid(word(refused), "file") from refused
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, csv.Error) as error:
        raise Invalid(_("The file is damaged, or neither a workbook of the format .xlsx nor a csv."), "file") from error


def _refuse_hostile(data: bytes) -> None:
    """Refuse bombs, macros, encryption and entities before the library that reads workbooks sees the file."""
    package = Package(data)
    for name in package.infos:
        if name.endswith((".xml", ".rels")):
            package.xml(name)


def _written(data: bytes, known: Collection[str]) -> Iterator[tuple[str, Grid]]:
    if not data.strip():
        raise Unreadable(Refusal.EMPTY)
    refuse_foreign(data)
    text = decode(data)
    lines = text.split("\n", LOOKED_THROUGH)[:LOOKED_THROUGH]

    def headings(mark: str) -> int:
        return max(sum(cell.strip('" \r') in known for cell in line.split(mark)) for line in lines)

    yield "", _cells(text, max(MARKS, key=headings))


def _cells(text: str, mark: str) -> Iterator[list[Written]]:
    # strict: a quote that is never closed would make one cell of all the rows behind it.
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
        yield [Written(cell) for cell in row[:_WIDEST]]
