"""The cockpit: the board of today, of a past day, on a big screen; one's portfolio; targets and what was reported of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Forbidden, Invalid, NotYours
from measures.models import Target
from oversight import board, matters, past, portfolio, sight, trajectories, trend
from oversight.filters import Dates
from oversight.models import Charge, TargetReading
from oversight.scope import portfolio_of
from oversight.views.boards import dates_asked, require_oversight
from workflow.models import Participation, Task
from workflow.states import Part, Tie

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

TARGETS = 30
LATE_NAMED = 10
"""Agencies named in a briefing at most."""

RENEWED_AFTER = 300
"""Seconds after which a big screen asks anew."""

TREND = (gettext_lazy("Dispatched so far"), gettext_lazy("Signed off so far"), gettext_lazy("Late at the time"))


@require_GET
def cockpit(request: ActorRequest) -> HttpResponse:
    """Show the board, for everything or for one plan, as of now or of a past day."""
    require_oversight(request, "coordinate", "lead_view")
    now = timezone.now()
    plans, plan = _plans(request, now)
    scope = portfolio_of(request.actor)
    mine = bool(scope) and request.GET.get("mine") == "on"
    context: dict[str, Any] = {"plans": plans, "plan": plan, "at": now, "today": timezone.localdate(now), "may_narrow": bool(scope)}
    dates = dates_asked(request)
    context |= {"mine": mine, "asked": _asked(plan, mine=mine, dates=dates), "dates": dates, "all_dates": Dates.choices}
    day = past.past_day(request.GET.get("on", ""), timezone.localdate(now))
    if day is not None:
        looked = past.board_on(day, request.actor, now=now, plan=plan, scope=scope if mine else None, dates=dates)
        return render(request, "oversight/past.html", {**context, "board": looked, "day": day})
    shown = board.Board(request.actor, now=now, plan=plan, mine=mine, plans=plans, dates=dates)
    context |= _present(request, shown, [pk for pk, _title in plans])
    screen = request.GET.get("screen") == "big"
    return render(request, "oversight/screen.html" if screen else "oversight/board.html", {**context, "renewed_after": RENEWED_AFTER})


def _plans(request: ActorRequest, now: dt.datetime) -> tuple[list[tuple[int, str]], str]:
    """Return the plans that can be chosen, and which one was.

    Raises:
        NotYours: one that is not among them.
    """
    plans, plan = board.plans_overseen(request.actor, now=now), request.GET.get("plan", "")
    if plan and plan not in {str(pk) for pk, _title in plans}:
        raise NotYours
    return plans, plan


def _asked(plan: str, *, mine: bool, dates: str) -> str:
    """Return what was chosen, for the addresses of pages that keep to it."""
    return urlencode({"plan": plan, **({"mine": "on"} if mine else {}), **({"dates": dates} if dates == Dates.FIRST else {})})


def _present(request: ActorRequest, shown: board.Board, plans: list[int]) -> dict[str, Any]:
    sort = request.GET.get("sort", "")
    lights, weeks = shown.by_light(), trend.weeks(shown.counts, shown.lights.today)
    agencies = [(part.value, part.label, shown.by_agency(part, sort)) for part in (Part.LEAD, Part.SUPPORT)]
    mine = portfolio.choices(request.actor, shown) if "charges" in request.GET else ([], [])
    return {
        "sort": sort,
        "totals": shown.totals(),
        "lights": lights,
        "agencies": agencies,
        "agency_columns": list(board.AGENCY_COLUMNS.items()),
        "agency_labels": list(board.AGENCY_COLUMNS.values()),
        "sections": shown.by_section(),
        "section_columns": list(board.SECTION_COLUMNS.values()),
        "heat": shown.heat(),
        "red": matters.red(request.actor, lights=shown.lights, now=shown.now, plan=shown.plan, scope=shown.scope),
        "red_url": next(figure.url for figure in lights if figure.look == "red"),
        "waiting": shown.waiting(),
        "weeks": weeks,
        "portfolio": portfolio.portfolio(request.actor, shown),
        "choosing": "charges" in request.GET,
        "plan_choices": mine[0],
        "agency_choices": mine[1],
        "targets": trajectories.trajectories(_targets(shown, plans), shown.lights.today),
        "chart_data": _charts(lights, agencies[0][2], weeks),
    }


def _targets(shown: board.Board, plans: list[int]) -> QuerySet[Target]:
    """Return the first targets of the plans that the board shows, those of the latest plan first."""
    found = Target.objects.filter(plan__in=[shown.plan] if shown.plan else plans).select_related("plan").defer("plan__text")
    if shown.scope:
        found = found.filter(plan__in=Task.objects.filter(shown.scope.of_tasks()).values("plan_id"))
    return found.order_by("-plan_id", "start")[:TARGETS]


def _charts(lights: list[board.Figure], leads: list[board.Line], weeks: list[trend.Week]) -> dict[str, Any]:
    return {
        "lights": [{"name": str(figure.label), "value": figure.value, "look": figure.look, "url": figure.url} for figure in lights],
        "agencies": [{"name": line.label, "values": [line.figures[n].value for n in (2, 3, 4)], "url": line.url} for line in leads[:20]],
        "series": [str(list(board.AGENCY_COLUMNS.values())[index]) for index in (2, 3, 4)],
        "trend": {
            "days": [week.on.isoformat() for week in weeks],
            "series": [
                {"name": str(name), "values": values}
                for name, values in zip(
                    TREND, ([week.out for week in weeks], [week.done for week in weeks], [week.late for week in weeks]), strict=True
                )
            ],
        },
    }


@require_GET
def briefing(request: ActorRequest) -> HttpResponse:
    """Show the briefing 专报 for the leadership group: the board in sentences, to be printed or copied."""
    require_oversight(request, "coordinate", "lead_view")
    now = timezone.now()
    plans, plan = _plans(request, now)
    dates = dates_asked(request)
    shown = board.Board(request.actor, now=now, plan=plan, mine=request.GET.get("mine") == "on", plans=plans, dates=dates)
    weeks = trend.weeks(shown.counts, shown.lights.today, number=2)
    totals, lights = shown.totals(), shown.by_light()
    out, closed = totals[0].value, totals[3].value
    leads = sorted(shown.by_agency(Part.LEAD, "late"), key=lambda line: -line.figures[4].value)
    targets = _targets(shown, [pk for pk, _title in plans])
    red = matters.red(request.actor, lights=shown.lights, now=now, plan=plan, scope=shown.scope)
    context = {
        "plans": plans,
        "plan": plan,
        "plan_title": next((title for pk, title in plans if str(pk) == plan), ""),
        "today": timezone.localdate(now),
        "out": out,
        "closed": closed,
        "share": round(100 * closed / out) if out else 0,
        "lights": {figure.look: figure.value for figure in lights},
        "gone_out": weeks[1].out - weeks[0].out,
        "signed_off": weeks[1].done - weeks[0].done,
        "red": red,
        "help": [matter for matter in red if matter.help_needed],
        "late": [line for line in leads if line.figures[4].value][:LATE_NAMED],
        "targets": trajectories.trajectories(targets, shown.lights.today),
        "is_mine": bool(shown.scope),
        "asked": _asked(plan, mine=bool(shown.scope), dates=dates),
        "dates": dates,
        "office": Agency.objects.filter(pk__in=request.actor.overseen).order_by("position", "pk").first(),
    }
    return render(request, "oversight/briefing.html", context)


@require_POST
def take_charge(request: ActorRequest) -> HttpResponse:
    """Put a plan or an agency into one's portfolio."""
    require_oversight(request, "coordinate", "lead_view")
    shown = board.Board(request.actor, now=timezone.now())
    portfolio.take(request.actor, shown, plan=request.POST.get("plan", ""), agency=request.POST.get("agency", ""))
    return redirect(f"{reverse('cockpit')}?charges=on#portfolio")


