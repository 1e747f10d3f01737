"""Change who has a part in a task that is under way: add an agency, withdraw one, let a successor take over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency, Succession
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, require
from workflow import grants, policy, timing
from workflow.actions.clock import last_day_to_hand_back
from workflow.actions.door import expect, keep, lock_assignment, lock_task, log, move, of_part, said
from workflow.actions.downwards import expect_downwards
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.ending import close_requests
from workflow.actions.reports_ahead import open_reports
from workflow.actions.roll_up import count_leads, lock_above, roll_up
from workflow.actions.set_stages import open_stage_reports
from workflow.models import Assignment
from workflow.states import ENDED_ASSIGNMENT_STATES, LIVE_ASSIGNMENT_STATES, Part
from workflow.timeline import Entry, Verb


@transaction.atomic
def add_assignment(
    *,
    actor: Actor,
    task_id: int,
    agency_id: int,
    part: str,
    now: dt.datetime,
    reason: str = "",
    group_id: int | None = None,
    version: int | None = None,
) -> Assignment:
    """Give another agency a part in a task that is under way, by itself or as a member of a group.

    Raises:
        Invalid: the agency has a part already, or in the task above this one, or does not exist today.
    """
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.task_is_live(task))
    if part not in Part.values:
        raise Invalid(_("Choose one of the answers."), "part")
    agency = Agency.objects.filter(in_force(timezone.localdate(now)), pk=agency_id).first()
    if agency is None:
        raise Invalid(_("The directory does not know this agency today."), "agency_id")
    if task.assignments.filter(agency=agency).exclude(state__in=ENDED_ASSIGNMENT_STATES).exists():
        raise Invalid(_("This agency has a part in this task already."), "agency_id")
    expect_downwards(task.parent_id, task.issuer_id, [PlannedReceiver(part, agency_id)], timezone.localdate(now), "agency_id")
    rank = (task.assignments.filter(part=part).aggregate(last=Max("rank"))["last"] or 0) + 1
    row = Assignment.objects.create(
        task=task,
        agency=agency,
        group_id=group_id,
        part=part,
        rank=rank,
        due_on=task.due_on,
        first_due_on=task.due_on,
        assigned_at=now,
        hand_back_until=last_day_to_hand_back(now),
        moved_at=now,
    )
    grants.link_part(row).save()
    open_reports([row], timezone.localdate(now))
    open_stage_reports([row], since=timezone.localdate(now))
    counted = count_leads([task]).get(task.pk, {})
    keep(task)
    log(actor, now, of_part(row, Verb.ASSIGN, ("", row.state), reason.strip(), **counted))
    roll_up(actor, task, now)
    return row


@transaction.atomic
def withdraw_assignment(*, actor: Actor, assignment_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Take a part back from an agency; the last lead cannot be withdrawn, terminate the task instead."""
    lock_above(Assignment.objects.filter(pk=assignment_id).values_list("task_id", flat=True))
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    expect(timing.task_is_live(assignment.task))
    reason = said(reason, "reason")
    others = assignment.task.assignments.filter(part=Part.LEAD).exclude(state__in=ENDED_ASSIGNMENT_STATES).exclude(pk=assignment.pk)
    if assignment.is_lead and not others.exists():
        raise Conflict(_("This is the last lead; add another lead first, or terminate the task."))
    close_requests([assignment], now)
    states = move(assignment, "withdraw", now=now, goes_on=True)
    keep(assignment)
    assignment.participation.delete()
    task = assignment.task
    counted = count_leads([task]).get(task.pk, {})
    if counted:
        keep(task)
    log(
        actor,
        now,
        Entry(
            task=task,
            verb=Verb.WITHDRAW,
            agency=task.issuer,
            assignment=assignment,
            from_state=states[0],
            to_state=states[1],
            comment=reason,
            data=dict(counted),
        ),
    )
    roll_up(actor, task, now)
    return assignment


@transaction.atomic
def succeed(*, actor: Actor, assignment_id: int, successor_id: int, basis: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Let the successor of a reorganised agency take its open part over; closed tasks and old papers keep the old name.

    The part keeps its state, dates, reports and requests: it is the same duty under a new name. The record says who had it.

    Raises:
        Invalid: the directory records no succession between the two, or the successor has a part already.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    if assignment.state not in LIVE_ASSIGNMENT_STATES:
        raise Conflict(_("Nothing is owed here any more: %(state)s.") % {"state": assignment.get_state_display()})
    basis = said(basis, "basis")
    succession = (
        Succession.objects.select_related("successor")
        .filter(predecessor=assignment.agency, successor_id=successor_id, effective_on__lte=timezone.localdate(now))
        .first()
    )
    if succession is None:
        raise Invalid(_("The directory records no such succession."), "successor_id")
    if assignment.task.assignments.filter(agency_id=successor_id).exclude(state__in=ENDED_ASSIGNMENT_STATES).exists():
        raise Invalid(_("This agency has a part in this task already."), "successor_id")
    before = assignment.agency
    assignment.agency = succession.successor
    assignment.officer = None
    keep(assignment)
    assignment.participation.delete()
    grants.link_part(assignment).save()
    log(actor, now, of_part(assignment, Verb.SUCCEED, comment=basis, predecessor=before.name, predecessor_id=before.pk))
    return assignment
