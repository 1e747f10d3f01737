"""Stopped clocks: what a due date becomes after a hand-back, a request or a suspension has held it up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from workflow import timing
from workflow.deadlines import Stop, add_working_days, shift_for_stops
from workflow.models import Assignment, Task
from workflow.working_days import calendar_in_force


def last_day_to_hand_back(now: dt.datetime) -> dt.date:
    """Return the last day on which what is assigned now can be handed back."""
    return add_working_days(timezone.localdate(now), timing.HAND_BACK_WORKING_DAYS, calendar_in_force())


def give_back_time(assignment: Assignment, stopped_at: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Move an assignment's due date by the working days its clock stood still; the caller saves it.

    Returns:
        The details for the record: the due dates before and after, empty when nothing moved.
    """
    if assignment.due_on is None:
        return {}
    before = assignment.due_on
    after = _shifted(before, stopped_at, now)
    if after == before:
        return {}
    assignment.due_on = after
    assignment.due_version += 1
    return {"due_before": before.isoformat(), "due_after": after.isoformat()}


def give_back_task_time(task: Task, stopped_at: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Move a task's due date by the working days its clock stood still; the caller saves it. See `give_back_time`."""
    if task.due_on is None:
        return {}
    before = task.due_on
    after = _shifted(before, stopped_at, now)
    if after == before:
        return {}
    task.due_on = after
    task.due_version += 1
    return {"due_before": before.isoformat(), "due_after": after.isoformat()}


def _shifted(due_on: dt.date, stopped_at: dt.datetime, now: dt.datetime) -> dt.date:
    today = timezone.localdate(now)
    stop = Stop(stopped_on=timezone.localdate(stopped_at), resumed_on=today)
    return shift_for_stops(due_on, [stop], calendar_in_force(), today=today)
