"""Suspend, resume, terminate or reopen a task 中止 恢复 终止 回头看."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, require
from workflow import policy
from workflow.actions.clock import give_back_days_to_write, give_back_task_time, give_back_times
from workflow.actions.door import keep, lock_parts, lock_task, log, move, of_part, of_task, said
from workflow.actions.ending import close_requests
from workflow.actions.roll_up import before_completion, is_rolled_up, lock_above, roll_up, set_from_leads
from workflow.models import Assignment, Participation, Suspension, Task
from workflow.states import AssignmentState, Finding
from workflow.timeline import Entry, Verb


@transaction.atomic
def suspend(*, actor: Actor, task_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Task:
    """Stop a task's clock, with the reason."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    reason = said(reason, "reason")
    states = move(task, "suspend")
    Suspension.objects.create(task=task, reason=reason, suspended_by_id=actor.user_id, starts_at=now)
    task.moved_at = now
    keep(task)
    log(actor, now, of_task(task, Verb.SUSPEND, states, reason))
    return task


@transaction.atomic
def resume(*, actor: Actor, task_id: int, now: dt.datetime, version: int | None = None) -> Task:
    """Let a suspended task's clock run on; its due dates move by the working days it stood still."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    states = move(task, "resume")
    stop = Suspension.objects.select_for_update(of=("self",), no_key=True).filter(task=task, ends_at__isnull=True).first()
    if stop is None:
        raise Conflict(_("No suspension of this task is open."))
    stop.ends_at = ended = max(stop.starts_at, now)  # who waited for the one that suspended it may have come before
    stop.save(update_fields=["ends_at"])
    moved = give_back_task_time(task, stop.starts_at, ended)
    parts = lock_parts(task)
    give_back_times(parts, stop.starts_at, ended)
    give_back_days_to_write([(part, stop.starts_at) for part in parts if not _has_declared(part)], ended)
    for part in parts:
        keep(part)
    task.moved_at = now
    keep(task)
    log(actor, now, of_task(task, Verb.RESUME, states, **moved))
    return task


def _has_declared(part: Assignment) -> bool:
    """Tell whether a lead owes nothing at the moment: its days since it declared are given back together, once it is returned to work."""
    return part.is_lead and part.state == AssignmentState.DECLARED


@transaction.atomic
def terminate(*, actor: Actor, task_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Task:
    """End a task undone, with the reason; its open parts are withdrawn, and stay readable in its history."""
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    reason = said(reason, "reason")
    states = move(task, "terminate")
    task.suspensions.filter(ends_at__isnull=True).update(ends_at=Greatest("starts_at", now))
    entries: list[Entry] = [of_task(task, Verb.TERMINATE, states, reason)]
    for sign_off in task.sign_offs.filter(state__in=["collecting", "under_review"]):
        move(sign_off, "withdraw", now=now)
        keep(sign_off)
    parts = lock_parts(task)
    close_requests(parts, now)
    for part in parts:
        entries.append(of_part(part, Verb.WITHDRAW, move(part, "withdraw", now=now, goes_on=False)))
        keep(part)
    task.moved_at = now
    keep(task)
    log(actor, now, *entries)
    roll_up(actor, task, now)
    return task


@transaction.atomic
def reopen(*, actor: Actor, task_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Task:
    """Take a signed-off task up again after a re-check; the confirmed parts are in hand once more, their history kept.

    What was confirmed as done is not: each part falls back to what `before_completion` says, until it reports anew. Where its own
    tasks roll up into it, they say how far it has come, also when that is nothing at all.
    """
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    reason = said(reason, "reason")
    put_up_at = task.sign_offs.order_by("round").values_list("requested_at", flat=True).last() or now
    states = move(task, "reopen")
    task.recheck_items.filter(result=Finding.FAILS, reopened_at__isnull=True).update(reopened_at=now)
    Participation.objects.filter(task=task, assignment__state=AssignmentState.WITHDRAWN).delete()
    task.assignments.filter(state=AssignmentState.WITHDRAWN).update(taken_back=True)
    parts = lock_parts(task, {AssignmentState.CONFIRMED})
    give_back_days_to_write([(part, part.declared_at or put_up_at) for part in parts], now)
    for part in parts:
        move(part, "return_to_work", now=now)
        part.percent, part.reopened_at = before_completion(part), None if is_rolled_up(part) else now
        keep(part)
    before = task.percent
    set_from_leads(task, now)
    log(actor, now, of_task(task, Verb.REOPEN, states, reason, percent_before=before, percent=task.percent))
    roll_up(actor, task, now)
    return task
