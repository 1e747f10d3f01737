"""A lead's own plan: whether the moment is right for it, and what has become of its steps.

Reads rows that are loaded already (`work_plans` of a part with their `steps` and `files`, and its `reports`), so that a page costs no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.decision import Decision, Denied
from workflow import timing
from workflow.models import Assignment, Report, WorkPlan, WorkStep
from workflow.states import (
    ENDED_ASSIGNMENT_STATES,
    OPEN_WORK_PLAN_STATES,
    RECORDED_WORK_PLAN_STATES,
    AssignmentState,
    ReportState,
    WorkPlanState,
)

SENT = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.RETURNED})
"""Reports that have gone out, and that are not being written again."""

# --- Whether the moment is right -----------------------------------------------------------------------


def to_begin(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether a lead can begin a plan, or its next version: it has signed for the task, and is not writing one already."""
    if any(plan.state in OPEN_WORK_PLAN_STATES for plan in assignment.work_plans.all()):
        return Denied(_("A work plan is being written already."))
    return is_carried_out(assignment)


def to_write(plan: WorkPlan, now: dt.datetime) -> Decision:
    """Answer whether a lead can work on its plan: its part is in hand, and it still leads."""
    if not plan.assignment.is_lead:
        return Denied(_("Only a lead puts a plan of its own on record."))
    return is_carried_out(plan.assignment)


def to_release(plan: WorkPlan, now: dt.datetime) -> Decision:
    """Answer whether a plan is complete enough to be reviewed and put on record: it says how, in steps that end in time."""
    if not plan.text.strip():
        return Denied(_("Say how it will be done first."), "text")
    steps = list(plan.steps.all())
    if not steps:
        return Denied(_("Name at least one step with its day."))
    due_on = plan.assignment.due_on
    late = next((step for step in steps if due_on is not None and step.day > due_on), None)
    if late is not None and due_on is not None:
        return Denied(
            _("“%(what)s” is planned for %(day)s, after the due date %(due_on)s: plan it earlier, or ask for more time first.")
            % {"what": late.what, "day": late.day.isoformat(), "due_on": due_on.isoformat()}
        )
    return to_write(plan, now)


def is_carried_out(assignment: Assignment) -> Decision:
    """Answer whether a part has been signed for and is in hand, in a task under way."""
    if assignment.state == AssignmentState.PENDING:
        return Denied(_("Sign for the task first."))
    if assignment.state != AssignmentState.ACCEPTED:
        return Denied(_("Your part is not in hand: %(state)s.") % {"state": assignment.get_state_display()})
    return timing.task_is_live(assignment.task)


# --- What has become of it -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a plan in force, against what was reported.

    Attributes:
        step: the step.
        is_past: whether its day has passed.
        report: the first report that went out on its day or later; None before its day, and where none has.
    """

    step: WorkStep
    is_past: bool = False
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A version of a lead's plan with its steps, and the other versions that are on record, the latest first."""

    row: WorkPlan
    steps: list[StepLine]
    others: list[WorkPlan]

    @property
    def unreported(self) -> int:
        """Count the steps whose day has passed without a report since."""
        return sum(line.is_past and line.report is None for line in self.steps)


def line_of(plan: WorkPlan, today: dt.date | None = None) -> PlanLine:
    """Return a plan with its steps; on a day those of the version in force stand against the reports of the part."""
    steps, others = plan.steps.all(), [other for other in on_record(plan.assignment) if other.pk != plan.pk]
    if today is None or plan.state != WorkPlanState.FILED:
        return PlanLine(plan, [StepLine(step) for step in steps], others)
    reports = (row for row in plan.assignment.reports.all() if row.state in SENT and row.submitted_at is not None)
    sent = sorted(((timezone.localdate(row.submitted_at), row.pk, row) for row in reports), key=lambda found: found[:2])
    return PlanLine(plan, [_against(step, today, sent) for step in steps], others)


def _against(step: WorkStep, today: dt.date, sent: Iterable[tuple[dt.date, int, Report]]) -> StepLine:
    if step.day >= today:
        return StepLine(step)
    return StepLine(step, is_past=True, report=next((row for day, _pk, row in sent if day >= step.day), None))


def on_record(assignment: Assignment) -> list[WorkPlan]:
    """Return the versions that a part has on record, the one in force first."""
    found = [plan for plan in assignment.work_plans.all() if plan.state in RECORDED_WORK_PLAN_STATES]
    return sorted(found, key=lambda plan: plan.number or 0, reverse=True)


def in_force(assignment: Assignment) -> WorkPlan | None:
    """Return the version of a part's plan that is in force."""
    return next((plan for plan in assignment.work_plans.all() if plan.state == WorkPlanState.FILED), None)


@dataclass(frozen=True, slots=True)
class Filed:
    """How many of a task's leads have a plan on record, and which agencies have none."""

    leads: int
    without: list[str]

    @property
    def count(self) -> int:
        """Return how many have one."""
        return self.leads - len(self.without)


def filed(parts: Iterable[Assignment]) -> Filed:
    """Return which of the leads that stand have a plan on record."""
    leads = [part for part in parts if part.is_lead and part.state not in ENDED_ASSIGNMENT_STATES]
    return Filed(len(leads), [part.agency.short_name for part in leads if in_force(part) is None])
