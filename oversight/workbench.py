"""The workbench 工作台: what waits for a person, by what they are; several roles see their sections together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.listing import gap
from oversight import centre, counts, matters, sight
from oversight.counts import Counts
from oversight.filters import LINKS, LIVE, OWED, ledger_url, overdue
from oversight.ledger import light_of_part
from oversight.lights import RUNNING_TASKS, Lights, waiting_for_time
from oversight.links import act_url
from workflow import duties
from workflow.deadlines.lights import Colour, Light
from workflow.duties import Duty
from workflow.lights import light_between, task_light
from workflow.models import Assignment, CoSignature, Follow, Participation, Report
from workflow.states import (
    ENDED_ASSIGNMENT_STATES,
    LIVE_TASK_STATES,
    AssignmentState,
    ReportState,
    SignOffState,
    TaskState,
    Tie,
    Verdict,
)

SHOWN = 8
"""Rows of each list on the workbench; the number above leads to all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing that waits: what, whose, by when, and the sentence of the document that binds."""

    task_id: int
    title: str
    about: str
    due_on: dt.date | None = None
    light: Light | None = None
    note: str = ""
    sentence: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """What waits for one reason: how many, the first of them, where all of them are, and what opening one of them is called."""

    name: str
    label: str | Promise
    count: int
    matters: Sequence[Matter] = ()
    url: str = ""
    look: str = ""
    opens: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The piles of one role, and what is said while nothing waits."""

    name: str
    label: str | Promise
    calm: str | Promise
    piles: list[Pile] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Tell whether anything waits."""
        return any(pile.count for pile in self.piles)


_MATTER = {
    "title": F("task__title"),
    "sentence": F("task__text"),
    "plan_title": F("task__plan__title"),
    "task_state": F("task__state"),
    "plan_id": F("task__plan_id"),
    "agency_name": F("agency__short_name"),
}


_BY_PART = {
    "plan_title": F("assignment__task__plan__title"),
    "task_id": F("assignment__task_id"),
    "title": F("assignment__task__title"),
    "agency_name": F("assignment__agency__short_name"),
    "sentence": F("assignment__task__text"),
    "plan_id": F("assignment__task__plan_id"),
}


def desks(actor: Actor, *, now: dt.datetime, lights: Lights) -> list[Desk]:
    """Return the desks of a person; the number of queries depends on their roles, never on what is stored."""
    found = []
    if seats := actor.agencies_where("report", "sign_for"):
        found.append(_officer(actor, seats, lights, now))
    if seats := actor.agencies_where("review"):
        found.append(_reviewer(actor, seats, lights, now))
    if actor.agencies_where("coordinate"):
        found.append(_coordinator(actor, lights, now))
    if actor.agencies_where("instruct"):
        found.append(_leader(actor, lights, now))
    _add_rarer(found, actor, now)
    return found


RARER = {
    Duty.BEGIN_PLAN: "officer",
    Duty.PLAN: "officer",
    Duty.ANSWER: "reviewer",
    Duty.CLOSE_ANSWER: "coordinator",
    Duty.VERIFY: "",
}
"""What is owed now and then, and the desk it belongs to; what is asked of a person by name lies on their first one."""


def _add_rarer(found: Sequence[Desk], actor: Actor, now: dt.datetime) -> None:
    """Put what is owed now and then on the desks while there is any, so that no desk is called empty beside a full list."""
    by_name = {desk.name: desk for desk in found}
    for duty, number in sorted(duties.counted(actor, RARER, now=now).items()) if found else ():
        desk = by_name.get(RARER[duty], found[0])
        desk.piles.append(Pile(name=duty.name.lower(), label=duties.LABELS[duty], count=number, url=f"{reverse('todo')}?kind={int(duty)}"))


def followed(actor: Actor, *, now: dt.datetime, lights: Lights) -> list[Matter]:
    """Return the first of the tasks a person follows, those of which something was heard last."""
    first = Follow.objects.tasks_of(actor, now=now).order_by("-moved_at", "-pk").select_related("issuer")[:SHOWN]
    return [
        Matter(
            task_id=task.pk,
            title=str(task),
            about=task.issuer.short_name,
            due_on=task.due_on,
            light=task_light(task, lights.today, lights.calendar, lights.thresholds),
            note=str(task.get_state_display()),
        )
        for task in first
    ]


def _officer(actor: Actor, seats: frozenset[int], lights: Lights, now: dt.datetime) -> Desk:
    reports, asked = duties.rows_of(actor, Duty.REPORT, now=now), duties.rows_of(actor, Duty.CONTRIBUTE, now=now)
    back = reports.filter(Q(state=ReportState.RETURNED) | Q(state=ReportState.DRAFT) & ~Q(remark=""))
    due = reports.filter(state__in=[ReportState.DUE, ReportState.DRAFT], remark="", period_end__lte=lights.today)
    return Desk(
        "officer",
        _("To be done by my agency"),
        _("Nothing waits at the moment. What your agency is given to do, and what it is asked to report or to contribute, appears here."),
        [
            *_owed(seats, lights),
            _written("returned", _("Returned to me"), back, look="red", duty=Duty.REPORT, lights=lights),
            _written("reports", _("Reports to be written now"), due, duty=Duty.REPORT, lights=lights),
            _written("contributions", _("Contributions asked of us"), asked, duty=Duty.CONTRIBUTE, lights=lights),
        ],
    )


def _links(seats: frozenset[int]) -> QuerySet[Participation]:
    """Return the link rows of the parts that agencies have: they are counted and sorted, no wall stands before them."""
    return Participation.objects.filter(agency_id__in=seats, tie__in=[Tie.LEAD, Tie.SUPPORT])


def _owed(seats: frozenset[int], lights: Lights) -> list[Pile]:
    """Return the piles of what agencies still have to do; the ledger's `overdue`, `owed` and `unsigned`, said of link rows."""
    today = lights.today
    sunday = today + dt.timedelta(days=6 - today.weekday())
    tomorrow = today + dt.timedelta(days=1)
    running = Q(task_state__in=RUNNING_TASKS)
    late = overdue(today, columns=LINKS)
    unsigned = Q(assignment_state=AssignmentState.PENDING, task_state=TaskState.DISPATCHED)
    piles: dict[str, tuple[Promise, Q, dict[str, object], str]] = {
        "overdue": (_("Overdue"), late, {"overdue": "on"}, "red"),
        "today": (_("Due today"), running & Q(due_on=today), {"own": OWED, "due_from": today, "due_to": today}, "orange"),
        "week": (
            _("Due this week"),
            running & Q(due_on__range=(tomorrow, sunday)),
            {"own": OWED, "due_from": tomorrow, "due_to": sunday},
            "yellow",
        ),
        "pending": (_("To be signed for"), unsigned, {"unsigned": 0}, ""),
    }
    owed = {"assignment_state__in": [AssignmentState.PENDING, AssignmentState.ACCEPTED]}
    mine = _links(seats).filter(**owed)
    # Only links of parts have such a state; asked no more than that, they are counted from the index by state alone.
    counted = Participation.objects.filter(agency_id__in=seats, **owed).aggregate(
        **{name: Count("assignment_id", filter=condition) for name, (_label, condition, _asked, _look) in piles.items()}
    )
    first = {
        name: list(mine.filter(condition).order_by("due_on", "assignment_id").values_list("assignment_id", flat=True)[:SHOWN])
        for name, (_label, condition, _asked, _look) in piles.items()
        if counted[name]
    }
    shown = _parts({pk for pks in first.values() for pk in pks}, lights)
    return [
        Pile(
            name=name,
            label=label,
            count=counted[name],
            look=look,
            url=ledger_url(rows="parts", scope="own", **asked),
            matters=[shown[pk] for pk in first.get(name, ()) if pk in shown],
        )
        for name, (label, _condition, asked, look) in piles.items()
    ]


