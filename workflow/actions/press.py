"""Press an agency for action 催办, or remind it 提醒; `batch` does both to many."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, lock_assignment, log, of_part, said
from workflow.models import Assignment
from workflow.timeline import Verb


@transaction.atomic
def press(*, actor: Actor, assignment_id: int, text: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Press an agency for action, in words; its people are told at once."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_press(actor, assignment))
    expect(timing.owes_something(assignment))
    text = said(text, "text")
    by = assignment.task.issuer_id if actor.may("coordinate", assignment.task.issuer_id) else None
    log(actor, now, of_part(assignment, Verb.PRESS, comment=text, by_issuer=by is not None))
    return assignment


@transaction.atomic
def remind(*, actor: Actor, assignment_id: int, now: dt.datetime, text: str = "", version: int | None = None) -> Assignment:
    """Remind an agency of what it owes; it is told with the day's digest, once a day at most."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_press(actor, assignment))
    expect(timing.owes_something(assignment))
    log(actor, now, of_part(assignment, Verb.REMIND, comment=text.strip()))
    return assignment
