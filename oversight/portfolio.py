"""A leader's portfolio 分管: the plans and agencies they have chosen to answer for, with how each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Invalid, NotYours
from oversight import counts, holders
from oversight.board import Board, Figure, plans_overseen
from oversight.filters import DONE, LIVE, OWED, Dates, ledger_url
from oversight.lights import Lights
from oversight.models import Charge
from workflow.deadlines.lights import Colour
from workflow.states import LIVE_TASK_STATES, Part, TaskState

MOST = 40


@dataclass(frozen=True, slots=True)
class Held:
    """One thing somebody is in charge of: owed, late, done, each with its rows."""

    charge_id: int
    label: str
    url: str
    owed: Figure
    late: Figure
    done: Figure


def portfolio(actor: Actor, board: Board) -> Sequence[Held]:
    """Return what the actor is in charge of, among what they oversee; in four queries at most.

    What is late of agencies counts by the dates of the board; plans stand by their lights.
    """
    by = {"dates": board.dates} if board.dates == Dates.FIRST else {}
    charges = list(Charge.objects.filter(user__pk=actor.user_id or 0).select_related("plan", "agency")[:MOST])
    plans = {charge.plan_id for charge in charges if charge.plan_id}
    agencies = {charge.agency_id for charge in charges if charge.agency_id}
    whole = counts.Counts(actor) if charges else None
    of_plans = _plans(whole, plans, board.lights) if whole and plans else {}
    of_agencies = _agencies(whole, agencies, board) if whole and agencies else {}
    found = []
    for charge in charges:
        if charge.plan is not None and charge.plan_id in of_plans:
            base: dict[str, object] = {"scope": "overseen", "plan": charge.plan_id}
            row = of_plans[charge.plan_id]
            owed = Figure("", row["live"], ledger_url(**base, state=LIVE))
            late = Figure("", row["red"], ledger_url(**base, state=LIVE, light=Colour.RED.value), "red")
            done = Figure("", row["closed"], ledger_url(**base, state=TaskState.CLOSED.value))
            found.append(Held(charge.pk, charge.plan.title, f"?{urlencode({'plan': charge.plan_id, **by})}", owed, late, done))
        elif charge.agency is not None and charge.agency_id in of_agencies:
            base = {"scope": "overseen", "rows": "parts", "agency": charge.agency_id, "part": Part.LEAD.value}
            row = of_agencies[charge.agency_id]
            owed = Figure("", row["owed"], ledger_url(**base, own=OWED))
            late = Figure("", row["late"], ledger_url(**base, **by, overdue="on"), "red")
            done = Figure("", row["done"], ledger_url(**base, own=DONE))
            found.append(Held(charge.pk, charge.agency.short_name, ledger_url(**base), owed, late, done))
    return found


def _plans(whole: counts.Counts, plans: set[int], lights: Lights) -> dict[int, dict[str, int]]:
    """Return, by plan, how many tasks are worked on, red and signed off."""
    these = Q(plan_id__in=plans)
    rows = whole.several(
        "plan",
        "plan_id",
        within=these,
        live=Q(task_state__in=LIVE_TASK_STATES),
        red=Q(task_state__in=LIVE_TASK_STATES) & counts.lit(lights, Colour.RED),
        closed=Q(task_state=TaskState.CLOSED),
        all=Q(),
    )
    return {row["plan_id"]: row for row in rows if row["all"]}


def _agencies(whole: counts.Counts, agencies: set[int], board: Board) -> dict[int, dict[str, int]]:
    these = Q(agency_id__in=agencies, part=Part.LEAD)
    rows = whole.several(
        "agency",
        "agency_id",
        within=these,
        owed=Q(state__in=counts.OPEN, task_state__in=[TaskState.DISPATCHED, TaskState.CLOSING]),
        done=Q(state__in=counts.FINISHED),
        all=Q(),
    )
    due = whole.sums("due", "agency_id", where=these & counts.late(board.lights.today))
    late = Counter({row["agency_id"]: row["total"] for row in due})
    for shift in holders.shifts(board.actor, now=board.now) if board.dates == Dates.FIRST else ():
        late[shift["agency_id"]] += shift["late"] if shift["part"] == Part.LEAD else 0
    return {row["agency_id"]: {**row, "late": late[row["agency_id"]]} for row in rows if row["all"]}


def choices(actor: Actor, board: Board) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the plans and the agencies one can take charge of: those one oversees."""
    rows = counts.Counts(actor).sums("agency", "agency_id")
    agencies = Agency.objects.filter(pk__in=[row["agency_id"] for row in rows]).order_by("position", "pk")
    return plans_overseen(actor, now=board.now), list(agencies.values_list("pk", "short_name"))


def take(actor: Actor, board: Board, *, plan: str, agency: str) -> None:
    """Put a plan or an agency into one's portfolio.

    Raises:
        NotYours: one does not oversee it.
        Invalid: neither was chosen.
    """
    if actor.user_id is None:
        raise NotYours
    plans, agencies = choices(actor, board)
    if plan:
        if plan not in {str(pk) for pk, _title in plans}:
            raise NotYours
        Charge.objects.get_or_create(user_id=actor.user_id, plan_id=int(plan))
    elif agency:
        if agency not in {str(pk) for pk, _name in agencies}:
            raise NotYours
        Charge.objects.get_or_create(user_id=actor.user_id, agency_id=int(agency))
    else:
        raise Invalid(_("Choose a plan or an agency."), "plan")