def _reviewer(actor: Actor, seats: frozenset[int], lights: Lights, now: dt.datetime) -> Desk:
    parts = _links(seats).values("assignment_id")
    kinds = (Duty.REVIEW, Duty.REVIEW_CONTRIBUTION, Duty.REVIEW_PLAN)
    waiting, material, plans = (duties.rows_of(actor, duty, now=now) for duty in kinds)
    asked = CoSignature.objects.filter(assignment__in=parts, verdict=Verdict.WAITING, sign_off__state=SignOffState.COLLECTING)
    total, pks = _first(asked, "pk")
    rows = CoSignature.objects.filter(pk__in=pks).order_by("pk").values(
        task_id=F("assignment__task_id"), title=F("assignment__task__title"), sentence=F("sign_off__summary"),
        agency_name=F("assignment__agency__short_name"),
    )  # fmt: skip
    co_signing = [Matter(task_id=row["task_id"], title=row["title"], about=row["agency_name"], sentence=row["sentence"]) for row in rows]
    return Desk(
        "reviewer",
        _("To be reviewed by me"),
        _("Nothing waits at the moment. What the officers of your agency send for review appears here."),
        [
            _written("agency_review", _("Reports to be released"), waiting, duty=Duty.REVIEW, lights=lights),
            _written("contribution_review", _("Contributions to be released"), material, duty=Duty.REVIEW_CONTRIBUTION, lights=lights),
            _plans("plan_review", _("Work plans to be put on record"), plans, duty=Duty.REVIEW_PLAN),
            Pile(name="co_sign", label=_("Co-signatures asked of us"), count=total, matters=co_signing),
        ],
    )


