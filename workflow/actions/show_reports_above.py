"""Let the level above read the reports of a task that came of its own, or no longer; figures it sees anyhow."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_task, log, of_task
from workflow.actions.set_rules import YES
from workflow.models import Task
from workflow.timeline import Verb


@transaction.atomic
def show_reports_above(*, actor: Actor, task_id: int, shown: str, now: dt.datetime, version: int | None = None) -> Task:
    """Say with yes or no whether those above in the line read the reports of a task, not only its figures."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.to_show_reports_above(task, now))
    task.reports_shown_above = shown == YES
    keep(task)
    log(actor, now, of_task(task, Verb.SHOW_REPORTS_ABOVE, shown=task.reports_shown_above))
    return task
