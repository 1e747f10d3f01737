"""Statistics 统计 by agency, and what the agencies are being asked for; never by person (rules of 减负)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.models import Agency
from oversight import counts
from oversight.board import Figure, Line
from oversight.counts import OPEN, Counts
from oversight.filters import OWED, Dates, ledger_url
from oversight.holders import Names, by_first_dates, moved, under_names
from oversight.lights import RUNNING_TASKS

WINDOW_DAYS = 90
"""How far back and ahead the demands on agencies are counted."""

MOST = 500

AGENCY_COLUMNS: Mapping[str, Promise] = {
    "all": _("Parts"),
    "owed": _("Still owed"),
    "signed": _("Signed for"),
    "in_time": _("Signed for in time"),
    "late": _("Overdue now"),
    "was": _("Was overdue"),
}

REPORT_COLUMNS: Mapping[str, Promise] = {
    "asked": _("Reports asked for"),
    "on_demand": _("Of these out of turn"),
    "due": _("Still to be written"),
    "in_time": _("Submitted in time"),
    "late": _("Submitted late"),
    "waived": _("Waived"),
}


def by_agency(actor: Actor, *, now: dt.datetime, names: str = Names.HELD, dates: str = Dates.CURRENT) -> list[Line]:
    """Return how each agency keeps up with its parts, in the order of the directory, under the names and by the dates asked for."""
    kept, today = Counts(actor), timezone.localdate(now)
    rows = kept.several(
        "agency",
        "agency_id",
        all=Q(),
        owed=Q(state__in=OPEN, task_state__in=RUNNING_TASKS),
        signed=Q(flags__contains="s"),
        in_time=Q(flags__contains="p"),
        was=Q(flags__contains="w"),
    )
    late = {row["agency_id"]: row["total"] for row in kept.sums("due", "agency_id", where=counts.late(today))}
    counted = [
        {"holder": row["agency_id"], "late": late.get(row["agency_id"], 0)} | {name: row[name] for name in AGENCY_COLUMNS if name != "late"}
        for row in rows
    ]
    if dates == Dates.FIRST:
        counted += by_first_dates(actor, now=now)
    if names == Names.FIRST:
        counted += moved(actor, now=now, dates=dates)
    return [_line(row, dates) for row in under_names(counted, names, today)[:MOST] if row["all"]]


def _named(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Return rows with the names of their agencies, in the order of the directory."""
    by_agency = {row["agency_id"]: row for row in rows}
    agencies = Agency.objects.filter(pk__in=by_agency).order_by("position", "pk").values_list("pk", "short_name")
    return [(by_agency[pk], name) for pk, name in agencies[:MOST]]


def _line(row: Mapping[str, Any], dates: str) -> Line:
    base = {"rows": "parts", "scope": "overseen", "agency": row["agency_id"]}
    by = {"dates": dates} if dates == Dates.FIRST else {}
    urls = {
        "all": ledger_url(**base),
        "owed": ledger_url(**base, own=OWED),
        "signed": ledger_url(**base, own="signed"),
        "late": ledger_url(**base, **by, overdue="on"),
        "was": ledger_url(**base, **by, was="on"),
    }
    figures = [
        Figure(label, row[name], urls.get(name, "") if row["whole"] else "", "red" if name == "late" else "")
        for name, label in AGENCY_COLUMNS.items()
    ]
    return Line(row["name"], ledger_url(**base) if row["whole"] else "", figures)


def reports_by_agency(actor: Actor, *, now: dt.datetime) -> list[Line]:
    """Return how many reports each agency is being asked for around now, those who are asked for most first."""
    today = timezone.localdate(now)
    near = Q(due_on__range=(today - dt.timedelta(days=WINDOW_DAYS), today + dt.timedelta(days=WINDOW_DAYS)))
    rows = Counts(actor).several(
        "report",
        "agency_id",
        asked=near,
        on_demand=near & Q(flags__contains="d"),
        **{state: near & Q(state=state) for state in ("due", "in_time", "late", "waived")},
    )
    found = [(row, name) for row, name in _named(rows) if row["asked"]]
    found.sort(key=lambda pair: -pair[0]["asked"])
    return [_report_line({**row, "name": name}) for row, name in found]


def _report_line(row: Mapping[str, Any]) -> Line:
    figures = [Figure(label, row[name], "", "red" if name == "late" else "") for name, label in REPORT_COLUMNS.items()]
    return Line(row["name"], ledger_url(rows="parts", scope="overseen", agency=row["agency_id"]), figures)
