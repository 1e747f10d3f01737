"""The steps every act takes (DESIGN section 3): load and lock what the actor may see, refuse a stale page, move, keep, copy.

Every act on a task locks the task's row first, then the part of it that changes; since all acts do, none deadlocks with
another and two people never act on one task at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed, can_proceed

from agencies.actor import Actor
from agencies.decision import Decision, Denied
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from workflow import notices
from workflow.models import Answer, Assignment, Contribution, Event, Participation, Report, SignOff, Task, WorkPlan
from workflow.states import LIVE_ASSIGNMENT_STATES, SWEPT_STATES, SignOffState
from workflow.timeline import Entry, Verb, record

Row = TypeVar("Row", Task, Assignment, Report, SignOff, Contribution, Answer, WorkPlan)


def lock_task(actor: Actor, task_id: int, *, now: dt.datetime, version: int | None = None) -> Task:
    """Return the task, locked until the transaction ends.

    Args:
        actor: must be able to see it.
        task_id: primary key.
        now: the moment at which sight is judged.
        version: what the actor's page showed; None when the caller has no page.

    Raises:
        NotYours: there is none that the actor may see.
        Conflict: it has changed since.
    """
    visible = Task.objects.all() if actor.is_system else Task.objects.visible_to(actor, now=now)
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer", "plan")
        .filter(pk__in=visible.values("pk"))
        .filter(pk=task_id)
    )
    found = task.first()
    if found is None:
        raise NotYours
    refuse_stale(found, version)
    return found


def lock_tasks(actor: Actor, task_ids: Collection[int], *, now: dt.datetime) -> list[Task]:
    """Return the tasks, locked in the order of their keys, all or none.

    Raises:
        NotYours: one of them cannot be seen by the actor.
    """
    visible = Task.objects.all() if actor.is_system else Task.objects.visible_to(actor, now=now)
    tasks = list(
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer", "plan", "measure")
        .filter(pk__in=visible.filter(pk__in=task_ids).values("pk"))
        .order_by("pk")
    )
    if len(tasks) != len(set(task_ids)):
        raise NotYours
    return tasks


def lock_assignment(actor: Actor, assignment_id: int, *, now: dt.datetime, version: int | None = None) -> Assignment:
    """Return an assignment with its task locked as well; see `lock_task` for arguments and refusals."""
    task_id = Assignment.objects.filter(pk=assignment_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise NotYours
    task = lock_task(actor, task_id, now=now)
    assignment = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=assignment_id)
    assignment.task = task
    refuse_stale(assignment, version)
    return assignment


OfPart = TypeVar("OfPart", Contribution, WorkPlan)


def lock_with_part(model: type[OfPart], actor: Actor, pk: int, *, now: dt.datetime, version: int | None = None) -> OfPart:
    """Return a row that belongs to a part, with the part and its task locked as well; see `lock_task` for arguments and refusals."""
    rows = model._default_manager
    assignment_id = rows.filter(pk=pk).values_list("assignment_id", flat=True).first()
    if assignment_id is None:
        raise NotYours
    assignment = lock_assignment(actor, assignment_id, now=now)
    row = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    row.assignment = assignment
    refuse_stale(row, version)
    return row


def lock_report(actor: Actor, report_id: int, *, now: dt.datetime, version: int | None = None) -> Report:
    """Return a report with its assignment and task locked as well; see `lock_task` for arguments and refusals."""
    assignment_id = Report.objects.filter(pk=report_id).values_list("assignment_id", flat=True).first()
    if assignment_id is None:
        raise NotYours
    assignment = lock_assignment(actor, assignment_id, now=now)
    report = Report.objects.select_for_update(of=("self",), no_key=True).get(pk=report_id)
    report.assignment = assignment
    refuse_stale(report, version)
    return report


def lock_parts(task: Task, states: Collection[str] = LIVE_ASSIGNMENT_STATES) -> list[Assignment]:
    """Return the assignments of a locked task that are in some states, by default the live ones, locked in the order of their keys."""
    parts = task.assignments.select_for_update(of=("self",), no_key=True).select_related("agency").filter(state__in=states).order_by("pk")
    found = list(parts)
    for part in found:
        part.task = task
    return found


def lock_open_sign_off(task: Task) -> SignOff:
    """Return the open closing round of a locked task.

    Raises:
        Conflict: there is none.
    """
    sign_off = (
        SignOff.objects.select_for_update(of=("self",), no_key=True)
        .filter(task=task, state__in=[SignOffState.COLLECTING, SignOffState.UNDER_REVIEW])
        .first()
    )
    if sign_off is None:
        raise Conflict(_("The task has not been put up for sign-off."))
    sign_off.task = task
    return sign_off


def expect(decision: Decision) -> None:
    """Go on when the moment is right.

    Raises:
        Conflict: with the decision's reason and field.
    """
    if isinstance(decision, Denied):
        raise Conflict(decision.reason, decision.field)


def move(row: models.Model, transition: str, **arguments: Any) -> tuple[str, str]:
    """Fire a transition of the row's machine, without saving.

    Returns:
        The states before and after.

    Raises:
        Conflict: the machine does not allow it from the state the row is in.
    """
    method = getattr(row, transition)
    before = str(row.state)  # type: ignore[attr-defined]
    if not can_proceed(method):
        raise Conflict(_("This is not possible any more: it is now “%(state)s”.") % {"state": row.get_state_display()})  # type: ignore[attr-defined]
    try:
        method(**arguments)
    except TransitionNotAllowed as refused:
        raise Conflict(str(refused)) from refused
    return before, str(row.state)  # type: ignore[attr-defined]


def keep(row: Row) -> None:
    """Save a changed row under its next version, copy what the link rows show of it, and have the sweep look at it again."""
    row.version += 1
    if isinstance(row, Assignment):
        row.climbs_anew, row.report_on = True, None
    row.save()
    if isinstance(row, Task):
        copy_task(row)
        Assignment.objects.filter(task=row, state__in=SWEPT_STATES).update(climbs_anew=True, report_on=None)
    elif isinstance(row, Assignment):
        copy_assignment(row)
    elif isinstance(row, Report | Contribution):
        Assignment.objects.filter(pk=row.assignment_id).update(climbs_anew=True)


def copy_task(task: Task) -> None:
    """Write the task's state to its link rows, and its due date to those that have no assignment."""
    Participation.objects.filter(task=task).update(task_state=task.state)
    Participation.objects.filter(task=task, assignment__isnull=True).update(due_on=task.due_on)


