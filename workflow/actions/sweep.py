"""What beat does: what has become overdue is marked, reports are opened ahead and marked missed, and the ladder climbs.

Every effect is a row with a unique key or a flag set once, so that two sweeps at once, or one after the other, do no more than one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.permissions import follow_the_days
from notifications.leaving import never
from workflow.actions.climb import climb
from workflow.actions.door import of_part
from workflow.actions.reports_ahead import open_running_periods
from workflow.actions.tell_heirs import tell_heirs
from workflow.actions.tell_rooms import tell_rooms
from workflow.models import Assignment, Report, Task
from workflow.states import AssignmentState, Part, ReportState, TaskState
from workflow.timeline import Verb, record

BATCH = 500
"""Rows handled in one transaction."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    became_overdue: int
    reports_opened: int
    reports_missed: int
    rungs_fired: int


def sweep(now: dt.datetime, *, must_end: Callable[[], bool] = never) -> Swept:
    """Bring everything that depends on the day up to a moment; twice in a row does nothing the second time.

    Args:
        now: the moment.
        must_end: asked before each batch of rungs; once it says so, the rest is left to the next sweep.
    """
    today = timezone.localdate(now)
    follow_the_days(now)
    swept = Swept(
        became_overdue=_mark_overdue(today),
        reports_opened=open_running_periods(now),
        reports_missed=_mark_missed(now),
        rungs_fired=climb(now, must_end),
    )
    tell_heirs(now)
    tell_rooms(now)
    return swept


def _mark_overdue(today: dt.date) -> int:
    """Remember what is overdue: the light of the day is computed, that it once was red stays.

    Tasks are locked before their parts, in the order of their keys, as acts do; a task that somebody is acting on waits for the next sweep.
    """
    running = [TaskState.DISPATCHED, TaskState.CLOSING]
    parts = Assignment.objects.filter(
        part=Part.LEAD,
        state__in=[AssignmentState.PENDING, AssignmentState.ACCEPTED],
        task__state__in=running,
        due_on__lt=today,
        was_overdue=False,
    )
    tasks = Task.objects.filter(state__in=running, due_on__lt=today, was_overdue=False)
    marked, last = 0, 0
    while ids := sorted({*parts.filter(task_id__gt=last).order_by("task_id").values_list("task_id", flat=True).distinct()[:BATCH],
                         *tasks.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]})[:BATCH]:  # fmt: skip
        with transaction.atomic():
            rows = Task.objects.filter(pk__in=ids).order_by("pk")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
            locked = list(rows.values_list("pk", flat=True))
            marked += parts.filter(task_id__in=locked).update(was_overdue=True)
            tasks.filter(pk__in=locked).update(was_overdue=True)
        last = ids[-1]
    return marked


def _mark_missed(now: dt.datetime) -> int:
    """Mark the reports whose day has passed and that were not submitted; caught up or not, they stay marked.

    What nobody can write at the moment is not missed (`timing.cannot_write`): its days are given back once it can be written again.
    """
    open_states = [ReportState.DUE, ReportState.DRAFT, ReportState.AGENCY_REVIEW]
    missed = 0
    while True:
        with transaction.atomic():
            batch = list(
                Report.objects.select_for_update(of=("self",), no_key=True)
                .select_related("assignment", "assignment__agency", "assignment__task")
                .filter(
                    state__in=open_states,
                    due_on__lt=timezone.localdate(now),
                    was_missed=False,
                    assignment__task__state=TaskState.DISPATCHED,
                    assignment__state__in=[AssignmentState.PENDING, AssignmentState.ACCEPTED],
                )
                .order_by("due_on")[:BATCH]
            )
            if not batch:
                return missed
            Report.objects.filter(pk__in=[report.pk for report in batch]).update(was_missed=True)
            record(
                Actor.system(),
                now,
                *(of_part(report.assignment, Verb.MISS_REPORT, report=report, due_on=report.due_on.isoformat()) for report in batch),
            )
            missed += len(batch)
