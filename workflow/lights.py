"""The lights of tasks, parts and reports: the pure rules of `workflow.deadlines`, given what the rows say.

The functions that take values serve lists, which read `values()`; those that take rows serve pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from workflow import timing
from workflow.deadlines import (
    Colour,
    Light,
    Reason,
    Stop,
    Threshold,
    WorkCalendar,
    expected_percent,
    progress_light,
    stopped_days,
    time_light,
    working_days_between,
)
from workflow.models import Answer, Assignment, Contribution, Report, Task
from workflow.owed import is_owed
from workflow.states import ENDED_ASSIGNMENT_STATES, AnswerState, AssignmentState, ContributionState, ReportState, TaskState
from workflow.thresholds import Thresholds

FINISHED_PARTS = frozenset({AssignmentState.DECLARED, AssignmentState.CONFIRMED})
"""Parts whose clock has stopped for good: the agency has declared them done."""


def light_between(
    start_on: dt.date,
    due_on: dt.date | None,
    *,
    today: dt.date,
    calendar: WorkCalendar,
    thresholds: Sequence[Threshold],
    closed_on: dt.date | None = None,
    was_overdue: bool = False,
    paused: bool = False,
) -> Light:
    """Return the time light of something that runs from a day to a day.

    Args:
        start_on: the day it was given out; with the due date it makes the length that chooses the threshold.
        due_on: the date in force, or None.
        today: the day, in Asia/Shanghai.
        calendar: the working days.
        thresholds: those of the plan it belongs to.
        closed_on: the day it was finished, or None.
        was_overdue: whether it has been overdue before.
        paused: whether its clock stands still.
    """
    length = working_days_between(start_on, due_on, calendar) if due_on is not None else 0
    return time_light(
        due_on,
        closed_on,
        today=today,
        total_working_days=max(length, 0),
        calendar=calendar,
        thresholds=thresholds,
        was_overdue=was_overdue,
        paused=paused,
    )


def task_light(task: Task, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light:
    """Return the time light of a task; none before it goes out and after it was terminated."""
    if task.state == TaskState.DRAFT:
        return Light(Colour.NONE, Reason("not_given_out"))
    if task.state == TaskState.TERMINATED:
        return Light(Colour.NONE, Reason("ended"), task.was_overdue)
    return light_between(
        _day(task.dispatched_at, today),
        task.due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(task.plan_id),
        closed_on=timezone.localdate(task.closed_at) if task.closed_at else None,
        was_overdue=task.was_overdue,
        paused=task.state == TaskState.SUSPENDED,
    )


def assignment_light(assignment: Assignment, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light:
    """Return the time light of one agency's part; prefetch `extensions` where many are shown."""
    if assignment.state in ENDED_ASSIGNMENT_STATES:
        return Light(Colour.NONE, Reason("ended"), assignment.was_overdue)
    finished = assignment.declared_at or assignment.task.closed_at if assignment.state in FINISHED_PARTS else None
    return light_between(
        timezone.localdate(assignment.assigned_at),
        assignment.due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(assignment.task.plan_id),
        closed_on=timezone.localdate(finished) if finished else None,
        was_overdue=assignment.was_overdue,
        paused=timing.is_paused(assignment),
    )


