"""Stopped clocks: what a due date becomes after a hand-back, a request or a suspension has held it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from workflow import timing
from workflow.deadlines import Stop, WorkCalendar, add_working_days, shift_for_stops
from workflow.models import Assignment, Contribution, Extension, HandBack, Report, Suspension, Task
from workflow.owed import UNSENT_REPORTS
from workflow.states import OPEN_CONTRIBUTION_STATES, ExtensionState, HandBackState
from workflow.working_days import calendar_in_force


def last_day_to_hand_back(now: dt.datetime) -> dt.date:
    """Return the last day on which what is assigned now can be handed back."""
    return add_working_days(timezone.localdate(now), timing.HAND_BACK_WORKING_DAYS, calendar_in_force())


def give_back_time(assignment: Assignment, stopped_at: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Move an assignment's due date by the working days its clock stood still; the caller saves it.

    Returns:
        The details for the record: the due dates before and after, empty when nothing moved.
    """
    before = assignment.due_on
    give_back_times([assignment], stopped_at, now)
    return _moved(before, assignment.due_on)


def give_back_times(parts: Sequence[Assignment], stopped_at: dt.datetime, now: dt.datetime) -> None:
    """Move the due dates of locked parts by the working days for which a stop that ends now held up their clocks.

    A day on which two stops held up a clock is given back once, by the one that ends last: what another stop still holds up is left to it.
    """
    calendar, others = calendar_in_force(), standing_still(parts)
    for part in parts:
        shifted = _shifted(part.due_on, stopped_at, min(now, others.get(part.pk, now)), calendar)
        if shifted != part.due_on:
            part.due_on = shifted
            part.due_version += 1


def give_back_days_to_write(stops: Iterable[tuple[Assignment, dt.datetime]], now: dt.datetime) -> None:
    """Move the days of the reports, contributions and plans that parts still owe by the working days for which nobody could write them.

    Who asks for more time writes on meanwhile, so that a request moves none of them. What was late already stays late.

    Args:
        stops: parts of locked tasks, each with the moment since which it could not write.
        now: the moment at which it can again.
    """
    since = {part.pk: (part, moment) for part, moment in stops}
    others = standing_still([part for part, _moment in since.values()], with_requests=False)
    calendar = calendar_in_force()
    planned: list[Assignment] = []
    for part, moment in since.values():
        shifted = _shifted(part.plan_due_on, moment, min(now, others.get(part.pk, now)), calendar)
        if shifted != part.plan_due_on:
            part.plan_due_on = shifted
            planned.append(part)
    if planned:
        Assignment.objects.bulk_update(planned, ["plan_due_on"], batch_size=500)
    reports = Report.objects.filter(assignment__in=since, state__in=UNSENT_REPORTS)
    contributions = Contribution.objects.filter(assignment__in=since, state__in=OPEN_CONTRIBUTION_STATES)
    for rows in (list(reports), list(contributions)):
        moved: list[Any] = []
        for row in rows:
            part, moment = since[row.assignment_id]
            shifted = _shifted(row.due_on, max(moment, part.assigned_at), min(now, others.get(part.pk, now)), calendar)
            if shifted is not None and shifted != row.due_on:
                row.due_on = shifted
                moved.append(row)
        if moved:
            type(moved[0]).objects.bulk_update(moved, ["due_on"], batch_size=500)


def standing_still(parts: Sequence[Assignment], *, with_requests: bool = True) -> Mapping[int, dt.datetime]:
    """Return since when the clock of each part stands still for another reason; those whose clock runs are left out."""
    mine = {part.pk for part in parts}
    raised = HandBack.objects.filter(assignment__in=mine, state=HandBackState.RAISED)
    asked = Extension.objects.filter(assignment__in=mine if with_requests else (), state=ExtensionState.REQUESTED)
    tasks = dict(Suspension.objects.filter(task__in={part.task_id for part in parts}, ends_at=None).values_list("task_id", "starts_at"))
    since = [(part.pk, tasks[part.task_id]) for part in parts if part.task_id in tasks]
    since += [*raised.values_list("assignment_id", "raised_at"), *asked.values_list("assignment_id", "requested_at")]
    earliest: dict[int, dt.datetime] = {}
    for pk, moment in since:
        earliest[pk] = min(moment, earliest.get(pk, moment))
    return earliest


def give_back_task_time(task: Task, stopped_at: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Move a task's due date by the working days its clock stood still; the caller saves it. See `give_back_time`."""
    before = task.due_on
    after = _shifted(before, stopped_at, now, calendar_in_force())
    if after != before:
        task.due_on = after
        task.due_version += 1
    return _moved(before, after)


def _moved(before: dt.date | None, after: dt.date | None) -> dict[str, Any]:
    if before is None or after is None or after == before:
        return {}
    return {"due_before": before.isoformat(), "due_after": after.isoformat()}


def _shifted(due_on: dt.date | None, stopped_at: dt.datetime, ended_at: dt.datetime, calendar: WorkCalendar) -> dt.date | None:
    if due_on is None:
        return None
    stop = Stop(stopped_on=timezone.localdate(stopped_at), resumed_on=timezone.localdate(ended_at))
    return shift_for_stops(due_on, [stop], calendar, today=timezone.localdate(ended_at))