def copy_assignment(assignment: Assignment) -> None:
    """Write the assignment's state and due date to its link row."""
    Participation.objects.filter(assignment=assignment).update(assignment_state=assignment.state, due_on=assignment.due_on)


def refuse_stale(row: Task | Assignment | Report | Contribution | Answer | WorkPlan, version: int | None) -> None:
    """Go on when the caller's page shows the row as it is.

    Raises:
        Conflict: it has changed since.
    """
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this since you opened it. Load the page again and look at what has happened."))


def log(actor: Actor, now: dt.datetime, *entries: Entry) -> list[Event]:
    """Append acts to the record and queue what people are told of them."""
    events = record(actor, now, *entries)
    notices.tell(events, now=now)
    return events


def of_part(
    assignment: Assignment, verb: Verb, states: tuple[str, str] = ("", ""), comment: str = "", report: Report | None = None, **data: Any
) -> Entry:
    """Return the entry of an act on one agency's part."""
    return Entry(
        task=assignment.task,
        verb=verb,
        agency=assignment.agency,
        assignment=assignment,
        report=report,
        from_state=states[0],
        to_state=states[1],
        comment=comment,
        data=data,
    )


def of_task(task: Task, verb: Verb, states: tuple[str, str] = ("", ""), comment: str = "", **data: Any) -> Entry:
    """Return the entry of an act of the issuer on the task."""
    return Entry(task=task, verb=verb, agency=task.issuer, from_state=states[0], to_state=states[1], comment=comment, data=data)


def person(actor: Actor) -> int:
    """Return the person who acts.

    Raises:
        Forbidden: the system itself acts, where somebody must answer for it by name.
    """
    if actor.user_id is None:
        raise Forbidden(_("Somebody must do this in person."))
    return actor.user_id


def said(text: str, field: str) -> str:
    """Return a text without the space around it.

    Raises:
        Invalid: it is empty.
    """
    text = text.strip()
    if not text:
        raise Invalid(_("This must be filled in."), field)
    return text