def plan_light(assignment: Assignment, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light | None:
    """Return the time light of the work plan that is asked of a lead; None where none is, or one is on record."""
    if assignment.plan_due_on is None or assignment.signed_at is None:
        return None
    if assignment.state in FINISHED_PARTS:
        return Light(Colour.NONE, Reason("ended"))
    return light_between(
        timezone.localdate(assignment.signed_at),
        assignment.plan_due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(assignment.task.plan_id),
        paused=timing.cannot_write(assignment),
    )


def report_light(report: Report, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light:
    """Return the time light of a report; one that was submitted late stays late, and none is owed of a part that is done."""
    sent = report.state in {ReportState.SUBMITTED, ReportState.ACCEPTED} and report.submitted_at
    if report.state == ReportState.WAIVED or (not sent and not is_owed(report)):
        return Light(Colour.NONE, Reason("ended"), report.was_missed)
    return light_between(
        report.period_end,
        report.due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(report.assignment.task.plan_id),
        closed_on=timezone.localdate(report.submitted_at) if sent else None,
        was_overdue=report.was_missed,
        paused=timing.cannot_write(report.assignment),
    )


def answer_light(answer: Answer, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light:
    """Return the time light of what a lead owes on an instruction; none once it went over with the part."""
    if answer.state == AnswerState.PASSED_ON:
        return Light(Colour.NONE, Reason("ended"), answer.was_late)
    given = answer.given_at if answer.state in {AnswerState.GIVEN, AnswerState.CLOSED} else None
    return light_between(
        timezone.localdate(answer.instruction.written_at),
        answer.due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(answer.assignment.task.plan_id),
        closed_on=timezone.localdate(given) if given else None,
        was_overdue=answer.was_late,
    )


def contribution_light(contribution: Contribution, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Light:
    """Return the time light of a supporter's contribution; one that was sent late stays late, and none is owed of a part that has ended."""
    sent = contribution.state == ContributionState.SENT and contribution.sent_at
    gone = contribution.state in {ContributionState.WAIVED, ContributionState.PASSED_ON}
    if gone or (not sent and not is_owed(contribution)):
        return Light(Colour.NONE, Reason("ended"), contribution.was_late)
    return light_between(
        contribution.period_end,
        contribution.due_on,
        today=today,
        calendar=calendar,
        thresholds=thresholds.of_plan(contribution.assignment.task.plan_id),
        closed_on=timezone.localdate(contribution.sent_at) if sent else None,
        was_overdue=contribution.was_late,
        paused=timing.cannot_write(contribution.assignment),
    )


def task_progress_light(task: Task, today: dt.date, *, reported: bool) -> Light:
    """Return the progress light of a task: its reported percentage against the way from dispatch to the due date.

    Args:
        task: the task.
        today: the day, in Asia/Shanghai.
        reported: whether any report has been accepted, so that 0 % was said and not only assumed.
    """
    return _progress(_day(task.dispatched_at, today), task.due_on, task.percent, today, reported=reported, live=bool(task.dispatched_at))


def assignment_progress_light(assignment: Assignment, today: dt.date, *, reported: bool) -> Light:
    """Return the progress light of one agency's part; see `task_progress_light`."""
    live = assignment.state not in ENDED_ASSIGNMENT_STATES
    return _progress(timezone.localdate(assignment.assigned_at), assignment.due_on, assignment.percent, today, reported=reported, live=live)


def _progress(start_on: dt.date, due_on: dt.date | None, percent: int, today: dt.date, *, reported: bool, live: bool) -> Light:
    if due_on is None:
        return Light(Colour.NONE, Reason("no_due_date"))
    if not live:
        return Light(Colour.NONE, Reason("not_given_out"))
    return progress_light(percent if reported or percent else None, expected_percent(today, start=start_on, due_on=due_on))


def _day(moment: dt.datetime | None, otherwise: dt.date) -> dt.date:
    return timezone.localdate(moment) if moment else otherwise


def stood_still(part: Assignment, today: dt.date, calendar: WorkCalendar) -> int:
    """Return for how many working days in all the clock of a part has stood still, however many stops there were on a day.

    Prefetch `extensions`, `hand_backs` and the task's `suspensions` where many are shown.
    """
    spans = [(row.requested_at, row.decided_at) for row in part.extensions.all()]
    spans += [(row.raised_at, row.decided_at) for row in part.hand_backs.all()]
    since = part.assigned_at
    spans += [(max(row.starts_at, since), row.ends_at) for row in part.task.suspensions.all() if row.ends_at is None or row.ends_at > since]
    return _working_days_of(spans, today, calendar)


def task_stood_still(task: Task, today: dt.date, calendar: WorkCalendar) -> int:
    """Return for how many working days in all a task was suspended."""
    return _working_days_of([(row.starts_at, row.ends_at) for row in task.suspensions.all()], today, calendar)


def _working_days_of(spans: Sequence[tuple[dt.datetime, dt.datetime | None]], today: dt.date, calendar: WorkCalendar) -> int:
    stops = [Stop(timezone.localdate(start), None if end is None else timezone.localdate(end)) for start, end in spans]
    return stopped_days(stops, calendar, today=today)
