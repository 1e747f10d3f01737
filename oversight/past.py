"""The board as of a past day: what the record says had happened by the end of it.

States come from the last act on each task and part up to that day; a due date that was moved later is the one before the move. What had no
act recorded (data loaded in bulk) is taken from its own dates. Who may see a task is judged by today.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.actor import Actor
from agencies.refusals import Invalid
from oversight import sight
from oversight.filters import Dates
from oversight.lights import FINISHED, LIGHT_WORDS, RUNNING_TASKS, Lights
from oversight.scope import Scope
from workflow.deadlines.calendar import SHANGHAI
from workflow.deadlines.lights import Colour
from workflow.models import Assignment, Event
from workflow.states import ENDED_ASSIGNMENT_STATES, LIVE_TASK_STATES, AssignmentState, Part, TaskState
from workflow.thresholds import thresholds_in_force
from workflow.timeline import Verb
from workflow.working_days import calendar_in_force

MOST_TASKS = 5000
"""Tasks whose past is put together at once; with more, a plan must be chosen."""

RETURNS = frozenset({Verb.RETURN_SIGN_OFF.value, Verb.WITHDRAW_SIGN_OFF.value, Verb.REOPEN.value})
"""Acts on a task by which parts declared or confirmed done are in hand again."""

TASK_VERBS = RETURNS | {
    Verb.DISPATCH.value, Verb.REQUEST_SIGN_OFF.value, Verb.SIGN_OFF.value, Verb.SUSPEND.value, Verb.RESUME.value, Verb.TERMINATE.value,
}  # fmt: skip
OPEN = frozenset({AssignmentState.PENDING, AssignmentState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class PastPart:
    """A part as it stood; `counts_on` is the date by which its lateness counts, lights go by `due_on`."""

    agency: str
    part: str
    state: str
    due_on: dt.date | None
    counts_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PastTask:
    """A task as it stood, with its light on that day."""

    task_id: int
    title: str
    state: str
    colour: Colour
    alarm_on: dt.date | None
    parts: Sequence[PastPart]

    @property
    def state_label(self) -> str:
        """Return the state in the reader's language."""
        return str(TaskState(self.state).label)

    @property
    def late(self) -> list[str]:
        """Return the leads whose part was late."""
        return [
            part.agency
            for part in self.parts
            if part.part == Part.LEAD and part.state in OPEN and part.due_on is not None and part.due_on == self.alarm_on
        ]


@dataclass(slots=True)
class PastBoard:
    """The board of that day."""

    on: dt.date
    tasks: Sequence[PastTask]
    states: Counter[str] = field(default_factory=Counter)
    lights: Counter[str] = field(default_factory=Counter)
    agencies: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def __post_init__(self) -> None:
        for task in self.tasks:
            self.states[task.state] += 1
            if task.state in LIVE_TASK_STATES:
                self.lights[task.colour.value] += 1
            for part in task.parts:
                if part.part != Part.LEAD:
                    continue
                row = self.agencies[part.agency]
                row["all"] += 1
                row["pending"] += part.state == AssignmentState.PENDING
                row["done"] += part.state in FINISHED
                row["late"] += (
                    task.state in RUNNING_TASKS and part.state in OPEN and part.counts_on is not None and part.counts_on < self.on
                )  # fmt: skip

    @property
    def state_rows(self) -> list[tuple[str, int]]:
        """Return the states with how many tasks were in each."""
        return [(str(state.label), self.states[state.value]) for state in TaskState if state != TaskState.DRAFT]

    @property
    def light_rows(self) -> list[tuple[str, str, int]]:
        """Return the lights with their words and how many tasks under way had each."""
        return [(colour.value, str(word), self.lights[colour.value]) for colour, word in LIGHT_WORDS.items()]

    @property
    def agency_rows(self) -> list[tuple[str, Counter[str]]]:
        """Return the leads with their figures, those with the most late parts first."""
        return sorted(self.agencies.items(), key=lambda pair: (-pair[1]["late"], -pair[1]["all"], pair[0]))

    @property
    def red(self) -> list[PastTask]:
        """Return what was red, the longest late first."""
        found = [task for task in self.tasks if task.state in LIVE_TASK_STATES and task.colour == Colour.RED]
        return sorted(found, key=lambda task: (task.alarm_on or self.on, task.task_id))


