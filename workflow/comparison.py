"""The parts of one task side by side: who has signed, reported, is late, by the date in force and by the first one.

Reads a whole task that is loaded already (`assignments` with their `reports`, `contributions`, `extensions` and `agency`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from workflow import timing
from workflow.deadlines import Colour, Light, WorkCalendar
from workflow.lights import assignment_light
from workflow.models import Assignment, Contribution, Report
from workflow.owed import UNSENT_REPORTS, is_over, is_owed
from workflow.states import ENDED_ASSIGNMENT_STATES, OPEN_CONTRIBUTION_STATES, ContributionState, ExtensionState, ReportState
from workflow.thresholds import Thresholds

UNSENT = frozenset[str]({*UNSENT_REPORTS, *OPEN_CONTRIBUTION_STATES})
SENT = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED, ContributionState.SENT})


@dataclass(frozen=True, slots=True)
class Row:
    """One agency's part beside the others.

    Attributes:
        expected: the report, or for a supporter the contribution, of the period looked at, else the latest that it owes or owed; None
            where none was expected. What was not sent by the time that its part was done is not expected any more.
        owing: what it is late with, of whatever period, the earliest first.
        missed: how many of its reports were missed, or contributions late, caught up or not.
        extensions: how often it was granted more time.
    """

    part: Assignment
    light: Light
    expected: Report | Contribution | None
    owing: Sequence[Report | Contribution]
    missed: int
    extensions: int
    is_late: bool
    is_late_by_first: bool

    @property
    def has_signed(self) -> bool:
        """Tell whether it has signed for its part."""
        return self.part.signed_at is not None

    @property
    def has_reported(self) -> bool:
        """Tell whether the latest report that is expected has been sent."""
        return self.expected is not None and self.expected.state in SENT


@dataclass(frozen=True, slots=True)
class Counts:
    """What the rows come to: 17/21 signed, 15/21 reported, 2 late."""

    all: int
    signed: int
    expected: int
    reported: int
    declared: int
    late: int
    late_by_first: int
    extended: int


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of which something is, or was, expected of the parts that stand, each named by its last day.

    Attributes:
        all: the latest first.
        last_due: the latest whose day has come for everybody; None where there is none.
    """

    all: Sequence[dt.date]
    last_due: dt.date | None

    @property
    def running(self) -> dt.date | None:
        """Return the latest of all, due or not."""
        return self.all[0] if self.all else None

    def choose(self, named: str) -> dt.date | None:
        """Return the period that is named by its last day, else the one that is looked at first; None where nothing was ever expected."""
        return next((day for day in self.all if day.isoformat() == named), self.last_due or self.running)


def periods_of(parts: Iterable[Assignment], today: dt.date) -> Periods:
    """Return the periods that can be looked at."""
    due: dict[dt.date, dt.date] = {}
    for part in parts:
        if part.state in ENDED_ASSIGNMENT_STATES:
            continue
        for row in _owed(part):
            if row.period_start <= today and not is_over(row):
                due[row.period_end] = max(row.due_on, due.get(row.period_end, row.due_on))
    return Periods(sorted(due, reverse=True), max((end for end, day in due.items() if day <= today), default=None))


def rows_of(
    parts: Iterable[Assignment], today: dt.date, calendar: WorkCalendar, thresholds: Thresholds, *, period: dt.date | None = None
) -> list[Row]:
    """Return the parts that stand, side by side, by a period or each by its latest."""
    return [_row(part, today, calendar, thresholds, period) for part in parts if part.state not in ENDED_ASSIGNMENT_STATES]


def counts_of(rows: Sequence[Row]) -> Counts:
    """Return what the rows come to."""
    return Counts(
        all=len(rows),
        signed=sum(row.has_signed for row in rows),
        expected=sum(row.expected is not None for row in rows),
        reported=sum(row.has_reported for row in rows),
        declared=sum(row.part.state in {"declared", "confirmed"} for row in rows),
        late=sum(row.is_late for row in rows),
        late_by_first=sum(row.is_late_by_first for row in rows),
        extended=sum(row.extensions > 0 for row in rows),
    )


def _row(part: Assignment, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds, period: dt.date | None) -> Row:
    light = assignment_light(part, today, calendar, thresholds)
    owed = _owed(part)
    ended = part.declared_at or (part.task.closed_at if part.state == "confirmed" else None)
    last = timezone.localdate(ended) if ended else today
    until = timezone.localdate(part.task.closed_at) if part.state == "confirmed" and part.task.closed_at else today
    expected = [row for row in owed if row.period_start <= today and not is_over(row)]
    late = [row for row in owed if isinstance(row, Contribution) and row.state in OPEN_CONTRIBUTION_STATES and row.due_on < until]
    if timing.cannot_write(part):
        late = []
    looked_at = [row for row in expected if period in {None, row.period_end}]
    shown = max(looked_at, key=lambda row: (row.period_end, row.pk), default=None)
    open_still = [row for row in expected if row.state in UNSENT and row.due_on < today and is_owed(row)]
    return Row(
        part=part,
        light=light,
        expected=shown,
        owing=sorted(open_still, key=lambda row: (row.period_end, row.pk)) if not timing.cannot_write(part) else [],
        missed=len(late) + sum(row.was_missed if isinstance(row, Report) else row.was_late for row in owed if row not in late),
        extensions=sum(row.state == ExtensionState.GRANTED for row in part.extensions.all()),
        is_late=light.colour == Colour.RED if part.is_lead else any(is_owed(row) for row in late),
        is_late_by_first=part.first_due_on is not None and part.is_lead and last > part.first_due_on,
    )


def _owed(part: Assignment) -> list[Report | Contribution]:
    return _reports(part) if part.is_lead else _contributions(part)


def _reports(part: Assignment) -> list[Report | Contribution]:
    return [row for row in part.reports.all() if row.state != ReportState.WAIVED]


def _contributions(part: Assignment) -> list[Report | Contribution]:
    return [row for row in part.contributions.all() if row.state != ContributionState.WAIVED]
