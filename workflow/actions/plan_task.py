"""Change a task before it goes out: its title, its due date, who is to receive it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, require
from workflow import policy
from workflow.actions.door import keep, lock_task, lock_tasks, log, of_task, refuse_stale, said
from workflow.actions.downwards import expect_downwards
from workflow.actions.draw_up import PlannedReceiver, expect_known
from workflow.actions.roll_up import lock_above
from workflow.models import Participation, Receiver, Task
from workflow.states import Rhythm, TaskState
from workflow.timeline import Verb


@transaction.atomic
def edit_task(
    *,
    actor: Actor,
    task_id: int,
    title: str,
    text: str,
    rhythm: str,
    receivers: Sequence[PlannedReceiver],
    now: dt.datetime,
    version: int | None = None,
) -> Task:
    """Change a task that has not gone out yet; the receivers given replace the planned ones.

    Raises:
        Conflict: it has been dispatched.
        Invalid: an agency or group is named twice, or the rhythm is unknown.
    """
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    _expect_draft(task)
    if rhythm not in Rhythm.values:
        raise Invalid(_("Choose one of the answers."), "rhythm")
    today = timezone.localdate(now)
    expect_known(receivers, today)
    expect_downwards(task.parent_id, task.issuer_id, receivers, today)
    task.title, task.text, task.rhythm = said(title, "title"), text.strip(), rhythm
    unknown = task.receivers.filter(agency__isnull=True, group__isnull=True)
    task.receivers.exclude(pk__in=unknown.values("pk")).delete()
    Receiver.objects.bulk_create(
        Receiver(task=task, agency_id=receiver.agency_id, group_id=receiver.group_id, part=receiver.part, rank=rank)
        for rank, receiver in enumerate(receivers, start=1)
    )
    keep(task)
    log(actor, now, of_task(task, Verb.EDIT))
    return task


@transaction.atomic
def settle_receiver(
    *, actor: Actor, task_id: int, receiver_id: int, agency_id: int | None, now: dt.datetime, version: int | None = None
) -> Task:
    """Say which agency a name that the directory does not know means; without one the receiver is dropped.

    Raises:
        Invalid: the agency is to receive the task already.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    _expect_draft(task)
    receiver = task.receivers.filter(pk=receiver_id).first()
    if receiver is None:
        raise Conflict(_("This receiver has been settled already."))
    if agency_id is None:
        receiver.delete()
    elif not Agency.objects.filter(in_force(timezone.localdate(now)), pk=agency_id).exists():
        raise Invalid(_("The directory does not know this agency today."), "agency_id")
    elif task.receivers.filter(agency_id=agency_id).exclude(pk=receiver_id).exists():
        raise Invalid(_("This agency has a part in this task already."), "agency_id")
    else:
        receiver.agency_id = agency_id
        receiver.save()
    keep(task)
    log(actor, now, of_task(task, Verb.EDIT, name=receiver.name_as_written))
    return task


@transaction.atomic
def set_due(
    *, actor: Actor, task_ids: Collection[int], due_on: dt.date, now: dt.datetime, versions: Mapping[int, int] | None = None
) -> list[Task]:
    """Set the due date of tasks that have not gone out yet, all or none.

    Args:
        actor: coordinates them.
        task_ids: the tasks.
        due_on: the day.
        now: the moment.
        versions: what the actor has seen, by task.

    Raises:
        Conflict: one has been dispatched, or has changed since.
        Invalid: the date has passed.
    """
    if due_on < timezone.localdate(now):
        raise Invalid(_("The due date lies in the past."), "due_on")
    tasks = lock_tasks(actor, task_ids, now=now)
    for task in tasks:
        refuse_stale(task, (versions or {}).get(task.pk))
        require(policy.may_coordinate(actor, task))
        _expect_draft(task)
    return write_due(actor, tasks, due_on, now)


def write_due(actor: Actor, tasks: Sequence[Task], due_on: dt.date, now: dt.datetime) -> list[Task]:
    """Write the due date of drafts that are locked, in a constant number of statements, with an event each."""
    for task in tasks:
        task.due_on = task.first_due_on = due_on
        task.version += 1
    Task.objects.bulk_update(tasks, ["due_on", "first_due_on", "version"])
    Participation.objects.filter(task__in=tasks, assignment__isnull=True).update(due_on=due_on)
    log(actor, now, *(of_task(task, Verb.SET_DUE, due_on=due_on.isoformat()) for task in tasks))
    return list(tasks)


def _expect_draft(task: Task) -> None:
    if task.state != TaskState.DRAFT:
        raise Conflict(_("The task has been dispatched already."))
