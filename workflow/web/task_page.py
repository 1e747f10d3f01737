"""The page of a task: what is ordered, by when, who has which part, how far each has come, and what the reader can do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from agencies.actor import Actor
from agencies.middleware import actor_of
from workflow import policy, timing, work_plans
from workflow.collecting import Collected, collected
from workflow.deadlines import Colour, Light, WorkCalendar
from workflow.lights import (
    answer_light,
    assignment_light,
    assignment_progress_light,
    contribution_light,
    plan_light,
    report_light,
    stood_still,
    task_light,
    task_progress_light,
    task_stood_still,
)
from workflow.models import Answer, Assignment, Contribution, Extension, HandBack, Report, Task, WorkPlan
from workflow.owed import is_over
from workflow.states import (
    ENDED_ASSIGNMENT_STATES,
    AssignmentState,
    ContributionState,
    ExtensionState,
    HandBackState,
    ReportState,
    TaskState,
)
from workflow.thresholds import Thresholds, thresholds_in_force
from workflow.web import load
from workflow.web.buttons import Buttons, buttons
from workflow.web.conversation import conversation
from workflow.web.following import follows, note_visit
from workflow.web.timeline import tell
from workflow.working_days import calendar_in_force

SPOKEN_BELOW = frozenset({"comment", "note"})
"""Acts that have their own place on the page."""

WRITTEN_ON_THEIR_PAGE = frozenset({"send_for_review"})
"""Acts of a report that its own page offers, beside the text."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as a task's page lists it."""

    report: Report
    light: Light
    is_over: bool
    is_readable: bool
    buttons: Buttons
    collected: Collected


@dataclass(frozen=True, slots=True)
class ContributionLine:
    """A contribution as its own agency's part lists it."""

    row: Contribution
    light: Light
    is_writable: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a lead owes on an instruction."""

    row: Answer
    light: Light
    buttons: Buttons


@dataclass(frozen=True, slots=True)
class PartLine:
    """An agency's part as a task's page lists it."""

    part: Assignment
    light: Light
    progress: Light
    is_own: bool
    has_ended: bool
    buttons: Buttons
    reports: list[ReportLine]
    contributions: list[ContributionLine]
    plans: list[WorkPlan]
    """The plans of the reader's own agency, the latest first."""
    hand_back: HandBack | None
    extension: Extension | None
    may_decompose: bool
    plan_light: Light | None
    """That of the work plan asked of a lead, while none is on record."""
    stood_still: int
    """Working days for which its clock has stood still, all stops together."""


@dataclass(slots=True)
class GroupLine:
    """The parts of a group's members, rolled up: 17 of 21 signed for."""

    name: str
    lines: list[PartLine] = field(default_factory=list)

    @property
    def signed(self) -> int:
        """Return how many have signed for it."""
        return sum(line.part.signed_at is not None for line in self.lines)

    @property
    def declared(self) -> int:
        """Return how many have declared it done."""
        return sum(line.part.state in {"declared", "confirmed"} for line in self.lines)

    @property
    def overdue(self) -> int:
        """Return how many are overdue."""
        return sum(line.light.colour == Colour.RED for line in self.lines)


