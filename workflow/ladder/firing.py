"""Which rungs are due. A rung fires once: whoever fires it inserts its `key` into a unique column and tells nobody when that fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, WorkCalendar, threshold_for
from workflow.deadlines.calendar import SHANGHAI
from workflow.ladder.rungs import Audience, Rung, Trigger


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report, or a supporter's contribution to one, that is owed and not yet sent."""

    ref: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ladder looks at: a task, or one agency's assignment on it.

    Attributes:
        ref: opaque name, "assignment:12".
        due_on: the due date in force, or None.
        due_version: counts every change of the due date; a rung fires once a version.
        dispatched_on: when it was handed over, or None while it was not.
        signed: whether it was signed for.
        last_movement_on: the day of the last act on it.
        total_working_days: its length, which chooses the light threshold.
        open_reports: reports owed and not sent.
        open_contributions: contributions asked for and not sent.
        plan_due_on: the day until which a work plan of its own is asked of it that is not on record, or None.
        finished: declared done, closed or withdrawn: no rung fires.
        paused: its clock stands still: no rung fires.
    """

    ref: str
    due_on: dt.date | None = None
    due_version: int = 1
    dispatched_on: dt.date | None = None
    signed: bool = False
    last_movement_on: dt.date | None = None
    total_working_days: int = 0
    open_reports: tuple[OpenReport, ...] = ()
    open_contributions: tuple[OpenReport, ...] = ()
    plan_due_on: dt.date | None = None
    finished: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Firing:
    """A rung whose day has come.

    Attributes:
        rung: the rung.
        subject: `Subject.ref`, for a report rung followed by the report's ref.
        fires_on: the working day it was meant for; earlier than today after an outage.
        anchor: what it counted from, as part of the keys: a due-date version or a day.
        skipped: a higher rung of the same course is due too: record it as passed, tell nobody.
    """

    rung: Rung
    subject: str
    fires_on: dt.date
    anchor: str
    skipped: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        """Return the unique name of the firing: it happens once."""
        return f"{self.subject}|{self.rung.code}|{self.anchor}"

    def audience_key(self, audience: Audience) -> str:
        """Return the unique name of telling one audience."""
        return f"{self.key}|{audience}"

    @property
    def keys(self) -> dict[Audience, str]:
        """Return the unique name for each audience."""
        return {audience: self.audience_key(audience) for audience in self.rung.audiences}


@dataclass(frozen=True, slots=True)
class Course:
    """A line of rungs counted from the same day, of which only the highest reached one is told."""

    trigger: Trigger
    subject: str
    day: dt.date
    anchor: str

    def key(self, rung: Rung) -> str:
        """Return `Firing.key` of a rung of this course."""
        return f"{self.subject}|{rung.code}|{self.anchor}"


def courses(subject: Subject) -> Iterator[Course]:
    """Give the courses that run for a subject at present."""
    if subject.finished or subject.paused:
        return
    if subject.due_on is not None:
        yield Course(Trigger.DUE, subject.ref, subject.due_on, f"v{subject.due_version}")
    if subject.dispatched_on is not None and not subject.signed:
        yield Course(Trigger.UNSIGNED, subject.ref, subject.dispatched_on, subject.dispatched_on.isoformat())
    for report in subject.open_reports:
        yield report_course(subject.ref, report)
    for asked in subject.open_contributions:
        yield Course(Trigger.CONTRIBUTION, f"{subject.ref}|{asked.ref}", asked.due_on, asked.due_on.isoformat())
    if subject.plan_due_on is not None:
        yield Course(Trigger.WORK_PLAN, subject.ref, subject.plan_due_on, subject.plan_due_on.isoformat())
    if subject.signed and subject.last_movement_on is not None:
        yield Course(Trigger.STANDSTILL, subject.ref, subject.last_movement_on, subject.last_movement_on.isoformat())


def report_course(ref: str, report: OpenReport) -> Course:
    """Return the course of a missing report of the subject of a name."""
    return Course(Trigger.REPORT, f"{ref}|{report.ref}", report.due_on, report.due_on.isoformat())


def fires_on(rung: Rung, day: dt.date, threshold: Threshold, calendar: WorkCalendar) -> dt.date:
    """Return the working day on which a rung fires that counts from a day.

    Before the day: the first working day on which no more than that many working days are left. After it: that many working days later.
    """
    days = -getattr(threshold, rung.threshold) if rung.threshold else rung.days
    return calendar.nth(calendar.count_through(day) + days)


def _schedule(subject: Subject, rungs: Sequence[Rung], thresholds: Sequence[Threshold], calendar: WorkCalendar) -> Iterator[list[Firing]]:
    """Yield, a course at a time, all its firings in the order of their days, the higher rung last."""
    threshold = threshold_for(subject.total_working_days, thresholds)
    for course in courses(subject):
        line = [
            Firing(rung, course.subject, fires_on(rung, course.day, threshold, calendar), course.anchor)
            for rung in rungs
            if rung.trigger == course.trigger
        ]
        if line:
            yield sorted(line, key=lambda firing: firing.fires_on)


def rungs_due(
    subject: Subject,
    *,
    now: dt.datetime,
    calendar: WorkCalendar,
    rungs: Sequence[Rung],
    thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS,
    fired: Collection[str] = frozenset(),
) -> list[Firing]:
    """Return the rungs to fire at a moment, lowest first.

    On a day that is not a working day nothing fires. When several rungs of one course have been reached and none of them
    fired (an outage, a short deadline), only the highest is told; the lower ones come `skipped`. A rung lower than one that
    has fired already never fires afterwards.

    Args:
        subject: the task or assignment.
        now: the moment, aware.
        calendar: the working days.
        rungs: the plan's ladder.
        thresholds: the plan's light thresholds.
        fired: keys (`Firing.key`) that are on record for the subject.
    """
    today = now.astimezone(SHANGHAI).date()
    if not calendar.is_working(today):
        return []
    due: list[Firing] = []
    for line in _schedule(subject, rungs, thresholds, calendar):
        reached = [firing for firing in line if firing.fires_on <= today]
        told = max((index for index, firing in enumerate(reached) if firing.key in fired), default=-1)
        fresh = reached[told + 1 :]
        due += [Firing(f.rung, f.subject, f.fires_on, f.anchor, skipped=True) for f in fresh[:-1]]
        due += fresh[-1:]
    return due


def still_holds(key: str, subject: Subject, rungs: Sequence[Rung]) -> bool:
    """Tell whether what a rung announced under a key (`Firing.key`, or one that continues it) is still so.

    It is not once the due date has moved on, the thing was signed for, reported, moved, finished, or its clock stands still.
    """
    return any(
        f"{key}|".startswith(f"{course.subject}|{rung.code}|{course.anchor}|")
        for course in courses(subject)
        for rung in rungs
        if rung.trigger == course.trigger
    )


def next_rung_on(
    subject: Subject,
    *,
    calendar: WorkCalendar,
    rungs: Sequence[Rung],
    thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS,
    fired: Collection[str] = frozenset(),
) -> dt.date | None:
    """Return the day of the earliest rung that has not fired, or None: an indexed column of it makes a sweep one range scan."""
    days: list[dt.date] = []
    for line in _schedule(subject, rungs, thresholds, calendar):
        told = max((index for index, firing in enumerate(line) if firing.key in fired), default=-1)
        days += [firing.fires_on for firing in line[told + 1 : told + 2]]
    return min(days, default=None)