def board_on(
    day: dt.date, actor: Actor, *, now: dt.datetime, plan: str = "", scope: Scope | None = None, dates: str = Dates.CURRENT
) -> PastBoard:
    """Return the board as it stood at the end of a day, lateness of parts counted by the dates asked for, in five queries.

    Raises:
        Invalid: there are too many tasks to put together at once.
    """
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)
    rows = sight.overseen_tasks(actor, now=now).filter(dispatched_at__lt=end)
    if plan:
        rows = rows.filter(plan_id=plan)
    if scope:
        rows = rows.filter(scope.of_tasks())
    columns = ("pk", "plan_id", "number", "title", "dispatched_at", "closed_at", "due_on")
    tasks = list(rows.order_by("pk").values(*columns)[: MOST_TASKS + 1])
    if len(tasks) > MOST_TASKS:
        words = ngettext("Choose a plan first: at most %(most)d task can be looked back on at once.",
                         "Choose a plan first: at most %(most)d tasks can be looked back on at once.", MOST_TASKS)  # fmt: skip
        raise Invalid(words % {"most": MOST_TASKS}, "plan")
    ids = [task["pk"] for task in tasks]
    record = _Record(ids, end)
    lights = Lights(day, calendar_in_force(), thresholds_in_force())
    parts = record.parts_of(ids, end, dates)
    return PastBoard(day, [_task(task, parts[task["pk"]], record, lights, end) for task in tasks])


class _Record:
    """What the record says of tasks and parts up to a moment, and which due dates were moved after it."""

    def __init__(self, tasks: Sequence[int], end: dt.datetime) -> None:
        self.of_task: dict[int, tuple[int, str]] = {}
        self.of_part: dict[int, tuple[int, str]] = {}
        self.returned: dict[int, int] = {}
        self.due_before: dict[tuple[int, int], dt.date] = {}
        rows = Event.objects.filter(Q(to_state__gt="") | Q(data__has_key="due_before"), task__in=tasks).order_by("sequence")
        for sequence, verb, task, part, to_state, at, data in rows.values_list(
            "sequence", "verb", "task_id", "assignment_id", "to_state", "at", "data"
        ):
            if at >= end:
                self._moved(task, part, data)
            elif verb in TASK_VERBS:
                self.of_task[task] = (sequence, to_state)
                if verb in RETURNS:
                    self.returned[task] = sequence
            elif part is not None and to_state in AssignmentState.values:
                self.of_part[part] = (sequence, to_state)

    def _moved(self, task: int, part: int | None, data: Mapping[str, Any]) -> None:
        before = data.get("due_before")
        if isinstance(before, str) and before:
            self.due_before.setdefault((task, part or 0), dt.date.fromisoformat(before))

    def parts_of(self, tasks: Sequence[int], end: dt.datetime, dates: str) -> dict[int, list[PastPart]]:
        """Return the parts that agencies had."""
        found: dict[int, list[PastPart]] = defaultdict(list)
        rows = Assignment.objects.filter(task__in=tasks, assigned_at__lt=end).order_by("part", "rank", "pk")
        columns = ("pk", "task_id", "part", "state", "due_on", "first_due_on", "signed_at", "declared_at")
        for row in rows.values(*columns, name=F("agency__short_name")):
            state = self._state_of(row, end)
            if state not in ENDED_ASSIGNMENT_STATES:
                due_on = self.due_before.get((row["task_id"], row["pk"]), row["due_on"])
                counts_on = row["first_due_on"] if due_on and dates == Dates.FIRST else due_on
                found[row["task_id"]].append(PastPart(row["name"], row["part"], state, due_on, counts_on))
        return found

    def _state_of(self, row: Mapping[str, Any], end: dt.datetime) -> str:
        told = self.of_part.get(row["pk"])
        if told is None:
            if row["declared_at"] and row["declared_at"] < end:
                return str(row["state"])
            return AssignmentState.ACCEPTED if row["signed_at"] and row["signed_at"] < end else AssignmentState.PENDING
        sequence, state = told
        return AssignmentState.ACCEPTED if state in FINISHED and self.returned.get(row["task_id"], 0) > sequence else state


def _task(task: Mapping[str, Any], parts: Sequence[PastPart], record: _Record, lights: Lights, end: dt.datetime) -> PastTask:
    told = record.of_task.get(task["pk"])
    was_closed = task["closed_at"] is not None and task["closed_at"] < end
    state = told[1] if told else TaskState.CLOSED.value if was_closed else TaskState.DISPATCHED.value
    own = record.due_before.get((task["pk"], 0), task["due_on"])
    running = [part.due_on for part in parts if part.state in OPEN and part.due_on is not None]
    alarm = min([*running, *([own] if own and not running else [])], default=None) if state in RUNNING_TASKS else None
    light = lights.of(plan_id=task["plan_id"], due_on=alarm, assigned_at=task["dispatched_at"], paused=alarm is None)
    return PastTask(task["pk"], f"{task['number']} {task['title']}".strip(), state, light.colour, alarm, parts)


def past_day(given: str, today: dt.date) -> dt.date | None:
    """Return the past day asked for; None for today, no day, or a day to come.

    Raises:
        Invalid: it is no day.
    """
    if not given:
        return None
    try:
        day = dt.date.fromisoformat(given)
    except ValueError as error:
        raise Invalid(_("Give the day as year-month-day."), "on") from error
    return day if day < today else None