@require_GET
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a task to whoever may see it."""
    actor, now = actor_of(request), timezone.now()
    today, calendar, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    task = load.whole_task(actor, pk, now=now)
    lines = [part_line(actor, part, now=now, calendar=calendar, thresholds=thresholds) for part in task.assignments.all()]
    reported = any(line.report.state == ReportState.ACCEPTED for part in lines for line in part.reports)
    timeline, has_older = tell(actor, task, everything="history" in request.GET)
    parent, children = load.family(actor, task, now=now)
    standing = [line for line in lines if not line.has_ended]
    context = {
        "task": task,
        "parent": parent,
        "children": children,
        "light": task_light(task, today, calendar, thresholds),
        "progress": task_progress_light(task, today, reported=reported),
        "reported": reported,
        "buttons": buttons(actor, task, now=now, without=SPOKEN_BELOW),
        "conversation": conversation(actor, task),
        "followed": follows(actor, task_id=task.pk),
        "follow_url": reverse("task-follow", args=[task.pk]),
        "may_edit": task.state == TaskState.DRAFT and bool(policy.may_coordinate(actor, task)),
        "own": [line for line in standing if line.is_own],
        "leads": [line for line in standing if line.part.is_lead and line.part.group_id is None],
        "supporters": [line for line in standing if not line.part.is_lead and line.part.group_id is None],
        "groups": group_lines(standing),
        "ended": [line for line in lines if line.has_ended],
        "counts": counts(standing),
        "open_hand_backs": [line for line in lines if line.hand_back and line.hand_back.state == HandBackState.RAISED],
        "open_extensions": [line for line in lines if line.extension and line.extension.state == ExtensionState.REQUESTED],
        "reports": readable_reports(lines),
        "work_plans": plan_lines(actor, task, today),
        "filed": work_plans.filed(task.assignments.all()),
        "coordinates": bool(policy.may_coordinate(actor, task)),
        "awaited": [line for part in standing for line in part.reports if is_awaited(line)],
        "plan_url": plan_url(task),
        "today": today,
        "own_tasks": load.own_tasks(task, today),
        "answers": answer_lines(actor, task, now=now, calendar=calendar, thresholds=thresholds),
        "sign_offs": list(task.sign_offs.all()),
        "timeline": timeline,
        "has_older": has_older,
        "stood_still": task_stood_still(task, today, calendar),
        "is_provisional": task.due_on is not None and calendar.is_provisional(task.due_on),
    }
    note_visit(actor, task, now=now)
    return render(request, "workflow/task.html", context)


def part_line(actor: Actor, part: Assignment, *, now: dt.datetime, calendar: WorkCalendar, thresholds: Thresholds) -> PartLine:
    """Return an agency's part with its lights, its buttons for the reader and what is asked for it."""
    today = timezone.localdate(now)
    own = part.agency_id in actor.agency_ids
    lines = [
        ReportLine(
            report,
            report_light(report, today, calendar, thresholds),
            is_over(report),
            bool(policy.may_read_report(actor, report)),
            buttons(actor, report, now=now, without=WRITTEN_ON_THEIR_PAGE),
            collected(report),
        )
        for report in part.reports.all()
    ]
    reported = any(line.report.state == ReportState.ACCEPTED for line in lines)
    return PartLine(
        part=part,
        light=assignment_light(part, today, calendar, thresholds),
        progress=assignment_progress_light(part, today, reported=reported),
        is_own=own,
        has_ended=part.state in ENDED_ASSIGNMENT_STATES,
        buttons=Buttons() if part.state in ENDED_ASSIGNMENT_STATES else buttons(actor, part, now=now),
        reports=lines,
        contributions=[contribution_line(actor, row, today, calendar, thresholds) for row in part.contributions.all()] if own else [],
        plans=list(part.work_plans.all()) if own else [],
        hand_back=timing.open_hand_back(part) or next(iter(part.hand_backs.all()), None),
        extension=timing.open_extension(part) or next(iter(part.extensions.all()), None),
        may_decompose=actor.may("coordinate", part.agency_id) and part.state == AssignmentState.ACCEPTED and bool(timing.in_hand(part)),
        plan_light=plan_light(part, today, calendar, thresholds),
        stood_still=stood_still(part, today, calendar),
    )


def is_awaited(line: ReportLine) -> bool:
    """Tell whether a report is still to come, for somebody who does not read what its agency has written so far."""
    return not line.is_readable and not line.is_over and line.report.state != ReportState.WAIVED


def contribution_line(actor: Actor, row: Contribution, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> ContributionLine:
    """Return a contribution with its light."""
    open_states = {ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED}
    light = contribution_light(row, today, calendar, thresholds)
    over = is_over(row)
    return ContributionLine(row, light, row.state in open_states and not over and bool(policy.may_contribute(actor, row)), over)


def answer_lines(actor: Actor, task: Task, *, now: dt.datetime, calendar: WorkCalendar, thresholds: Thresholds) -> list[AnswerLine]:
    """Return what the leads owe on instructions, with its light and what the reader can do."""
    rows = [load.place(task, instruction, row) for instruction in task.instructions.all() for row in instruction.answers.all()]
    today = timezone.localdate(now)
    return [AnswerLine(row, answer_light(row, today, calendar, thresholds), buttons(actor, row, now=now)) for row in rows]


def readable_reports(lines: Iterable[PartLine]) -> list[ReportLine]:
    """Return the reports that say something to the reader, the latest first."""
    found = (
        line
        for part in lines
        for line in part.reports
        if line.is_readable and line.report.state not in {ReportState.DUE, ReportState.WAIVED}
    )
    return sorted(found, key=lambda line: (line.report.period_end, line.report.pk), reverse=True)


def plan_lines(actor: Actor, task: Task, today: dt.date) -> list[work_plans.PlanLine]:
    """Return the plans that leads have in force, as far as the reader may read them, those of parts that have ended last."""
    plans = [plan for part in task.assignments.all() if (plan := work_plans.in_force(part)) and policy.may_read_work_plan(actor, plan)]
    plans.sort(key=lambda plan: plan.assignment.state in ENDED_ASSIGNMENT_STATES)
    return [work_plans.line_of(plan, today) for plan in plans]


def plan_url(task: Task) -> str:
    """Return where the task's plan is shown, empty while there is no such page."""
    if task.plan_id is None:
        return ""
    try:
        return reverse("plan", args=[task.plan_id])
    except NoReverseMatch:
        return ""


def group_lines(lines: Iterable[PartLine]) -> list[GroupLine]:
    """Return the parts that agencies have as members of a group, by group."""
    groups: dict[int, GroupLine] = {}
    for line in lines:
        if line.part.group is not None:
            groups.setdefault(line.part.group.pk, GroupLine(line.part.group.name)).lines.append(line)
    return list(groups.values())


def counts(lines: list[PartLine]) -> dict[str, int]:
    """Return how many agencies there are, have signed for it, have declared it done and are overdue."""
    states = Counter(line.part.state for line in lines)
    return {
        "all": len(lines),
        "signed": sum(line.part.signed_at is not None for line in lines),
        "declared": states["declared"] + states["confirmed"],
        "overdue": sum(line.light.colour == Colour.RED for line in lines),
    }