@require_POST
def drop_charge(request: ActorRequest, pk: int) -> HttpResponse:
    """Take something out of one's portfolio."""
    count, _by_model = Charge.objects.filter(pk=pk, user=request.user).delete()
    if not count:
        raise NotYours
    return redirect(f"{reverse('cockpit')}?charges=on#portfolio")


def _target(actor: Actor, pk: int, now: dt.datetime) -> Target:
    found = Target.objects.select_related("plan").filter(pk=pk, plan__in=sight.plans(actor, now=now)).first()
    if found is None:
        raise NotYours
    return found


def reporting_agency(actor: Actor, target: Target) -> int | None:
    """Return the agency for which one may report values of a target: the plan's coordinator or issuer, or a lead of one of its tasks."""
    seats = actor.agencies_where("coordinate") & {target.plan.coordinator_id, target.plan.issuer_id}
    if seats:
        return min(seat for seat in seats if seat is not None)
    leads = Participation.objects.filter(plan=target.plan, tie=Tie.LEAD, agency_id__in=actor.agencies_where("report"))
    return leads.order_by("agency_id").values_list("agency_id", flat=True).first()


@require_GET
def target(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a target against its trajectory, with every value reported."""
    now = timezone.now()
    found = _target(request.actor, pk, now)
    shown = trajectories.trajectories([found], timezone.localdate(now))[0]
    every = TargetReading.objects.filter(target=found).select_related("agency", "reported_by").order_by("-read_on", "-pk")
    agency = reporting_agency(request.actor, found)
    context = {
        "shown": shown,
        "target": found,
        "readings": every,
        "agency": Agency.objects.filter(pk=agency).first() if agency else None,
        "today": timezone.localdate(now),
        "quote": found.plan.text[found.start : found.end],
        "chart_data": _line(shown),
    }
    return render(request, "oversight/target.html", context)


def _line(shown: trajectories.Trajectory) -> dict[str, Any]:
    due_on, aim = shown.target.due_on, float(shown.target.value)
    last = shown.latest
    return {
        "line": {
            "readings": [[reading.read_on.isoformat(), float(reading.value)] for reading in shown.readings],
            "path": [[shown.start[0].isoformat(), float(shown.start[1])], [due_on.isoformat(), aim]] if shown.start and due_on else [],
            "ahead": [[last.read_on.isoformat(), float(last.value)], [due_on.isoformat(), float(shown.forecast)]]
            if last and due_on and shown.forecast is not None
            else [],
            "names": [_("Reported"), _("Trajectory"), _("Forecast")],
            "unit": shown.target.unit,
        }
    }


@require_POST
def report_value(request: ActorRequest, pk: int) -> HttpResponse:
    """Keep a value of a target; an earlier one of the same day stays in the list and no longer counts."""
    now = timezone.now()
    found = _target(request.actor, pk, now)
    agency = reporting_agency(request.actor, found)
    if agency is None or request.actor.user_id is None:
        raise Forbidden(_("Values are reported by the coordinator of the plan and by the leads of its tasks."))
    TargetReading.objects.create(
        target=found,
        read_on=_read_on(request.POST.get("read_on", ""), timezone.localdate(now)),
        value=_value(request.POST.get("value", "")),
        source=request.POST.get("source", "").strip()[:200],
        agency_id=agency,
        reported_by_id=request.actor.user_id,
        reported_at=now,
    )
    messages.success(request, _("The value is kept."))
    return redirect("target", pk=pk)


def _read_on(given: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(given)
    except ValueError as error:
        raise Invalid(_("Give the day as year-month-day."), "read_on") from error
    if day > today:
        raise Invalid(_("This day has not come yet."), "read_on")
    return day


def _value(given: str) -> Decimal:
    try:
        value = Decimal(given.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise Invalid(_("Give the value as a number."), "value") from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 17:
        raise Invalid(_("Give the value as a number."), "value")
    return value.quantize(Decimal("0.000001"))
