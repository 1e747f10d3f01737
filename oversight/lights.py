"""Sorting into lights by the database: the very answer of `time_light`, as a condition, so that a list and its count agree.

Which threshold applies depends on the length of a task, and a light other than red or green only on due dates a few weeks
away. So the bounds are worked out for each of those few days: one condition on the due date and on the day of assignment, for the
house and for each set of thresholds that plans have of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.deadlines import Threshold, WorkCalendar, time_light, working_days_between
from workflow.deadlines.calendar import SHANGHAI
from workflow.deadlines.lights import Colour, Light
from workflow.models import Extension
from workflow.states import ENDED_ASSIGNMENT_STATES, AssignmentState, ExtensionState, TaskState
from workflow.thresholds import Thresholds, thresholds_in_force
from workflow.working_days import calendar_in_force

SEVERITY: Mapping[Colour, int] = {Colour.NONE: 0, Colour.GREEN: 1, Colour.YELLOW: 2, Colour.ORANGE: 3, Colour.RED: 4}
"""Lights in the order in which they worry; the worst of a task's parts is the task's."""

COLOURS: Mapping[int, Colour] = {severity: colour for colour, severity in SEVERITY.items()}

FINISHED = (AssignmentState.DECLARED, AssignmentState.CONFIRMED)
RUNNING_TASKS = (TaskState.DISPATCHED, TaskState.CLOSING)
IDLE_TASKS = (TaskState.DRAFT, TaskState.SUSPENDED, TaskState.TERMINATED)

LIGHT_WORDS: Mapping[Colour, Promise] = {
    Colour.RED: _("Overdue"),
    Colour.ORANGE: _("Due very soon"),
    Colour.YELLOW: _("Due soon"),
    Colour.GREEN: _("Normal"),
    Colour.NONE: _("No light"),
}
"""The word beside each light, the worst first."""


def waiting_for_time() -> QuerySet[Extension, dict[str, Any]]:
    """Return the assignments whose clock stands still because a request for more time is open."""
    rows: QuerySet[Extension, Any] = Extension.objects.filter(state=ExtensionState.REQUESTED).values("assignment_id")
    return rows


def _light(condition: Q, colour: Colour) -> When:
    return When(condition, then=Value(SEVERITY[colour]))


Bound = tuple[dt.date, dt.date, dt.datetime | None]
"""Due dates that warn: from, to, and before which moment one must have begun; None for any."""


class Lights:
    """The lights of assignments on one day.

    Args:
        today: the day, in Asia/Shanghai.
        calendar: the working days.
        thresholds: from when on a light warns, by plan and length; longer tasks must not warn later than shorter ones.
    """

    def __init__(self, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds | None = None) -> None:
        self.today = today
        self.calendar = calendar
        self.thresholds = thresholds or Thresholds()

    @classmethod
    def on(cls, now: dt.datetime) -> Lights:
        """Return the lights of the day of a moment, by the calendar and the thresholds in force, in two queries."""
        return cls(timezone.localdate(now), calendar_in_force(), thresholds_in_force())

    def of(
        self,
        *,
        plan_id: int | None,
        due_on: dt.date | None,
        assigned_at: dt.datetime | None,
        finished_on: dt.date | None = None,
        paused: bool = False,
        was_overdue: bool = False,
    ) -> Light:
        """Return the light of one part, with its reason."""
        length = working_days_between(timezone.localdate(assigned_at), due_on, self.calendar) if assigned_at and due_on else 0
        return time_light(
            due_on,
            finished_on,
            today=self.today,
            total_working_days=length,
            calendar=self.calendar,
            thresholds=self.thresholds.of_plan(plan_id),
            paused=paused,
            was_overdue=was_overdue,
        )

    @cached_property
    def last_warned(self) -> dt.date:
        """Return the last due date that can be yellow today; whatever is due later is green."""
        every = (self.thresholds.house, *self.thresholds.own.values())
        widest = max(threshold.yellow for rows in every for threshold in rows)
        return self.calendar.nth(self.calendar.count_through(self.today) + widest + 1) - dt.timedelta(days=1)

    def severity(self, prefix: str = "") -> Case:
        """Return the light of assignments as a number, see `SEVERITY`.

        Args:
            prefix: path to the assignment, with its trailing double underscore.
        """

        def q(**conditions: object) -> Q:
            return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

        waiting = Exists(waiting_for_time().filter(assignment_id=OuterRef(f"{prefix}pk")))
        idle = q(state=AssignmentState.DISPUTED) | q(task__state__in=IDLE_TASKS) | Q(waiting)
        return Case(
            _light(q(due_on__isnull=True) | q(state__in=list(ENDED_ASSIGNMENT_STATES)), Colour.NONE),
            _light(q(state__in=FINISHED) | q(task__state=TaskState.CLOSED), Colour.GREEN),
            _light(idle, Colour.NONE),
            *self._by_date(prefix, "assigned_at"),
            default=Value(SEVERITY[Colour.GREEN]),
            output_field=IntegerField(),
        )

    def severity_of_task(self) -> Case:
        """Return the light of a task by the earliest of its clocks that run, as a number: no late part hides behind time left."""
        return Case(
            _light(Q(due_on__isnull=False, state=TaskState.CLOSED), Colour.GREEN),
            _light(Q(standing__alarm_on__isnull=True), Colour.NONE),
            _light(self.warns(SEVERITY[Colour.RED], "standing__", "alarm_on"), Colour.RED),
            _light(self.warns(SEVERITY[Colour.ORANGE], "standing__", "alarm_on"), Colour.ORANGE),
            _light(self.warns(SEVERITY[Colour.YELLOW], "standing__", "alarm_on"), Colour.YELLOW),
            default=Value(SEVERITY[Colour.GREEN]),
            output_field=IntegerField(),
        )

    def tasks_lit(self, colour: Colour, prefix: str = "standing__") -> Q:
        """Return the condition that a task has a light: that of the earliest clock of it that runs.

        Args:
            colour: of the light.
            prefix: path to how the task stands; empty for standings themselves.
        """
        severity = SEVERITY[colour]
        running, closed = Q(**{f"{prefix}alarm_on__isnull": False}), Q(due_on__isnull=False, state=TaskState.CLOSED)
        if severity == SEVERITY[Colour.NONE]:
            return ~running & ~closed
        if severity == SEVERITY[Colour.GREEN]:
            return closed | (running & ~self.warns(severity + 1, prefix, "alarm_on"))
        here = running & self.warns(severity, prefix, "alarm_on")
        return here if severity == SEVERITY[Colour.RED] else here & ~self.warns(severity + 1, prefix, "alarm_on")

    def warns(self, severity: int, prefix: str = "", alarm: str = "due_on") -> Q:
        """Return the condition that a running clock is at least yellow, orange or red.

        Args:
            severity: see `SEVERITY`.
            prefix: path to how a task stands; empty for standings themselves and for counters.
            alarm: the column of the alarm; counters call it `due_on`.
        """
        due = f"{prefix}{alarm}"
        condition = Q(**{f"{due}__lt": self.today})
        if severity >= SEVERITY[Colour.RED]:
            return condition
        which = "orange" if severity == SEVERITY[Colour.ORANGE] else "yellow"
        for theirs, bounds in self._by_plan(f"{prefix}plan_id", which):
            for first, last, before in bounds:
                within = theirs & Q(**{f"{due}__range": (first, last)})
                condition |= within if before is None else within & Q(**{f"{prefix}began_on__lt": timezone.localdate(before)})
        return condition

    def _by_date(self, prefix: str, start: str) -> list[When]:
        """Return the cases of something unfinished whose clock runs; what none of them meets is green."""
        return [
            _light(Q(**{f"{prefix}due_on__lt": self.today}), Colour.RED),
            _light(Q(**{f"{prefix}due_on__gt": self.last_warned}), Colour.GREEN),
            _light(self._warned("orange", prefix, start), Colour.ORANGE),
            _light(self._warned("yellow", prefix, start), Colour.YELLOW),
        ]

    def _warned(self, which: str, prefix: str, start: str) -> Q:
        """Return the condition that something unfinished and due from today on is at least yellow, or orange."""
        condition = Q(pk__in=[])
        for theirs, bounds in self._by_plan(f"{prefix}task__plan_id", which):
            for first, last, before in bounds:
                due = theirs & Q(**{f"{prefix}due_on__range": (first, last)})
                condition |= due if before is None else due & Q(**{f"{prefix}{start}__lt": before})
        return condition

    def _by_plan(self, path: str, which: str) -> Iterator[tuple[Q, list[Bound]]]:
        """Yield each set of thresholds: the condition that something belongs to a plan under it, and the due dates that warn by it.

        Args:
            path: to the key of the plan; empty or 0 there for what belongs to none.
            which: `yellow` or `orange`.
        """
        own = sorted(self.thresholds.own)
        for plans, bounds in self._bounds:
            theirs = Q(**{f"{path}__in": plans}) if plans else ~Q(**{f"{path}__in": own}) if own else Q()
            yield theirs, bounds[which]

    @cached_property
    def _bounds(self) -> list[tuple[list[int], dict[str, list[Bound]]]]:
        """Return the due dates that warn, by what they warn, for the house (without plans) and for each set that plans have."""
        sets: list[tuple[list[int], Sequence[Threshold]]] = [
            ([], self.thresholds.house),
            *((plans, rows) for rows, plans in self.thresholds.by_rows().items()),
        ]
        return [(plans, self._bounds_of(rows)) for plans, rows in sets]

    def _bounds_of(self, thresholds: Sequence[Threshold]) -> dict[str, list[Bound]]:
        ordered = sorted(thresholds, key=lambda threshold: (threshold.up_to is None, threshold.up_to or 0))
        found: dict[str, list[Bound]] = {"orange": [], "yellow": []}
        day = self.today
        while day <= self.last_warned:
            left = working_days_between(self.today, day, self.calendar)
            for which, bounds in found.items():
                longer_than = _shortest_that_warns(ordered, which, left)
                if longer_than is not None:
                    before = self._assigned_before(day, longer_than) if longer_than >= 0 else None
                    joined = bool(bounds) and bounds[-1][2] == before
                    first = bounds.pop()[0] if joined else day
                    bounds.append((first, day, before))
            day += dt.timedelta(days=1)
        return found

    def _assigned_before(self, due_on: dt.date, length: int) -> dt.datetime:
        """Return the moment before which something due on a day must have been assigned to be longer than a length."""
        return dt.datetime.combine(self.calendar.nth(self.calendar.count_through(due_on) - length), dt.time(), tzinfo=SHANGHAI)


def _shortest_that_warns(thresholds: Sequence[Threshold], which: str, left: int) -> int | None:
    """Return above how many working days of length something with so many left warns; -1 for any, None for none."""
    longer_than = -1
    for threshold in thresholds:
        if getattr(threshold, which) >= left:
            return longer_than
        longer_than = threshold.up_to if threshold.up_to is not None else longer_than
    return None
