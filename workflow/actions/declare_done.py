"""Declare an agency's part done 报结."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part, said
from workflow.models import Assignment
from workflow.timeline import Verb


@transaction.atomic
def declare_done(*, actor: Actor, assignment_id: int, summary: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Declare the agency's part done, with a summary of the result."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_declare_done(actor, assignment))
    expect(timing.to_declare_done(assignment, now))
    summary = said(summary, "summary")
    states = move(assignment, "declare_done", now=now)
    keep(assignment)
    log(actor, now, of_part(assignment, Verb.DECLARE_DONE, states, summary))
    return assignment
