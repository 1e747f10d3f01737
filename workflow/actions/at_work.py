"""When a part could be worked on 在办时段, read from the record: between the stops by a suspension, a hand-back or a closing round."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from workflow.deadlines import Period, Stop, WorkCalendar, shift_for_stops
from workflow.models import Assignment, Event
from workflow.states import AssignmentState, TaskState

_BACK_IN_HAND = frozenset({TaskState.CLOSING, TaskState.CLOSED})
"""Where a task comes back from with the parts that were declared done in hand again."""


@dataclass(slots=True)
class AtWork:
    """The stops of a part that have ended, in order and without overlaps; of the day a stop begins and the day it ends some was worked."""

    stops: list[Stop] = field(default_factory=list)

    def first_day(self, period: Period) -> dt.date | None:
        """Return the first day of a period on which the part could be worked on, None where it stood still throughout."""
        day = period.starts_on
        for stop in self.stops:
            if stop.resumed_on is not None and stop.stopped_on < day < stop.resumed_on:
                day = stop.resumed_on
        return day if day <= period.ends_on else None

    def moved(self, due_on: dt.date, since: dt.date, calendar: WorkCalendar) -> dt.date:
        """Return a date that was set on a day, later by the working days of the stops that began since."""
        return shift_for_stops(due_on, [stop for stop in self.stops if stop.stopped_on >= since], calendar, today=since)


@dataclass(slots=True)
class _Replay:
    """What holds a part up while its record is read, and since when."""

    found: AtWork = field(default_factory=AtWork)
    holds: set[str] = field(default_factory=set)
    since: dt.date | None = None

    def hold(self, what: str, day: dt.date) -> None:
        if not self.holds:
            self.since = day
        self.holds.add(what)

    def release(self, what: str, day: dt.date) -> None:
        self.holds.discard(what)
        if self.since is not None and not self.holds:
            self.found.stops.append(Stop(self.since, day))
            self.since = None


def at_work(parts: Sequence[Assignment]) -> dict[int, AtWork]:
    """Return when each of some parts could be worked on, in one query; stops that still stand are left out."""
    replays = {part.pk: _Replay() for part in parts}
    by_task: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        by_task[part.task_id].append(part.pk)
    of_the_task = Q(to_state=TaskState.DISPATCHED) | Q(from_state=TaskState.DISPATCHED)
    of_a_part = Q(to_state__in=[AssignmentState.DISPUTED, AssignmentState.DECLARED]) | Q(from_state=AssignmentState.DISPUTED)
    lines = Event.objects.filter(of_the_task | of_a_part, task__in=by_task).order_by("sequence")
    for task_id, part_id, was, became, at in lines.values_list("task_id", "assignment_id", "from_state", "to_state", "at"):
        day = timezone.localdate(at)
        if TaskState.DISPATCHED in {was, became}:
            for pk in by_task[task_id]:
                _task_moved(replays[pk], was, became, day)
        elif part_id in replays:
            _part_moved(replays[part_id], was, became, day)
    return {pk: replay.found for pk, replay in replays.items()}


def _task_moved(replay: _Replay, was: str, became: str, day: dt.date) -> None:
    if became != TaskState.DISPATCHED:
        replay.hold("task", day)
        return
    if was in _BACK_IN_HAND:
        replay.release(AssignmentState.DECLARED, day)
    replay.release("task", day)


def _part_moved(replay: _Replay, was: str, became: str, day: dt.date) -> None:
    if was == AssignmentState.DISPUTED:
        replay.release(was, day)
    else:
        replay.hold(became, day)
