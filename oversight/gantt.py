"""The Gantt chart of a plan: each task as a bar from its dispatch to its due date, with progress, first due date and today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from agencies.actor import Actor
from agencies.listing import listed
from measures.models import Plan
from oversight import sight
from oversight.links import task_url
from workflow.deadlines import Light
from workflow.lights import task_light
from workflow.models import Assignment, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, Part
from workflow.thresholds import thresholds_in_force
from workflow.working_days import calendar_in_force

WIDTH = 720
"""Of the drawing, in its own units."""

SHOWN = 400
"""Tasks on the chart; a plan with more is read in the ledger."""

FEWEST_DAYS = 30
TICKS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A task on the chart; places are in units of the drawing."""

    title: str
    url: str
    leads: str
    section: str
    state: str
    state_label: str
    light: Light
    start_on: dt.date | None
    due_on: dt.date | None
    percent: int
    x: int
    width: int
    done: int
    first_due: int | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A month's beginning on the scale."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart: its bars, its scale and where today is, if it lies on it."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    today: int | None
    has_more: bool
    width: int = WIDTH


def chart(actor: Actor, plan: Plan, *, now: dt.datetime) -> Chart:
    """Return the chart of what the actor may see of a plan, in a constant number of queries."""
    today, work, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    leads = Prefetch("assignments", Assignment.objects.filter(part=Part.LEAD).select_related("agency").order_by("rank", "pk"))
    rows = (
        sight.tasks(actor, now=now)
        .filter(plan=plan)
        .select_related("measure__section")
        .prefetch_related(leads)
        .order_by("measure__start", "pk")[: SHOWN + 1]
    )
    tasks = list(rows)
    begun = {task.pk: timezone.localdate(task.dispatched_at) if task.dispatched_at else today for task in tasks}
    ends = [day for task in tasks for day in (task.due_on, task.first_due_on) if day is not None]
    first = min([today, *begun.values()])
    last = max([today, first + dt.timedelta(days=FEWEST_DAYS), *ends])
    scale = WIDTH / ((last - first).days + 1)

    def place(day: dt.date) -> int:
        return round((day - first).days * scale)

    bars = [_bar(task, begun[task.pk], place, task_light(task, today, work, thresholds)) for task in tasks[:SHOWN]]
    return Chart(bars, _ticks(first, last, place), place(today), len(tasks) > SHOWN)


def _bar(task: Task, begun: dt.date, place: Callable[[dt.date], int], light: Light) -> Bar:
    parts = [part.agency.short_name for part in task.assignments.all() if part.state not in ENDED_ASSIGNMENT_STATES]
    x = place(begun)
    width = max(place(task.due_on + dt.timedelta(days=1)) - x, 4) if task.due_on else 0
    moved = task.first_due_on is not None and task.first_due_on != task.due_on
    section = task.measure.section.title if task.measure is not None and task.measure.section is not None else ""
    return Bar(
        title=str(task),
        url=task_url(task.pk),
        leads=listed(parts[:FEW]) + (" …" if len(parts) > FEW else ""),
        section=section,
        state=task.state,
        state_label=str(task.get_state_display()),
        light=light,
        start_on=timezone.localdate(task.dispatched_at) if task.dispatched_at else None,
        due_on=task.due_on,
        percent=task.percent,
        x=x,
        width=width,
        done=round(width * task.percent / 100),
        first_due=place(task.first_due_on) if moved and task.first_due_on else None,
    )


FEW = 3


def _ticks(first: dt.date, last: dt.date, place: Callable[[dt.date], int]) -> list[Tick]:
    starts = [first]
    while starts[-1] <= last:
        starts.append((starts[-1].replace(day=28) + dt.timedelta(days=7)).replace(day=1))
    step = -(-len(starts) // TICKS)
    return [Tick(place(day), day.strftime("%Y-%m")) for day in starts[1:-1][::step]]
