"""Statistics 统计 by agency, and what the agencies are being asked for; never by person (rules of 减负)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from oversight import sight
from oversight.board import Figure, Line
from oversight.centre import UNSIGNED_DAYS
from oversight.filters import OWED, ledger_url, overdue, owed
from workflow.deadlines.calendar import SHANGHAI
from workflow.models import Report
from workflow.states import ReportState

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


def by_agency(actor: Actor, *, now: dt.datetime) -> list[Line]:
    """Return how each agency keeps up with its parts, in the order of the directory, in one query."""
    in_time = Q(signed_at__lte=F("assigned_at") + dt.timedelta(days=UNSIGNED_DAYS))
    rows = (
        sight.overseen_parts(actor, now=now)
        .order_by()
        .values("agency_id", name=F("agency__short_name"), position=F("agency__position"))
        .annotate(
            all=Count("pk"),
            owed=Count("pk", filter=owed()),
            signed=Count("pk", filter=Q(signed_at__isnull=False)),
            in_time=Count("pk", filter=in_time),
            late=Count("pk", filter=overdue(timezone.localdate(now))),
            was=Count("pk", filter=Q(was_overdue=True)),
        )
        .order_by("position", "agency_id")
    )
    return [_line(row) for row in rows[:MOST]]


def _line(row: Mapping[str, Any]) -> Line:
    base = {"rows": "parts", "scope": "overseen", "agency": row["agency_id"]}
    urls = {
        "all": ledger_url(**base),
        "owed": ledger_url(**base, own=OWED),
        "signed": ledger_url(**base, own="signed"),
        "late": ledger_url(**base, overdue="on"),
        "was": ledger_url(**base, was="on"),
    }
    figures = [Figure(label, row[name], urls.get(name, ""), "red" if name == "late" else "") for name, label in AGENCY_COLUMNS.items()]
    return Line(row["name"], ledger_url(**base), figures)


def reports_by_agency(actor: Actor, *, now: dt.datetime) -> list[Line]:
    """Return how many reports each agency is being asked for around now, those who are asked for most first, in one query."""
    today = timezone.localdate(now)
    window = dt.timedelta(days=WINDOW_DAYS)
    sent = Q(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.RETURNED], submitted_at__isnull=False)
    rows = (
        Report.objects.filter(
            assignment__in=sight.overseen_parts(actor, now=now).values("pk"), due_on__range=(today - window, today + window)
        )
        .order_by()
        .annotate(sent_on=TruncDate("submitted_at", tzinfo=SHANGHAI))
        .values(name=F("assignment__agency__short_name"), agency_id=F("assignment__agency_id"))
        .annotate(
            asked=Count("pk"),
            on_demand=Count("pk", filter=Q(on_demand=True)),
            due=Count("pk", filter=Q(state__in=[ReportState.DUE, ReportState.DRAFT, ReportState.AGENCY_REVIEW])),
            in_time=Count("pk", filter=sent & Q(sent_on__lte=F("due_on"))),
            late=Count("pk", filter=sent & Q(sent_on__gt=F("due_on"))),
            waived=Count("pk", filter=Q(state=ReportState.WAIVED)),
        )
        .order_by("-asked", "agency_id")
    )
    return [_report_line(row) for row in rows[:MOST]]


def _report_line(row: Mapping[str, Any]) -> Line:
    figures = [Figure(label, row[name], "", "red" if name == "late" else "") for name, label in REPORT_COLUMNS.items()]
    return Line(row["name"], ledger_url(rows="parts", scope="overseen", agency=row["agency_id"]), figures)
