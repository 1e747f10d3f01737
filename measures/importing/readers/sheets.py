"""How large a sheet may be."""

from __future__ import annotations

from measures.importing.unreadable import Refusal, Unreadable

MAX_ROWS = 100_000
MAX_CELLS = 600_000


def sheet_too_large() -> Unreadable:
    """Refuse a sheet with more rows or cells."""
    return Unreadable(Refusal.SHEET_TOO_LARGE, rows=MAX_ROWS, cells=MAX_CELLS)
