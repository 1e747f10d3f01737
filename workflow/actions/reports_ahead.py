"""Reports made ahead: a row for each period a lead owes, so that a missing report is a row too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from workflow.deadlines import PeriodKind, add_working_days, period_of
from workflow.models import Assignment, Report
from workflow.states import Rhythm
from workflow.working_days import calendar_in_force

REPORT_WORKING_DAYS = 5
"""Within how many working days after the end of a period its report is due."""


def open_reports(assignments: Iterable[Assignment], today: dt.date) -> int:
    """Open the report of the period that contains a day, for each lead whose task has a rhythm and that has none yet.

    Leads owe reports; supporters add their parts to the lead's. Existing rows are left alone, so doing it twice changes nothing.

    Args:
        assignments: with their tasks loaded.
        today: the day, in Asia/Shanghai.

    Returns:
        The number of rows opened at most.
    """
    calendar = calendar_in_force()
    rows = []
    for assignment in assignments:
        if not assignment.is_lead or assignment.task.rhythm == Rhythm.NONE:
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
    return len(Report.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500))
