"""Answer an instruction 批示办理: each lead owes an answer by a day; the leader or the coordinator closes it or asks for more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.refusals import NotYours, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, of_part, refuse_stale, said
from workflow.models import Answer
from workflow.timeline import Entry, Verb


def lock_answer(actor: Actor, answer_id: int, *, now: dt.datetime, version: int | None = None) -> Answer:
    """Return an answer with its part and task locked as well; see `door.lock_task` for arguments and refusals."""
    assignment_id = Answer.objects.filter(pk=answer_id).values_list("assignment_id", flat=True).first()
    if assignment_id is None:
        raise NotYours
    assignment = lock_assignment(actor, assignment_id, now=now)
    row = Answer.objects.select_for_update(of=("self",), no_key=True).select_related("instruction").get(pk=answer_id)
    row.assignment = assignment
    row.instruction.task = assignment.task
    refuse_stale(row, version)
    return row


@transaction.atomic
def give_answer(*, actor: Actor, answer_id: int, text: str, now: dt.datetime, version: int | None = None) -> Answer:
    """Answer for one's agency; it leaves the agency, so it is the reviewer's to give."""
    row = lock_answer(actor, answer_id, now=now, version=version)
    require(policy.may_answer(actor, row))
    expect(timing.to_answer(row, now))
    text = said(text, "text")
    states = move(row, "give", text=text, given_by_id=actor.user_id, now=now, is_late=timezone.localdate(now) > row.due_on)
    keep(row)
    part = row.assignment
    part.moved_at = now
    keep(part)
    log(actor, now, _entry(row, Verb.GIVE_ANSWER, states, text))
    return row


@transaction.atomic
def close_answer(*, actor: Actor, answer_id: int, now: dt.datetime, version: int | None = None) -> Answer:
    """Take an answer as the end of the duty."""
    row = lock_answer(actor, answer_id, now=now, version=version)
    require(policy.may_close_answer(actor, row))
    states = move(row, "close", judged_by_id=actor.user_id, now=now)
    keep(row)
    log(actor, now, _judged(row, Verb.CLOSE_ANSWER, states, ""))
    return row


@transaction.atomic
def return_answer(*, actor: Actor, answer_id: int, remark: str, now: dt.datetime, version: int | None = None) -> Answer:
    """Ask for more, and say what."""
    row = lock_answer(actor, answer_id, now=now, version=version)
    require(policy.may_close_answer(actor, row))
    expect(timing.to_answer(row, now))
    remark = said(remark, "remark")
    states = move(row, "return_for_more", remark=remark)
    keep(row)
    log(actor, now, _judged(row, Verb.RETURN_ANSWER, states, remark))
    return row


def _entry(row: Answer, verb: Verb, states: tuple[str, str], comment: str) -> Entry:
    return of_part(row.assignment, verb, states, comment, answer=row.pk, instruction=row.instruction_id, answer_by=row.due_on.isoformat())


def _judged(row: Answer, verb: Verb, states: tuple[str, str], comment: str) -> Entry:
    """Return the entry of what is said of an answer, in the name of the issuer: by its coordinator, or by the leader who asked."""
    return replace(_entry(row, verb, states, comment), agency=row.assignment.task.issuer)
