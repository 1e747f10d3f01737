"""Reports made ahead: a row for each period a lead owes, so that a missing report is a row too; and what further periods will bring."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from workflow.actions.ask_supporters import contribution_due_on, open_contributions
from workflow.actions.at_work import AtWork, at_work
from workflow.deadlines import Period, PeriodKind, WorkCalendar, add_working_days, period_of, periods
from workflow.ladder import DEFAULT_LADDER, OpenReport, Trigger, report_course
from workflow.models import Assignment, Contribution, Report, Task
from workflow.models.batches import NEVER, NewFiring, fire, set_report_days
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
        rows.append(_report(assignment, period_of(PeriodKind(assignment.task.rhythm), today), calendar))
    known = set(
        Report.objects.filter(assignment__in=[row.assignment_id for row in rows], on_demand=False).values_list(
            "assignment_id", "period_start", "period_end"
        )
    )
    missing = [row for row in rows if (row.assignment_id, row.period_start, row.period_end) not in known]
    Report.objects.bulk_create(missing, ignore_conflicts=True)
    open_contributions(missing)
    return len(missing)


def _report(assignment: Assignment, period: Period, calendar: WorkCalendar) -> Report:
    """Return the row of what a part owes for a period, not stored yet."""
    due_on = add_working_days(period.ends_on, REPORT_WORKING_DAYS, calendar)
    return Report(assignment=assignment, period_start=period.starts_on, period_end=period.ends_on, due_on=due_on)


def open_running_periods(now: dt.datetime) -> int:
    """Open the running period's report for every lead of a task under way, and those of periods that passed while no sweep ran.

    What is done for today is not looked at again.

    Returns:
        The number of reports opened.
    """
    opened, today = 0, timezone.localdate(now)
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
                more = _open_batch(list(due.exclude(pk__in=waiting).values_list("pk", flat=True)[:BATCH]), now, waiting)
    return opened


def _open_batch(ids: list[int], now: dt.datetime, waiting: set[int]) -> int | None:
    """Open the reports of some leads; those in whose task somebody acts at the moment are put to `waiting`, for the next sweep."""
    if not ids:
        return None
    free, today = _lock_tasks(ids), timezone.localdate(now)
    parts = list(Assignment.objects.filter(pk__in=ids).select_related("task").order_by("pk"))
    waiting.update(part.pk for part in parts if part.task_id not in free)
    parts = [part for part in parts if part.task_id in free]
    under_way = [part for part in parts if part.task.state == TaskState.DISPATCHED]
    opened = _open_passed_periods(under_way, now) + open_reports(under_way, today)
    following = dict.fromkeys((part.pk for part in parts), NEVER)
    for part in under_way:
        if part.task.rhythm in PeriodKind.values:
            ends_on = period_of(PeriodKind(part.task.rhythm), today).ends_on
            following[part.pk] = ends_on + dt.timedelta(days=1) if ends_on < NEVER else NEVER
    set_report_days(following)
    if opened:
        Assignment.objects.filter(pk__in=[part.pk for part in under_way]).update(climbs_anew=True)
    return opened


def _open_passed_periods(parts: Sequence[Assignment], now: dt.datetime) -> int:
    """Open the reports of the periods that have passed wholly since the last one opened: what was not reported meanwhile is a row too.

    A period is owed when the part could be worked on in it on any day, by the day that a sweep of each day would have come to: later by
    what a stop since then has held up. Of those whose day has passed as well only the latest of each part reminds anybody; the others are
    missed, with a line each in the record, and their rungs passed over. Supporters are asked for what can still be reported in time.

    Args:
        parts: leads of tasks under way, locked with their tasks, which are loaded.
        now: the moment.

    Returns:
        The number of reports opened; the number of statements does not grow with them.
    """
    today, calendar = timezone.localdate(now), calendar_in_force()
    periodic = {part.pk: part for part in parts if part.is_lead and part.task.rhythm in PeriodKind.values}
    opened = Report.objects.filter(assignment__in=periodic, on_demand=False).order_by().values("assignment")
    opened = opened.annotate(last=Max("period_end")).filter(last__lt=today)
    passed = {
        pk: [one for one in periods(kind, last + dt.timedelta(days=1), today) if last < one.starts_on and one.ends_on < today]
        for pk, last in opened.values_list("assignment", "last")
        for kind in [PeriodKind(periodic[pk].task.rhythm)]
    }
    late = {pk: found for pk, found in passed.items() if found}
    worked = at_work([periodic[pk] for pk in late])
    rows = [list(_passed(periodic[pk], found, worked[pk], calendar)) for pk, found in late.items()]
    made = Report.objects.bulk_create(row for of_part in rows for row in of_part)
    open_contributions([row for row in made if row.due_on >= today], least=today)
    fire([passing for of_part in rows for row in of_part[:-1] if row.due_on < today for passing in _passed_over(row)], now)
    return len(made)


def _passed(part: Assignment, found: Sequence[Period], worked: AtWork, calendar: WorkCalendar) -> Iterator[Report]:
    """Give the rows of the periods in which a part could be worked on, by the day that stops since have moved."""
    for period in found:
        day = worked.first_day(period)
        if day is not None:
            row = _report(part, period, calendar)
            row.due_on = worked.moved(row.due_on, day, calendar)
            yield row


def _passed_over(report: Report) -> Iterator[NewFiring]:
    """Give the rungs of a missed report as fired, so that they tell nobody."""
    course = report_course(f"assignment:{report.assignment_id}", OpenReport(f"report:{report.pk}", report.due_on))
    return (NewFiring(course.key(rung), rung.code, report.assignment_id) for rung in DEFAULT_LADDER if rung.trigger == Trigger.REPORT)


def owed_ahead(part_ids: Collection[int], start: dt.date, until: dt.date, calendar: WorkCalendar) -> Mapping[int, tuple[OpenReport, ...]]:
    """Return what periods without a row yet will ask of parts: of leads their reports, of supporters what they contribute.

    Args:
        part_ids: parts that climb, of tasks under way.
        start: the day; the running period counts as long as its row is not there.
        until: nothing is returned that is due later.
        calendar: the working days.
    """
    parts = list(Assignment.objects.filter(pk__in=part_ids).select_related("task").order_by("pk"))
    supporters: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        if part.part == Part.SUPPORT and part.task.asks_supporters:
            supporters[part.task_id].append(part.pk)
    known = {
        row
        for model in (Report, Contribution)
        for row in model._default_manager.filter(assignment__in=part_ids, on_demand=False, period_end__gte=start).values_list(
            "assignment_id", "period_start", "period_end"
        )
    }
    ahead: dict[int, dict[str, OpenReport]] = defaultdict(dict)
    for part in parts:
        if not part.is_lead or part.task.rhythm not in PeriodKind.values:
            continue
        for period in periods(PeriodKind(part.task.rhythm), start, until):
            report = _report(part, period, calendar)
            asked = contribution_due_on(report, calendar)
            for pk, due_on in [(part.pk, report.due_on), *((supporter, asked) for supporter in supporters[part.task_id])]:
                if due_on <= until and (pk, period.starts_on, period.ends_on) not in known:
                    ref = f"period:{period.starts_on.isoformat()}"  # the row that will be there has no key yet
                    ahead[pk].setdefault(ref, OpenReport(ref, due_on))
    return {pk: tuple(found.values()) for pk, found in ahead.items()}


def _lock_tasks(part_ids: list[int]) -> set[int]:
    """Lock the tasks of some parts and return those that nobody else is acting on: supporters' parts change with the leads'."""
    tasks = Task.objects.filter(pk__in=Assignment.objects.filter(pk__in=part_ids).values("task_id")).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        tasks = tasks.select_for_update(skip_locked=True, no_key=True)
    return set(tasks.values_list("pk", flat=True))
