"""Change a task that is under way: its wording 调整内容, its due date 调整期限."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_parts, lock_task, log, of_task, said
from workflow.models import Task
from workflow.timeline import Verb

LONGEST_TITLE = 300


@transaction.atomic
def revise(*, actor: Actor, task_id: int, title: str, text: str, reason: str, now: dt.datetime, version: int | None = None) -> Task:
    """Change what a task under way orders, with the reason; the record keeps the title and the words before.

    Raises:
        Invalid: there is no title, no reason, or nothing would change.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.task_is_live(task))
    title, text, reason = said(title, "title")[:LONGEST_TITLE], text.strip(), said(reason, "reason")
    if (title, text) == (task.title, task.text):
        raise Invalid(_("Nothing would change."), "title")
    was_title, was_text = task.title, task.text
    task.title, task.text = title, text
    keep(task)
    log(actor, now, of_task(task, Verb.REVISE, comment=reason, title_before=was_title, text_before=was_text))
    return task


@transaction.atomic
def move_due(*, actor: Actor, task_id: int, due_on: dt.date, reason: str, now: dt.datetime, version: int | None = None) -> Task:
    """Set another due date for a task under way, with the reason; the first due date is kept.

    Its open parts follow. A part that was granted more time than the new date gives keeps its own date.

    Raises:
        Invalid: the date has passed, or is the present one.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.task_is_live(task))
    reason = said(reason, "reason")
    if due_on < timezone.localdate(now):
        raise Invalid(_("The due date lies in the past."), "due_on")
    before = task.due_on
    if due_on == before:
        raise Invalid(_("This is the due date already."), "due_on")
    task.due_on = due_on
    task.first_due_on = task.first_due_on or due_on
    task.due_version += 1
    parts = lock_parts(task)
    own = [part for part in parts if part.due_on is not None and before is not None and part.due_on > max(before, due_on)]
    for part in parts:
        if part in own or part.due_on == due_on:
            continue
        part.due_on = due_on
        part.first_due_on = part.first_due_on or due_on
        part.due_version += 1
        keep(part)
    keep(task)
    entry = of_task(task, Verb.MOVE_DUE, comment=reason, due_after=due_on.isoformat(), own_dates=len(own))
    if before is not None:
        entry.data["due_before"] = before.isoformat()
    log(actor, now, entry)
    return task
