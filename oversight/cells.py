"""The cells of the ledger's rows, drawn without a template: a page has some four hundred of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from oversight.ledger import LedgerRow
from workflow.web import badges

NOTHING = "—"
LONG = frozenset({"supporters", "latest"})
"""Columns of long texts, cut to some lines; pointing shows them in full."""


def cells(row: LedgerRow, columns: Iterable[tuple[str, str | Promise]]) -> SafeString:
    """Return the cells of a row under the columns chosen, each with its column's name for narrow screens."""
    drawn = ((name, label, _cell(row, name)) for name, label in columns)
    return format_html_join("", '<td class="col-{}" data-label="{}">{}</td>', drawn)


def _cell(row: LedgerRow, name: str) -> str | SafeString:
    match name:
        case "light":
            return badges.light(row.light, row.light_reason, row.was_overdue)
        case "state":
            return badges.state(row.state, row.state_label)
        case "percent":
            return badges.progress(row.percent)
        case _:
            value = getattr(row, name)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value or NOTHING)
    return format_html('<span class="clamp" title="{}">{}</span>', text, text) if name in LONG else text
