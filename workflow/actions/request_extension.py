"""Ask for more time 延期申请; or take the request back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import policy, timing
from workflow.actions.clock import give_back_time
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part, said
from workflow.models import Assignment, Extension
from workflow.timeline import Verb


@transaction.atomic
def request_extension(
    *, actor: Actor, assignment_id: int, asked_for: dt.date, reason: str, now: dt.datetime, version: int | None = None
) -> Extension:
    """Ask for more time before the due date; the clock stops until the decision.

    Raises:
        Invalid: the date asked for does not lie after the present one.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_request_extension(actor, assignment))
    expect(timing.to_request_extension(assignment, now))
    reason = said(reason, "reason")
    due_on = assignment.due_on
    if due_on is None or asked_for <= due_on:
        raise Invalid(_("The date asked for must lie after the present due date."), "asked_for")
    row = Extension.objects.create(
        assignment=assignment,
        due_before=due_on,
        asked_for=asked_for,
        reason=reason,
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    assignment.moved_at = now
    keep(assignment)
    log(
        actor,
        now,
        of_part(assignment, Verb.REQUEST_EXTENSION, comment=reason, due_on=due_on.isoformat(), asked_for=asked_for.isoformat()),
    )
    return row


@transaction.atomic
def withdraw_extension(*, actor: Actor, assignment_id: int, now: dt.datetime, version: int | None = None) -> Extension:
    """Take a request for more time back before it is decided; the clock runs on, the days it stood still given back."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_request_extension(actor, assignment))
    row = open_extension(assignment)
    move(row, "withdraw", now=now)
    row.version += 1
    row.save()
    given_back = give_back_time(assignment, row.requested_at, now)
    keep(assignment)
    log(actor, now, of_part(assignment, Verb.WITHDRAW_EXTENSION, **given_back))
    return row


def open_extension(assignment: Assignment) -> Extension:
    """Return the open request of a locked assignment, locked too.

    Raises:
        Conflict: there is none.
    """
    row = Extension.objects.select_for_update(of=("self",), no_key=True).filter(assignment=assignment, state="requested").first()
    if row is None:
        raise Conflict(_("No request for more time is open."))
    row.assignment = assignment
    return row
