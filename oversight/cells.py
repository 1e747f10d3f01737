"""The cells of the ledger's rows and of the boards' tables, drawn without a template: a page has hundreds of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from oversight.board import Figure
from oversight.ledger import LedgerRow
from workflow.web import badges
from workflow.web.markup import drawn, drawn_each

NOTHING = "—"
LONG = frozenset({"supporters", "latest"})
"""Columns of long texts, cut to some lines; pointing shows them in full."""


def cells(row: LedgerRow, columns: Iterable[tuple[str, str | Promise]]) -> SafeString:
    """Return the cells of a row under the columns chosen, each with its column's name for narrow screens."""
    return drawn_each('<td class="col-{}" data-label="{}">{}</td>', ((name, label, _cell(row, name)) for name, label in columns))


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
    return drawn('<span class="clamp" title="{}">{}</span>', text, text) if name in LONG else text


def figures(line: Iterable[Figure]) -> SafeString:
    """Return the cells of a line of figures: each leads to its rows, nought leads nowhere."""
    return SafeString("".join(_figure(figure) for figure in line))


def _figure(figure: Figure) -> SafeString:
    if not figure.value:
        return SafeString('<td class="num"><span class="zero">0</span></td>')
    hot = " hot" if figure.look == "red" else ""
    if not figure.url:
        return drawn('<td class="num{}">{}</td>', hot, figure.value)
    return drawn('<td class="num{}"><a href="{}">{}</a></td>', hot, figure.url, figure.value)


def heat(line: Iterable[Figure]) -> SafeString:
    """Return the fields of a line of the heat map."""
    return SafeString(
        "".join(
            drawn('<td class="heat-{}"><a href="{}">{}</a></td>', field.look or "none", field.url, field.label)
            if field.url
            else drawn('<td class="heat-{}"></td>', field.look or "none")
            for field in line
        )
    )
