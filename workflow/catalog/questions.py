"""Questions as the catalog asks them: policy and timing know rows that wait, the button stands on the task, the part, the report."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from workflow import policy, timing
from workflow.actions.dispatch import to_go_out
from workflow.models import Assignment, Contribution, Report, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, TaskState


def rule(actor: Actor, assignment: Assignment) -> Decision:
    """Answer whether the actor may rule on the open hand-back."""
    row = timing.open_hand_back(assignment)
    if row is not None:
        row.assignment = assignment
        return policy.may_rule(actor, row)
    return policy.may_coordinate(actor, assignment.task)


def decide_extension(actor: Actor, assignment: Assignment) -> Decision:
    """Answer whether the actor may decide the open request for more time."""
    row = timing.open_extension(assignment)
    if row is not None:
        row.assignment = assignment
        return policy.may_decide_extension(actor, row)
    return policy.may_coordinate(actor, assignment.task)


def decide_sign_off(actor: Actor, task: Task) -> Decision:
    """Answer whether the actor may decide the open closing round."""
    row = timing.open_sign_off(task)
    if row is not None:
        row.task = task
        return policy.may_decide_sign_off(actor, row)
    return policy.may_coordinate(actor, task)


def coordinate(actor: Actor, assignment: Assignment) -> Decision:
    """Answer whether the actor coordinates the part's task."""
    return policy.may_coordinate(actor, assignment.task)


def ask_for_report(actor: Actor, assignment: Assignment) -> Decision:
    """Answer whether the actor may open a report out of turn."""
    return policy.may_coordinate(actor, assignment.task) or policy.may_begin_report(actor, assignment)


def has_open_extension(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether a request for more time waits."""
    return Allowed() if timing.open_extension(assignment) else Denied(_("No request for more time is open."))


def has_open_hand_back(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether a hand-back waits."""
    return Allowed() if timing.open_hand_back(assignment) else Denied(_("No hand-back of this assignment is open."))


def in_hand(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether the part is to be signed for or in hand, in a task under way."""
    return timing.in_hand(assignment)


def asked_to_co_sign(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether the agency is being asked to co-sign."""
    return Allowed() if timing.open_co_signature(assignment) else Denied(_("Your agency is not being asked to co-sign."))


def pressable(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether the agency still owes something."""
    return timing.owes_something(assignment)


def dispatchable(task: Task, now: dt.datetime) -> Decision:
    """Answer whether the task can go out."""
    return to_go_out([task], {task.pk: list(task.receivers.all())}, now)[task.pk]


def is_draft(task: Task, now: dt.datetime) -> Decision:
    """Answer whether the task has not gone out yet."""
    return Allowed() if task.state == TaskState.DRAFT else Denied(_("The task has been dispatched already."))


def is_live(task: Task, now: dt.datetime) -> Decision:
    """Answer whether the task is under way."""
    return timing.task_is_live(task)


def in_live_task(contribution: Contribution, now: dt.datetime) -> Decision:
    """Answer whether the contribution's task is under way."""
    return timing.task_is_live(contribution.assignment.task)


def submittable(report: Report, now: dt.datetime) -> Decision:
    """Answer whether the report's task is under way."""
    return timing.stands_alone(report) and timing.task_is_live(report.assignment.task)


def alone(report: Report, now: dt.datetime) -> Decision:
    """Answer whether the report is not written together with one of another task."""
    return timing.stands_alone(report)


def succeedable(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether the agency has been succeeded and still owes something."""
    if assignment.agency.ends_on is None or assignment.agency.ends_on >= timezone.localdate(now):
        return Denied(_("The agency has not been succeeded by another."))
    return pressable(assignment, now)


def withdrawable(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether the part can be taken back: the task is under way, and somebody else leads it."""
    others = [part for part in assignment.task.assignments.all() if part.is_lead and part.pk != assignment.pk]
    if assignment.is_lead and not any(part.state not in ENDED_ASSIGNMENT_STATES for part in others):
        return Denied(_("This is the last lead; add another lead first, or terminate the task."))
    return timing.task_is_live(assignment.task)
