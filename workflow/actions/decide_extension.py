"""Grant or refuse more time 延期批复."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy
from workflow.actions.clock import give_back_time
from workflow.actions.door import keep, lock_assignment, lock_parts, log, move, said
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers
from workflow.actions.request_extension import open_extension
from workflow.ladder import Paper
from workflow.models import Assignment, Extension
from workflow.states import LIVE_ASSIGNMENT_STATES
from workflow.timeline import Entry, Verb


@transaction.atomic
def grant_extension(
    *, actor: Actor, assignment_id: int, granted_to: dt.date, opinion: str, now: dt.datetime, version: int | None = None
) -> Extension:
    """Grant more time; the date may differ from the one asked for, the first due date is kept.

    The task is due when the last of its leads is, and its supporters with it.

    Raises:
        Invalid: the date does not lie after the present one.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    row = open_extension(assignment)
    require(policy.may_decide_extension(actor, row))
    if granted_to <= row.due_before:
        raise Invalid(_("The granted date must lie after the present due date."), "granted_to")
    move(row, "grant", granted_to=granted_to, decided_by_id=actor.user_id, opinion=opinion.strip(), now=now)
    row.version += 1
    row.save()
    assignment.due_on = granted_to
    assignment.due_version += 1
    assignment.moved_at = now
    keep(assignment)
    _follow_leads(assignment)
    data = {"due_before": row.due_before.isoformat(), "due_after": granted_to.isoformat(), "asked_for": row.asked_for.isoformat()}
    data["number"] = _reply(row, assignment, now)
    log(actor, now, _entry(assignment, Verb.GRANT_EXTENSION, opinion, data))
    return row


@transaction.atomic
def refuse_extension(*, actor: Actor, assignment_id: int, opinion: str, now: dt.datetime, version: int | None = None) -> Extension:
    """Refuse more time, with the reason; the days the clock stood still are given back."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    row = open_extension(assignment)
    require(policy.may_decide_extension(actor, row))
    opinion = said(opinion, "opinion")
    move(row, "refuse", decided_by_id=actor.user_id, opinion=opinion, now=now)
    row.version += 1
    row.save()
    given_back = give_back_time(assignment, row.requested_at, now)
    keep(assignment)
    log(actor, now, _entry(assignment, Verb.REFUSE_EXTENSION, opinion, given_back | {"number": _reply(row, assignment, now)}))
    return row


def _entry(assignment: Assignment, verb: Verb, opinion: str, data: dict[str, str]) -> Entry:
    return Entry(task=assignment.task, verb=verb, agency=assignment.task.issuer, assignment=assignment, comment=opinion, data=data)


def _reply(row: Extension, assignment: Assignment, now: dt.datetime) -> str:
    """Make the formal reply 延期批复, and return its number."""
    task = assignment.task
    paper = NewPaper(
        key=f"extension:{row.pk}",
        kind=Paper.EXTENSION,
        issuer_id=task.issuer_id,
        task_id=task.pk,
        assignment_id=assignment.pk,
        agency_id=assignment.agency_id,
        addressee=assignment.agency.name,
        matter=Matter(
            task=task.title,
            agency=assignment.agency.name,
            due_on=assignment.due_on,
            granted_to=row.granted_to,
            asked_for=row.asked_for,
            opinion=row.opinion,
        ),
    )
    return make_papers([paper], now)[paper.key].written_number


def _follow_leads(assignment: Assignment) -> None:
    task = assignment.task
    last = task.assignments.filter(part="lead", state__in=LIVE_ASSIGNMENT_STATES).aggregate(last=Max("due_on"))["last"]
    if assignment.is_lead and last is not None and task.due_on is not None and last > task.due_on:
        task.due_on = last
        task.due_version += 1
        keep(task)
        for supporter in lock_parts(task):
            if not supporter.is_lead and supporter.due_on is not None and supporter.due_on < last:
                supporter.due_on = last
                supporter.due_version += 1
                keep(supporter)
