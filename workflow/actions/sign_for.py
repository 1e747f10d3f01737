"""Sign for an assignment 签收."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part
from workflow.actions.plan_days import set_plan_days
from workflow.models import Assignment
from workflow.timeline import Verb


@transaction.atomic
def sign_for(*, actor: Actor, assignment_id: int, now: dt.datetime, version: int | None = None) -> Assignment:
    """Sign for an assignment on behalf of its agency; who signs becomes the officer in charge."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_sign_for(actor, assignment))
    expect(timing.in_hand(assignment))
    states = move(assignment, "sign_for", officer_id=actor.user_id, now=now)
    set_plan_days([assignment], now)
    keep(assignment)
    log(actor, now, of_part(assignment, Verb.SIGN_FOR, states))
    return assignment
