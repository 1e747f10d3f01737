"""The pages that look at everything one oversees: cockpit, supervision centre, statistics; and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agencies.refusals import Forbidden, NotYours
from oversight import board, burden, centre, search
from oversight.links import act_url
from workflow.catalog import CATALOG
from workflow.states import Part

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

QUEUE_ROWS = 10
LONGEST_WAIT = 3650


def _require_oversight(request: ActorRequest, *codenames: str) -> None:
    if not request.actor.agencies_where(*codenames):
        raise Forbidden(_("This page is for those who coordinate or lead."))


@require_GET
def cockpit(request: ActorRequest) -> HttpResponse:
    """Show the board, for everything or for one plan."""
    _require_oversight(request, "coordinate", "lead_view")
    now = timezone.now()
    plans = board.plans_overseen(request.actor, now=now)
    plan = request.GET.get("plan", "")
    if plan and plan not in {str(pk) for pk, _title in plans}:
        raise NotYours
    shown = board.Board(request.actor, now=now, plan=plan)
    sort = request.GET.get("sort", "")
    lights = shown.by_light()
    agencies = [(part.value, part.label, shown.by_agency(part, sort)) for part in (Part.LEAD, Part.SUPPORT)]
    context = {
        "plans": plans,
        "plan": plan,
        "sort": sort,
        "totals": shown.totals(),
        "lights": lights,
        "agencies": agencies,
        "agency_columns": list(board.AGENCY_COLUMNS.items()),
        "agency_labels": list(board.AGENCY_COLUMNS.values()),
        "sections": shown.by_section(),
        "section_columns": list(board.SECTION_COLUMNS.values()),
        "red": shown.red_tasks(),
        "waiting": shown.waiting(),
        "targets": shown.targets(),
        "at": now,
        "chart_data": {
            "lights": [{"name": str(figure.label), "value": figure.value, "look": figure.look, "url": figure.url} for figure in lights],
            "agencies": [
                {"name": line.label, "values": [line.figures[index].value for index in (2, 3, 4)], "url": line.url}
                for line in agencies[0][2][:20]
            ],
            "series": [str(list(board.AGENCY_COLUMNS.values())[index]) for index in (2, 3, 4)],
        },
    }  # fmt: skip
    return render(request, "oversight/board.html", context)


@require_GET
def command(request: ActorRequest) -> HttpResponse:
    """Show a coordinator's queues."""
    _require_oversight(request, "coordinate")
    now = timezone.now()
    unsigned_days = _days(request.GET.get("unsigned"), centre.UNSIGNED_DAYS)
    stalled_days = _days(request.GET.get("stalled"), centre.STALLED_DAYS)
    queues = centre.queues(request.actor, now=now, shown=QUEUE_ROWS, unsigned_days=unsigned_days, stalled_days=stalled_days)
    context = {
        "queues": [
            (queue, [(row, [(CATALOG[name].label, act_url(row.subject, row.subject_id, name)) for name in row.acts]) for row in queue.rows])
            for queue in queues
        ],
        "fan_outs": centre.fan_outs(request.actor, now=now, shown=QUEUE_ROWS),
        "unsigned_days": unsigned_days,
        "stalled_days": stalled_days,
    }
    return render(request, "oversight/command.html", context)


def _days(given: str | None, usual: int) -> int:
    return min(int(given), LONGEST_WAIT) if given and given.isdecimal() and len(given) <= len(str(LONGEST_WAIT)) else usual


@require_GET
def statistics(request: ActorRequest) -> HttpResponse:
    """Show how agencies keep up, and how much is being asked of them."""
    _require_oversight(request, "coordinate", "lead_view")
    now = timezone.now()
    context = {
        "agencies": burden.by_agency(request.actor, now=now),
        "agency_columns": list(burden.AGENCY_COLUMNS.values()),
        "reports": burden.reports_by_agency(request.actor, now=now),
        "report_columns": list(burden.REPORT_COLUMNS.values()),
        "window": burden.WINDOW_DAYS,
        "sign_days": centre.UNSIGNED_DAYS,
        "at": now,
    }
    return render(request, "oversight/statistics.html", context)


@require_GET
def find(request: ActorRequest) -> HttpResponse:
    """Search what the person may see."""
    query = request.GET.get("q", "").strip()[:60]
    found = search.search(request.actor, query, now=timezone.now())
    context = {"query": query, "found": found, "too_short": bool(query) and not search.words_of(query)}
    return render(request, "oversight/search.html", context)
