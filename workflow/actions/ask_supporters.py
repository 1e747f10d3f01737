"""Ask the supporters of a task for what they contribute to a report; a row each, so that what is missing has a name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_report, log, of_part
from workflow.deadlines import WorkCalendar, add_working_days
from workflow.models import Assignment, Contribution, Report
from workflow.states import LIVE_ASSIGNMENT_STATES, Part
from workflow.timeline import Verb
from workflow.working_days import calendar_in_force

CONTRIBUTION_WORKING_DAYS = 3
"""Within how many working days after the end of a period supporters send theirs; leads have five, and so two to put it together."""


def open_contributions(reports: Sequence[Report], *, least: dt.date = dt.date.min) -> int:
    """Open a row for each supporter of the tasks of reports, for the period of each report; doing it twice changes nothing.

    Args:
        reports: with assignments loaded, their tasks locked; the number of statements does not grow with them.
        least: no contribution is due before this day, where its report is due later.

    Returns:
        The number of rows opened at most.
    """
    supporters: dict[int, list[Assignment]] = defaultdict(list)
    tasks = {report.assignment.task_id for report in reports if report.assignment.task.asks_supporters}
    for part in Assignment.objects.filter(task_id__in=tasks, part=Part.SUPPORT, state__in=LIVE_ASSIGNMENT_STATES).order_by("pk"):
        supporters[part.task_id].append(part)
    calendar = calendar_in_force()
    rows = {
        (part.pk, report.period_start, report.period_end, report.on_demand): Contribution(
            assignment=part,
            period_start=report.period_start,
            period_end=report.period_end,
            on_demand=report.on_demand,
            due_on=contribution_due_on(report, calendar, least=least),
        )
        for report in reports
        for part in supporters[report.assignment.task_id]
    }
    opened = Contribution.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=500)
    look_again({part_id for part_id, *_period in rows})
    return len(opened)


def contribution_due_on(report: Report, calendar: WorkCalendar, *, least: dt.date = dt.date.min) -> dt.date:
    """Return the day on which supporters owe what they contribute to the report of a period: never after the report itself.

    Args:
        report: the report, which need not be stored.
        calendar: the working days.
        least: not before this day, unless the report is due sooner.
    """
    return min(max(add_working_days(report.period_end, CONTRIBUTION_WORKING_DAYS, calendar), least), report.due_on)


def look_again(part_ids: Collection[int]) -> None:
    """Have the ladder look again at parts that owe a contribution now; their tasks are locked by the caller."""
    if part_ids:
        Assignment.objects.filter(pk__in=part_ids).update(climbs_anew=True)


@transaction.atomic
def ask_supporters(*, actor: Actor, report_id: int, now: dt.datetime, version: int | None = None) -> Report:
    """Ask, for the lead, the supporters that have not been asked yet for this report: one out of turn, or one that joined later.

    Raises:
        Conflict: everybody has been asked.
    """
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_report(actor, report))
    expect(timing.to_ask_supporters(report, now))
    known = Contribution.objects.filter(assignment__task=report.assignment.task)
    before = known.count()
    calendar = calendar_in_force()
    today = timezone.localdate(now)
    asked = [
        Contribution(
            assignment=part,
            period_start=report.period_start,
            period_end=report.period_end,
            on_demand=report.on_demand,
            due_on=max(today, min(add_working_days(max(today, report.period_end), CONTRIBUTION_WORKING_DAYS, calendar), report.due_on)),
        )
        for part in report.assignment.task.assignments.filter(part=Part.SUPPORT, state__in=LIVE_ASSIGNMENT_STATES).order_by("pk")
    ]
    Contribution.objects.bulk_create(asked, ignore_conflicts=True)
    if known.count() == before:
        raise Conflict(_("Every supporter has been asked already."))
    look_again({row.assignment_id for row in asked})
    keep(report)
    log(actor, now, of_part(report.assignment, Verb.ASK_SUPPORTERS, report=report))
    return report
