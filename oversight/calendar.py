"""The calendar of a month: what is due on which day and which reports are expected, as far as the reader may see it."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from agencies.actor import Actor
from oversight import sight
from oversight.filters import ledger_url
from oversight.links import task_url
from workflow.deadlines import Light
from workflow.lights import report_light, task_light
from workflow.models import Report, Task
from workflow.policy import may_read_report
from workflow.states import REPORTING_STATES, ReportState, TaskState
from workflow.thresholds import thresholds_in_force
from workflow.working_days import calendar_in_force

SHOWN = 3
"""Tasks and reports shown of a day; the number below leads to all of them."""

YEARS = range(1900, 2200)
"""Years that can be looked at: whole weeks around a month have to be days, too."""

Row = TypeVar("Row", Task, Report)

AWAITED = (ReportState.DUE, ReportState.DRAFT, ReportState.AGENCY_REVIEW, ReportState.RETURNED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar: a task that is due, or a report that is expected."""

    title: str
    about: str
    url: str
    light: Light


@dataclass(frozen=True, slots=True)
class Day:
    """One day with what is due; `more` tasks and reports are not shown."""

    day: dt.date
    is_of_month: bool
    is_today: bool
    is_working: bool
    tasks: Sequence[Entry]
    reports: Sequence[Entry]
    tasks_total: int
    reports_total: int
    url: str

    @property
    def more(self) -> int:
        """Return how many tasks and reports are not shown."""
        return self.tasks_total - len(self.tasks) + self.reports_total - len(self.reports)


@dataclass(frozen=True, slots=True)
class Month:
    """Whole weeks, from Monday to Sunday, that cover a month."""

    first: dt.date
    before: str
    after: str
    weeks: Sequence[Sequence[Day]]
    is_provisional: bool

    @property
    def name(self) -> str:
        """Return the month as people write it."""
        return self.first.strftime("%Y-%m")

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is due in all these weeks."""
        return not any(day.tasks_total or day.reports_total for week in self.weeks for day in week)


def first_of(text: str, today: dt.date) -> dt.date:
    """Return the first day of the month asked for as 2026-03; of the present one where nothing sensible was asked."""
    try:
        asked = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        return today.replace(day=1)
    return asked if asked.year in YEARS else today.replace(day=1)


def month(actor: Actor, first: dt.date, *, now: dt.datetime) -> Month:
    """Return a month; the number of queries depends neither on the days nor on what is stored."""
    days = [day for week in months.Calendar().monthdatescalendar(first.year, first.month) for day in week]
    between = (days[0], days[-1])
    today, work, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    tasks = sight.tasks(actor, now=now).filter(due_on__range=between).exclude(state__in=[TaskState.DRAFT, TaskState.TERMINATED])
    reports = Report.objects.filter(
        Q(assignment__in=sight.parts(actor, now=now).values("pk")),
        Q(assignment__agency_id__in=actor.agency_ids) | Q(assignment__in=sight.overseen_parts(actor, now=now).values("pk")),
        due_on__range=between,
        state__in=AWAITED,
        assignment__task__state__in=[TaskState.DISPATCHED, TaskState.CLOSING],
        assignment__state__in=REPORTING_STATES,
    )
    due, due_totals = _shown(tasks), _totals(tasks)
    expected, expected_totals = _shown(reports.select_related("assignment__agency", "assignment__task")), _totals(reports)
    entries = {
        day: (
            [Entry(str(task), "", task_url(task.pk), task_light(task, today, work, thresholds)) for task in due if task.due_on == day],
            [_of_report(actor, report, report_light(report, today, work, thresholds)) for report in expected if report.due_on == day],
        )
        for day in days
    }
    whole = [
        Day(
            day=day,
            is_of_month=day.month == first.month,
            is_today=day == today,
            is_working=work.is_working(day),
            tasks=entries[day][0],
            reports=entries[day][1],
            tasks_total=due_totals.get(day, 0),
            reports_total=expected_totals.get(day, 0),
            url=ledger_url(due_from=day, due_to=day),
        )
        for day in days
    ]
    weeks = [whole[start : start + 7] for start in range(0, len(whole), 7)]
    before, after = first - dt.timedelta(days=1), first.replace(day=28) + dt.timedelta(days=7)
    return Month(first, before.strftime("%Y-%m"), after.strftime("%Y-%m"), weeks, any(work.is_provisional(day) for day in days))


def _of_report(actor: Actor, report: Report, light: Light) -> Entry:
    part = report.assignment
    url = reverse("report", args=[report.pk]) if may_read_report(actor, report) else task_url(part.task_id)
    return Entry(str(part.task), part.agency.short_name, url, light)


def _shown(rows: QuerySet[Row]) -> list[Row]:
    """Return the first rows of each day."""
    counted = rows.annotate(place=Window(RowNumber(), partition_by=[F("due_on")], order_by=F("pk").asc()))
    return list(counted.filter(place__lte=SHOWN).order_by("due_on", "pk"))


def _totals(rows: QuerySet[Row]) -> dict[dt.date, int]:
    return dict(rows.order_by().values_list("due_on").annotate(Count("pk")))
