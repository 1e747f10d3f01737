"""The pages that look at everything one oversees: supervision centre and statistics; and search."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from agencies.refusals import Forbidden, NotYours
from oversight import burden, centre, search
from oversight.filters import Dates
from oversight.holders import Names
from oversight.links import act_url
from workflow.actions.estate import how_many_wait
from workflow.catalog import CATALOG
from workflow.web.following import recent

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

QUEUE_ROWS = 10
LONGEST_WAIT = 3650
WALKED = 200
"""Among how many rows of a queue the one that was left for later is looked for."""


def require_oversight(request: ActorRequest, *codenames: str) -> None:
    """Go on for those who hold one of the permissions somewhere.

    Raises:
        Forbidden: for everybody else.
    """
    if not request.actor.agencies_where(*codenames):
        raise Forbidden(_("This page is for those who coordinate or lead."))


def dates_asked(request: ActorRequest) -> str:
    """Return by which dates lateness is to be counted: those in force, when nothing else is said."""
    asked = request.GET.get("dates", "")
    return asked if asked in Dates.values else Dates.CURRENT.value


@require_GET
def command(request: ActorRequest) -> HttpResponse:
    """Show a coordinator's queues."""
    require_oversight(request, "coordinate")
    now = timezone.now()
    unsigned_days = _days(request.GET.get("unsigned"), centre.UNSIGNED_DAYS)
    stalled_days = _days(request.GET.get("stalled"), centre.STALLED_DAYS)
    queues = centre.queues(request.actor, now=now, shown=QUEUE_ROWS, unsigned_days=unsigned_days, stalled_days=stalled_days)
    context = {
        "queues": [(queue, [(row, _acts(row, queue.name)) for row in queue.rows]) for queue in queues],
        "decisions": centre.DECISIONS,
        "fan_outs": centre.fan_outs(request.actor, now=now, shown=QUEUE_ROWS),
        "reorganised": how_many_wait(request.actor, now=now),
        "unsigned_days": unsigned_days,
        "stalled_days": stalled_days,
    }
    return render(request, "oversight/command.html", context)


def _acts(row: centre.QueueRow, queue: str, left: str = "") -> list[tuple[str, str]]:
    """Return what answers a row: the label, and the address of the act, which leads on to the next row where it is a decision.

    Args:
        row: of the queue.
        queue: its name.
        left: key of the row that was last left for later; the next one is that behind it.
    """
    onward = ""
    if queue in centre.DECISIONS:
        walk, centred = reverse("command-next", args=[queue]), reverse("command")
        ways = {"next": f"{walk}?after={left}" if left else walk, "skip": f"{walk}?after={row.subject_id}"}
        onward = f"?{urlencode(ways | {'back': f'{centred}#queue-{queue}'})}"
    return [(str(CATALOG[name].label), act_url(row.subject, row.subject_id, name) + onward) for name in row.acts]


@require_GET
def next_decision(request: ActorRequest, queue: str) -> HttpResponse:
    """Lead to the first open row of a queue of decisions, or to that behind the one left for later; back to the centre after the last."""
    require_oversight(request, "coordinate")
    if queue not in centre.DECISIONS:
        raise NotYours
    left = request.GET.get("after", "")
    shown = WALKED if left else 1
    waiting = next(found for found in centre.decisions(request.actor, now=timezone.now(), shown=shown) if found.name == queue)
    if not waiting.rows:
        messages.success(request, _("Nothing is left in “%(queue)s”.") % {"queue": waiting.label})
        return redirect("command")
    places = [str(row.subject_id) for row in waiting.rows]
    known = left in places
    ahead = waiting.rows[places.index(left) + 1 :] if known else waiting.rows
    if not ahead:
        words = ngettext(
            "You have been through “%(queue)s”; %(count)d was left for later.",
            "You have been through “%(queue)s”; %(count)d were left for later.",
            waiting.count,
        )
        messages.info(request, words % {"count": waiting.count, "queue": waiting.label})
        return redirect("command")
    words = ngettext("%(count)d is left in “%(queue)s”.", "%(count)d are left in “%(queue)s”.", waiting.count)
    messages.info(request, words % {"count": waiting.count, "queue": waiting.label})
    return redirect(_acts(ahead[0], queue, left if known else "")[0][1])


def _days(given: str | None, usual: int) -> int:
    return min(int(given), LONGEST_WAIT) if given and given.isdecimal() and len(given) <= len(str(LONGEST_WAIT)) else usual


@require_GET
def statistics(request: ActorRequest) -> HttpResponse:
    """Show how agencies keep up, and how much is being asked of them."""
    require_oversight(request, "coordinate", "lead_view")
    now = timezone.now()
    names = request.GET.get("names", "")
    names = names if names in Names.values else Names.HELD.value
    dates = dates_asked(request)
    context = {
        "names": names,
        "all_names": Names.choices,
        "dates": dates,
        "all_dates": Dates.choices,
        "agencies": burden.by_agency(request.actor, now=now, names=names, dates=dates),
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
    context: dict[str, object] = {"query": query, "found": found, "too_short": bool(query) and not search.words_of(query)}
    context["recent"] = [] if query else recent(request.actor, now=timezone.now())
    return render(request, "oversight/search.html", context)