def _coordinator(actor: Actor, lights: Lights, now: dt.datetime) -> Desk:
    queues = centre.queues(actor, now=now, shown=SHOWN, gathered=True)
    piles = [
        Pile(
            name=queue.name,
            label=queue.label,
            count=queue.count,
            url=queue.url,
            look="red" if queue.name == "overdue" else "",
            matters=[
                Matter(task_id=row.task_id, title=row.title, about=row.agency, due_on=row.due_on, note=row.note) for row in queue.rows
            ],
        )
        for queue in queues
    ]
    calm = _("Nothing waits at the moment. What is late, unsigned or to be decided in the tasks you supervise appears here.")
    return Desk("coordinator", _("Supervised by me"), calm, piles)


def _leader(actor: Actor, lights: Lights, now: dt.datetime) -> Desk:
    kept = Counts(actor)
    under_way = Q(task_state__in=LIVE_TASK_STATES)
    late_count = kept.total("clock", where=under_way & counts.lit(lights, Colour.RED))
    live = kept.total("clock", where=under_way)
    parts = Participation.objects.filter(sight.oversees(actor, "task__"), tie__in=[Tie.LEAD, Tie.SUPPORT], task_state__in=LIVE_TASK_STATES)
    parts = parts.exclude(assignment_state__in=list(ENDED_ASSIGNMENT_STATES))
    said = Report.objects.filter(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED]).exclude(help_needed="")
    help_wanted = said.filter(assignment__in=parts.values("assignment_id"))
    return Desk(
        "leader",
        _("Seen from the leadership group"),
        _("Nothing waits at the moment. Tasks in red and reports that ask for help appear here."),
        [
            Pile(
                name="red",
                label=_("Red, and why"),
                count=late_count,
                look="red",
                url=ledger_url(scope="overseen", state=LIVE, light=Colour.RED.value),
                opens=_("Instruct"),
                matters=[_red(matter) for matter in matters.red(actor, lights=lights, now=now)] if late_count else (),
            ),
            _written("help", _("Help wanted"), help_wanted, text="help_needed"),
            Pile(name="live", label=_("Tasks under way"), count=live, url=ledger_url(scope="overseen", state="live")),
        ],
    )


def _red(matter: matters.Matter) -> Matter:
    """Return what is red as a row of the pile: who has it, since when it is late, why, and what comes next."""
    return Matter(
        task_id=matter.task_id,
        title=matter.title,
        about=centre.some_names(matter.who),
        due_on=matter.since - dt.timedelta(days=1),
        note=f"{matter.why}{gap()}{matter.ahead}",
        url=f"{act_url('task', matter.task_id, 'instruct')}?next={reverse('workbench')}" if matter.may_instruct else "",
    )


