"""Rule on a hand-back: uphold the assignment or reroute it 改派; or take it back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, require
from workflow import grants, policy
from workflow.actions.clock import give_back_days_to_write, give_back_time, last_day_to_hand_back
from workflow.actions.door import keep, lock_assignment, log, move, of_part, said
from workflow.actions.downwards import expect_downwards
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.ending import close_requests
from workflow.actions.go_over import go_over
from workflow.actions.reports_ahead import open_reports
from workflow.actions.roll_up import count_leads, lock_above, roll_up
from workflow.actions.set_stages import open_stage_reports
from workflow.models import Assignment, HandBack
from workflow.states import ENDED_ASSIGNMENT_STATES
from workflow.timeline import Entry, Verb


@transaction.atomic
def uphold(*, actor: Actor, assignment_id: int, opinion: str, now: dt.datetime, version: int | None = None) -> HandBack:
    """Rule that the assignment stands with the agency; the days of the dispute are given back to it."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    row = _open_hand_back(assignment)
    require(policy.may_rule(actor, row))
    opinion = said(opinion, "opinion")
    move(row, "uphold", decided_by_id=actor.user_id, opinion=opinion, now=now)
    row.version += 1
    row.save()
    _settle(actor, row, Verb.UPHOLD, opinion, now)
    return row


@transaction.atomic
def withdraw_hand_back(*, actor: Actor, assignment_id: int, now: dt.datetime, version: int | None = None) -> HandBack:
    """Take a hand-back back before it is ruled on."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_hand_back(actor, assignment))
    row = _open_hand_back(assignment)
    move(row, "withdraw", now=now)
    row.version += 1
    row.save()
    _settle(actor, row, Verb.WITHDRAW_HAND_BACK, "", now)
    return row


@transaction.atomic
def reroute(*, actor: Actor, assignment_id: int, agency_id: int, opinion: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Rule that another agency takes the part over; the first one keeps its history and loses sight of the task.

    Returns:
        The new assignment, with the same part, rank and due date; what was owed with it goes over (`go_over`).

    Raises:
        Invalid: the agency has a part already, or in the task above this one, or does not exist today.
    """
    lock_above(Assignment.objects.filter(pk=assignment_id).values_list("task_id", flat=True))
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    row = _open_hand_back(assignment)
    require(policy.may_rule(actor, row))
    opinion = said(opinion, "opinion")
    agency = Agency.objects.filter(in_force(timezone.localdate(now)), pk=agency_id).first()
    if agency is None:
        raise Invalid(_("The directory does not know this agency today."), "agency_id")
    if assignment.task.assignments.filter(agency=agency).exclude(state__in=ENDED_ASSIGNMENT_STATES).exists():
        raise Invalid(_("This agency has a part in this task already."), "agency_id")
    task = assignment.task
    expect_downwards(task.parent_id, task.issuer_id, [PlannedReceiver(assignment.part, agency_id)], timezone.localdate(now), "agency_id")
    move(row, "reroute", rerouted_to_id=agency.pk, decided_by_id=actor.user_id, opinion=opinion, now=now)
    row.version += 1
    row.save()
    close_requests([assignment], now)
    states = move(assignment, "reroute", now=now)
    keep(assignment)
    assignment.participation.delete()
    give_back_time(assignment, row.raised_at, now)
    successor = Assignment.objects.create(
        task=assignment.task,
        agency=agency,
        part=assignment.part,
        rank=assignment.rank,
        due_on=assignment.due_on,
        first_due_on=assignment.first_due_on,
        assigned_at=now,
        hand_back_until=last_day_to_hand_back(now),
        moved_at=now,
    )
    successor.task = assignment.task
    grants.link_part(successor).save()
    gone = go_over([(assignment, successor)], now)[assignment.pk]
    open_reports([successor], timezone.localdate(now))
    open_stage_reports([successor], since=timezone.localdate(now))
    counted = count_leads([task]).get(task.pk, {})
    if counted:
        keep(task)
    ruling = Entry(
        task=task,
        verb=Verb.REROUTE,
        agency=task.issuer,
        assignment=assignment,
        from_state=states[0],
        to_state=states[1],
        comment=opinion,
        data={"to": agency.name} | gone.as_data() | counted,
    )
    log(actor, now, ruling, of_part(successor, Verb.ASSIGN, ("", successor.state)))
    roll_up(actor, task, now)
    return successor


def _open_hand_back(assignment: Assignment) -> HandBack:
    row = HandBack.objects.select_for_update(of=("self",), no_key=True).filter(assignment=assignment, state="raised").first()
    if row is None:
        raise Conflict(_("No hand-back of this assignment is open."))
    row.assignment = assignment
    return row


def _settle(actor: Actor, row: HandBack, verb: Verb, opinion: str, now: dt.datetime) -> None:
    assignment = row.assignment
    states = move(assignment, "settle", now=now)
    given_back = give_back_time(assignment, row.raised_at, now)
    give_back_days_to_write([(assignment, row.raised_at)], now)
    keep(assignment)
    agency = assignment.agency if verb == Verb.WITHDRAW_HAND_BACK else assignment.task.issuer
    log(
        actor,
        now,
        Entry(
            task=assignment.task,
            verb=verb,
            agency=agency,
            assignment=assignment,
            from_state=states[0],
            to_state=states[1],
            comment=opinion,
            data=given_back,
        ),
    )
