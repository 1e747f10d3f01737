"""Reports made ahead: a row for each period a lead owes, so that a missing report is a row too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from workflow.actions.ask_supporters import open_contributions
from workflow.deadlines import PeriodKind, add_working_days, period_of
from workflow.models import Assignment, Report, Task
from workflow.models.batches import NEVER, set_report_days
from workflow.states import SWEPT_STATES, Part, TaskState
from workflow.working_days import calendar_in_force

REPORT_WORKING_DAYS = 5
"""Within how many working days after the end of a period its report is due."""

BATCH = 1000
"""Assignments handled in one transaction."""


def open_reports(assignments: Iterable[Assignment], today: dt.date) -> int:
    """Open the report of the period that contains a day, for each lead whose task has a rhythm and that has none yet.

    Leads owe reports; supporters are asked for what they contribute to it. Existing rows are left alone, so doing it twice changes nothing.

    Args:
        assignments: with their tasks loaded.
        today: the day, in Asia/Shanghai.

    Returns:
        The number of rows that were not there before.
    """
    calendar = calendar_in_force()
    rows = []
    for assignment in assignments:
        if not assignment.is_lead or assignment.task.rhythm not in PeriodKind.values:
            continue
        period = period_of(PeriodKind(assignment.task.rhythm), today)
        rows.append(
            Report(
                assignment=assignment,
                period_start=period.starts_on,
                period_end=period.ends_on,
                due_on=add_working_days(period.ends_on, REPORT_WORKING_DAYS, calendar),
            )
        )
    known = set(
        Report.objects.filter(assignment__in=[row.assignment_id for row in rows], on_demand=False).values_list(
            "assignment_id", "period_start", "period_end"
        )
    )
    missing = [row for row in rows if (row.assignment_id, row.period_start, row.period_end) not in known]
    Report.objects.bulk_create(missing, ignore_conflicts=True)
    open_contributions(missing)
    return len(missing)


def open_running_periods(today: dt.date) -> int:
    """Open the running period's report for every lead of a task under way; what is done for today is not looked at again.

    Returns:
        The number of reports opened.
    """
    opened = 0
    leads = Assignment.objects.filter(state__in=SWEPT_STATES, part=Part.LEAD)
    if connection.features.has_select_for_update_skip_locked:
        leads = leads.select_for_update(skip_locked=True, no_key=True)
    leads = leads.order_by("report_on", "pk")  # as the index has them
    for due in (leads.filter(report_on__isnull=True), leads.filter(report_on__lte=today)):
        more: int | None = 0
        waiting: set[int] = set()
        while more is not None:
            opened += more
            with transaction.atomic():
                more = _open_batch(list(due.exclude(pk__in=waiting).values_list("pk", flat=True)[:BATCH]), today, waiting)
    return opened


def _open_batch(ids: list[int], today: dt.date, waiting: set[int]) -> int | None:
    """Open the reports of some leads; those in whose task somebody acts at the moment are put to `waiting`, for the next sweep."""
    if not ids:
        return None
    free = _lock_tasks(ids)
    parts = list(Assignment.objects.filter(pk__in=ids).select_related("task").order_by("pk"))
    waiting.update(part.pk for part in parts if part.task_id not in free)
    parts = [part for part in parts if part.task_id in free]
    under_way = [part for part in parts if part.task.state == TaskState.DISPATCHED]
    opened = open_reports(under_way, today)
    following = dict.fromkeys((part.pk for part in parts), NEVER)
    for part in under_way:
        if part.task.rhythm in PeriodKind.values:
            ends_on = period_of(PeriodKind(part.task.rhythm), today).ends_on
            following[part.pk] = ends_on + dt.timedelta(days=1) if ends_on < NEVER else NEVER
    set_report_days(following)
    if opened:
        Assignment.objects.filter(pk__in=[part.pk for part in under_way]).update(climbs_anew=True)
    return opened


def _lock_tasks(part_ids: list[int]) -> set[int]:
    """Lock the tasks of some parts and return those that nobody else is acting on: supporters' parts change with the leads'."""
    tasks = Task.objects.filter(pk__in=Assignment.objects.filter(pk__in=part_ids).values("task_id")).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        tasks = tasks.select_for_update(skip_locked=True, no_key=True)
    return set(tasks.values_list("pk", flat=True))
