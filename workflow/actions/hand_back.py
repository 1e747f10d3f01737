"""Say "not ours" 退回."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import NotYours, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part, said
from workflow.deadlines import add_working_days
from workflow.models import HandBack
from workflow.timeline import Verb
from workflow.working_days import calendar_in_force


@transaction.atomic
def hand_back(
    *,
    actor: Actor,
    assignment_id: int,
    reason: str,
    legal_basis: str,
    now: dt.datetime,
    suggested_id: int | None = None,
    version: int | None = None,
) -> HandBack:
    """Hand an assignment back with a reason and the legal basis; its clock stops until the ruling.

    Args:
        actor: prepares reports for the agency.
        assignment_id: the assignment.
        reason: why it is not the agency's.
        legal_basis: the rule that says so (三定方案, statute, document).
        now: the moment; at most ten working days after the assignment.
        suggested_id: the agency whose it is, in the actor's view.
        version: of the page.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_hand_back(actor, assignment))
    expect(timing.to_hand_back(assignment, now))
    reason, legal_basis = said(reason, "reason"), said(legal_basis, "legal_basis")
    if suggested_id is not None and not Agency.objects.filter(pk=suggested_id).exists():
        raise NotYours
    states = move(assignment, "hand_back", now=now)
    rule_by = add_working_days(timezone.localdate(now), timing.RULING_WORKING_DAYS, calendar_in_force())
    row = HandBack.objects.create(
        assignment=assignment,
        reason=reason,
        legal_basis=legal_basis,
        suggested_id=suggested_id,
        raised_by_id=actor.user_id,
        raised_at=now,
        rule_by=rule_by,
    )
    keep(assignment)
    log(actor, now, of_part(assignment, Verb.HAND_BACK, states, reason, legal_basis=legal_basis, rule_by=rule_by.isoformat()))
    return row