def _parts(pks: set[int], lights: Lights) -> dict[int, Matter]:
    """Return parts as things that wait, by their keys, in two statements."""
    columns = ("pk", "task_id", "part", "state", "due_on", "assigned_at", "declared_at", "moved_at", "was_overdue")
    rows = list(Assignment.objects.filter(pk__in=pks).order_by().values(*columns, **_MATTER))
    waiting = {row["assignment_id"] for row in waiting_for_time().filter(assignment_id__in=pks)}
    return {row["pk"]: _matter(row, lights, waiting) for row in rows}


def _first(rows: QuerySet[Any], *order: str) -> tuple[int, list[int]]:
    """Return how many rows there are, and the keys of the first, in one statement: what else is shown is read for these alone."""
    found = list(rows.order_by(*order).annotate(total=Window(Count("pk"))).values_list("pk", "total")[:SHOWN])
    return (found[0][1] if found else 0), [pk for pk, _total in found]


def _matter(row: dict[str, Any], lights: Lights, waiting: set[int]) -> Matter:
    return Matter(
        task_id=row["task_id"],
        title=row["title"],
        about=row["agency_name"],
        due_on=row["due_on"],
        light=light_of_part(row, row["task_state"], lights, waiting),
        sentence=row["sentence"],
        source=row["plan_title"] or "",
    )


def _written(
    name: str,
    label: Promise,
    rows: QuerySet[Any],
    *,
    look: str = "",
    text: str = "remark",
    duty: Duty | None = None,
    lights: Lights | None = None,
) -> Pile:
    """Return the pile of some reports or contributions; those of a duty lead to all of that kind that are owed, in the same light."""
    total, pks = _first(rows, "due_on", "pk")
    page, opens = ("report", _("Open the report")) if rows.model is Report else ("contribution", _("Open the contribution"))
    first = (
        rows.model._default_manager.filter(pk__in=pks)
        .order_by("due_on", "pk")
        .values("pk", "due_on", "period_start", "period_end", text, **_BY_PART)
    )
    matters = [
        Matter(
            task_id=row["task_id"],
            title=row["title"],
            about=f"{row['agency_name']} {row['period_start']:%Y-%m-%d} – {row['period_end']:%Y-%m-%d}",
            due_on=row["due_on"],
            light=_light_of_written(row, lights) if lights else None,
            note=row[text],
            sentence=row["sentence"],
            source=row["plan_title"] or "",
            url=reverse(page, args=[row["pk"]]),
        )
        for row in first
    ]
    url = f"{reverse('todo')}?kind={int(duty)}" if duty else ""
    return Pile(name=name, label=label, count=total, look=look, matters=matters, url=url, opens=opens)


def _light_of_written(row: dict[str, Any], lights: Lights) -> Light:
    """Return the time light of a report or a contribution that is owed, as 待办 shows it."""
    thresholds = lights.thresholds.of_plan(row["plan_id"])
    return light_between(row["period_end"], row["due_on"], today=lights.today, calendar=lights.calendar, thresholds=thresholds)


def _plans(name: str, label: Promise, rows: QuerySet[Any], *, duty: Duty) -> Pile:
    """Return the pile of some plans of leads, by the day on which their part is due."""
    total, pks = _first(rows, "assignment__due_on", "pk")
    first = rows.model._default_manager.filter(pk__in=pks).order_by("assignment__due_on", "pk")
    matters = [
        Matter(
            task_id=row["task_id"],
            title=row["title"],
            about=row["agency_name"],
            due_on=row["due_on"],
            sentence=row["sentence"],
            source=row["plan_title"] or "",
            url=reverse("workplan", args=[row["pk"]]),
        )
        for row in first.values("pk", due_on=F("assignment__due_on"), **_BY_PART)
    ]
    url = f"{reverse('todo')}?kind={int(duty)}"
    return Pile(name=name, label=label, count=total, matters=matters, url=url, opens=_("Open the work plan"))
