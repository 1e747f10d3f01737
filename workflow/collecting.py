"""What goes into a report besides what its officer writes: what supporters contribute, and what the last accepted one said.

Reads rows that are loaded already (`assignments` of the task with their `contributions` and `agency`, the `reports` of the part), so
that a page costs no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workflow.models import Contribution, Report
from workflow.owed import is_owed
from workflow.states import ENDED_ASSIGNMENT_STATES, ContributionState, ReportState
from workflow.timing import is_asked_for

CARRIED_OVER = ("next_steps", "problems", "help_needed", "percent", "forecast_on", "confidence")
"""What a new report starts from: what the last accepted one said, but for what was done."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The contributions to one report.

    Attributes:
        there: those that were sent, before the report was released when it has been.
        later: those that were sent after the report had been released.
        missing: those asked for and not sent; named in the report. Once a part has ended, a report that has not gone out misses nothing.
        waived: those a lead did without.
    """

    there: list[Contribution] = field(default_factory=list)
    later: list[Contribution] = field(default_factory=list)
    missing: list[Contribution] = field(default_factory=list)
    waived: list[Contribution] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """Return how many supporters were asked and not let off."""
        return len(self.there) + len(self.later) + len(self.missing)

    @property
    def names_missing(self) -> list[str]:
        """Return the agencies whose contribution the report lacks, those that came too late among them."""
        return [row.assignment.agency.short_name for row in (*self.missing, *self.later)]


def collected(report: Report) -> Collected:
    """Return the contributions to a report, in the order in which the agencies stand in the task."""
    found = Collected()
    for part in report.assignment.task.assignments.all():
        for row in part.contributions.all():
            row.assignment = part
            part.task = report.assignment.task
            if not is_asked_for(row, report) or row.state == ContributionState.PASSED_ON:
                continue
            if row.state == ContributionState.WAIVED:
                found.waived.append(row)
            elif row.state == ContributionState.SENT and row.sent_at is not None:
                is_later = report.submitted_at is not None and row.sent_at > report.submitted_at
                (found.later if is_later else found.there).append(row)
            elif is_owed(row) or (report.submitted_at is not None and part.state not in ENDED_ASSIGNMENT_STATES):
                found.missing.append(row)
    return found


def last_accepted(report: Report) -> Report | None:
    """Return the newest accepted report of the same part before this one."""
    earlier = (row for row in report.assignment.reports.all() if row.pk != report.pk and row.state == ReportState.ACCEPTED)
    return max(earlier, key=lambda row: (row.period_end, row.pk), default=None)


def carried_over(report: Report) -> dict[str, Any]:
    """Return what a fresh report starts from, by field; nothing once it has been written in, or where none was accepted before."""
    last = last_accepted(report) if report.state == ReportState.DUE else None
    return {} if last is None else {name: getattr(last, name) for name in CARRIED_OVER}
