"""Put a task up for sign-off: the closing round opens and the others are asked to co-sign 会签."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part, said
from workflow.models import CoSignature, SignOff
from workflow.states import AssignmentState
from workflow.timeline import Verb


@transaction.atomic
def request_sign_off(*, actor: Actor, assignment_id: int, summary: str, now: dt.datetime, version: int | None = None) -> SignOff:
    """Open a closing round once the closing rule is met.

    Every other agency with a part that has signed for it is asked to co-sign; where there is none, the round goes straight
    before the coordinator.

    Args:
        actor: reviews for the lead.
        assignment_id: a lead's assignment that has been declared done.
        summary: the result, as the coordinator will read it.
        now: the moment.
        version: of the page.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    task = assignment.task
    require(policy.may_request_sign_off(actor, assignment))
    expect(timing.to_put_up(assignment, now))
    summary = said(summary, "summary")
    states = move(task, "request_sign_off")
    last = task.sign_offs.aggregate(last=Max("round"))["last"] or 0
    row = SignOff.objects.create(task=task, round=last + 1, requested_by_id=actor.user_id, requested_at=now, summary=summary)
    others = task.assignments.filter(state__in=[AssignmentState.ACCEPTED, AssignmentState.DECLARED]).exclude(pk=assignment.pk)
    asked = CoSignature.objects.bulk_create([CoSignature(sign_off=row, assignment=other) for other in others.order_by("part", "rank")])
    if not asked:
        move(row, "submit")
        row.save()
    task.moved_at = now
    keep(task)
    log(actor, now, of_part(assignment, Verb.REQUEST_SIGN_OFF, states, summary, round=row.round, asked=len(asked)))
    return row
