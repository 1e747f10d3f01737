"""Decide on a closing round: put it forward, sign the task off 销号, return it, or take it back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.clock import give_back_days_to_write
from workflow.actions.door import (
    expect,
    keep,
    lock_assignment,
    lock_open_sign_off,
    lock_parts,
    lock_task,
    log,
    move,
    of_part,
    of_task,
    said,
)
from workflow.actions.ending import close_requests
from workflow.actions.roll_up import lock_above, roll_up
from workflow.models import Assignment, SignOff, Task
from workflow.states import AssignmentState
from workflow.timeline import Entry, Verb


@transaction.atomic
def submit_sign_off(*, actor: Actor, task_id: int, now: dt.datetime, version: int | None = None) -> SignOff:
    """Put a round before the coordinator without waiting for the co-signatures still missing; they stay named as missing."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.to_submit_sign_off(task, now))
    sign_off = lock_open_sign_off(task)
    states = move(sign_off, "submit")
    keep(sign_off)
    waiting = list(sign_off.co_signatures.filter(verdict="waiting").values_list("assignment__agency__name", flat=True))
    log(actor, now, of_task(task, Verb.SUBMIT_SIGN_OFF, states, round=sign_off.round, waiting=waiting))
    return sign_off


@transaction.atomic
def sign_off(*, actor: Actor, task_id: int, opinion: str, now: dt.datetime, version: int | None = None) -> Task:
    """Sign a task off: it closes, every part in hand or declared is confirmed, a part never signed for is withdrawn."""
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.to_decide_sign_off(task, now))
    row = lock_open_sign_off(task)
    require(policy.may_decide_sign_off(actor, row))
    move(row, "approve", decided_by_id=actor.user_id, opinion=opinion.strip(), now=now)
    keep(row)
    states = move(task, "sign_off", now=now)
    task.moved_at = now
    entries = [of_task(task, Verb.SIGN_OFF, states, opinion.strip(), round=row.round)]
    parts = lock_parts(task)
    close_requests(parts, now)
    entries.extend(_end(part, now) for part in parts)
    keep(task)
    log(actor, now, *entries)
    roll_up(actor, task, now)
    return task


@transaction.atomic
def return_sign_off(*, actor: Actor, task_id: int, opinion: str, now: dt.datetime, version: int | None = None) -> Task:
    """Return a task to its leads, with what is missing; everybody who declared their part done takes it up again."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    row = lock_open_sign_off(task)
    require(policy.may_decide_sign_off(actor, row))
    opinion = said(opinion, "opinion")
    move(row, "return_to_leads", decided_by_id=actor.user_id, opinion=opinion, now=now)
    keep(row)
    _back_to_work(task, row, now)
    log(actor, now, of_task(task, Verb.RETURN_SIGN_OFF, ("closing", task.state), opinion, round=row.round))
    return task


@transaction.atomic
def withdraw_sign_off(*, actor: Actor, assignment_id: int, now: dt.datetime, version: int | None = None) -> Task:
    """Take a closing round back: a lead has found that more is to be done."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_request_sign_off(actor, assignment))
    expect(timing.to_withdraw_sign_off(assignment, now))
    row = lock_open_sign_off(assignment.task)
    move(row, "withdraw", now=now)
    keep(row)
    _back_to_work(assignment.task, row, now)
    log(actor, now, of_part(assignment, Verb.WITHDRAW_SIGN_OFF, ("closing", assignment.task.state), round=row.round))
    return assignment.task


def _end(part: Assignment, now: dt.datetime) -> Entry:
    """Confirm a part that was in hand, withdraw one that never was; late stays late."""
    if part.due_on is not None and timezone.localdate(part.declared_at or now) > part.due_on:
        part.was_overdue = True
    if part.state in {AssignmentState.PENDING, AssignmentState.DISPUTED}:
        states = move(part, "withdraw", now=now, goes_on=False)
        keep(part)
        return of_part(part, Verb.WITHDRAW, states)
    states = move(part, "confirm", now=now)
    keep(part)
    return of_part(part, Verb.CONFIRM, states)


def _back_to_work(task: Task, row: SignOff, now: dt.datetime) -> None:
    move(task, "return_to_work")
    task.moved_at = now
    parts = lock_parts(task)
    give_back_days_to_write([(part, part.declared_at or row.requested_at) for part in parts], now)
    for part in parts:
        if part.state == AssignmentState.DECLARED:
            move(part, "return_to_work", now=now)
            keep(part)
    keep(task)
