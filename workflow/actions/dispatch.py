"""Dispatch tasks 交办: groups expand, every agency gets its assignment and its first report to come."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.listing import said_of
from agencies.models import Agency, AgencyGroup
from agencies.refusals import Conflict, require
from workflow import grants, policy, routing, timing
from workflow.actions.clock import last_day_to_hand_back
from workflow.actions.door import lock_tasks, log, move, of_part, of_task, refuse_stale
from workflow.actions.downwards import downwards
from workflow.actions.owe_answers import owe_what_was_written_before
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers
from workflow.actions.reports_ahead import open_reports
from workflow.actions.roll_up import lock_above, roll_up
from workflow.actions.set_stages import open_stage_reports
from workflow.ladder import Paper
from workflow.models import Assignment, Participation, Receiver, Task
from workflow.routing import Planned, Routed
from workflow.timeline import Verb


@transaction.atomic
def dispatch(*, actor: Actor, task_ids: Collection[int], now: dt.datetime, versions: Mapping[int, int] | None = None) -> list[Task]:
    """Dispatch tasks, all or none; the number of statements does not grow with their number.

    Args:
        actor: coordinates them.
        task_ids: the tasks.
        now: the moment.
        versions: what the actor has seen, by task.

    Raises:
        Conflict: one cannot go out, the reason names it; or it has changed since.
    """
    lock_above(task_ids)
    tasks = lock_tasks(actor, task_ids, now=now)
    for task in tasks:
        refuse_stale(task, (versions or {}).get(task.pk))
        require(policy.may_coordinate(actor, task))
    receivers = receivers_of(tasks)
    ready = to_go_out(tasks, receivers, now)
    until = last_day_to_hand_back(now)
    assignments: list[Assignment] = []
    gone_out: list[tuple[Task, tuple[str, str], int]] = []
    for task, routed in preview(tasks, receivers, now).items():
        _expect_ready(task, ready[task.pk])
        states = move(task, "dispatch", now=now)
        task.version += 1
        parts = [
            Assignment(
                task=task,
                agency_id=part.agency_id,
                group_id=part.group_id,
                part=part.part,
                rank=part.rank,
                due_on=task.due_on,
                first_due_on=task.due_on,
                assigned_at=now,
                hand_back_until=until,
                moved_at=now,
            )
            for part in routed
        ]
        assignments.extend(parts)
        gone_out.append((task, states, len(parts)))
    Task.objects.bulk_update(tasks, ["state", "dispatched_at", "moved_at", "version"])
    Participation.objects.filter(task__in=tasks).update(task_state="dispatched")
    Assignment.objects.bulk_create(assignments)
    agencies = Agency.objects.in_bulk({part.agency_id for part in assignments})
    for part in assignments:
        part.agency = agencies[part.agency_id]
    Participation.objects.bulk_create(grants.link_part(part) for part in assignments)
    open_reports(assignments, timezone.localdate(now))
    open_stage_reports(assignments)
    _supervise(tasks, assignments, now)
    asked = owe_what_was_written_before(assignments, now)
    entries = [of_task(task, Verb.DISPATCH, states, receivers=count, **_by(asked.get(task.pk))) for task, states, count in gone_out]
    log(actor, now, *entries, *(of_part(part, Verb.ASSIGN, ("", part.state)) for part in assignments))
    for task in {(task.parent_id, task.issuer_id): task for task in tasks}.values():  # those of one part change it together
        roll_up(actor, task, now)
    return tasks


def _by(day: dt.date | None) -> dict[str, str]:
    """Return until when instructions are to be answered, for the record."""
    return {} if day is None else {"answer_by": day.isoformat()}


def lock_to_dispatch(actor: Actor, task_ids: Collection[int], *, now: dt.datetime) -> list[Task]:
    """Return the tasks, locked as `dispatch` locks them: those above first; see `door.lock_tasks` for the refusal."""
    lock_above(task_ids)
    return lock_tasks(actor, task_ids, now=now)


def _supervise(tasks: Sequence[Task], assignments: Sequence[Assignment], now: dt.datetime) -> None:
    """Make the notice of supervision 督办通知单 of each task: to its leads, copied to its supporters."""
    named: dict[tuple[int, bool], list[str]] = defaultdict(list)
    for part in assignments:
        named[part.task_id, part.is_lead].append(part.agency.name)
    make_papers(
        [
            NewPaper(
                key=f"dispatch:{task.pk}",
                kind=Paper.SUPERVISION,
                issuer_id=task.issuer_id,
                task_id=task.pk,
                addressee="、".join(named[task.pk, True]),
                copied_to="、".join(named[task.pk, False]),
                matter=Matter(task=task.title, agency="", due_on=task.due_on, text=task.text),
            )
            for task in tasks
        ],
        now,
    )


def preview(tasks: Sequence[Task], receivers: Mapping[int, Sequence[Receiver]], now: dt.datetime) -> dict[Task, list[Routed]]:
    """Return who would receive each task on a day, groups expanded: the list shown before dispatch is confirmed."""
    group_ids = {receiver.group_id for rows in receivers.values() for receiver in rows if receiver.group_id is not None}
    today = timezone.localdate(now)
    members = {
        group.pk: list(group.members_on(today).values_list("pk", flat=True)) for group in AgencyGroup.objects.filter(pk__in=group_ids)
    }
    return {task: routing.route([Planned(row.agency_id, row.group_id, row.part) for row in receivers[task.pk]], members) for task in tasks}


def receivers_of(tasks: Sequence[Task]) -> dict[int, list[Receiver]]:
    """Return the planned receivers by task id, leads first, in one query."""
    found: dict[int, list[Receiver]] = {task.pk: [] for task in tasks}
    rows = Receiver.objects.filter(task__in=tasks).select_related("agency", "group").order_by("task_id", "part", "rank", "pk")
    for row in rows:
        found[row.task_id].append(row)
    return found


def to_go_out(tasks: Sequence[Task], receivers: Mapping[int, Sequence[Receiver]], now: dt.datetime) -> dict[int, Decision]:
    """Answer for each task whether it can go out today: it is ready, and one that comes of a part in another goes down, not sideways."""
    routes = preview([task for task in tasks if task.parent_id is not None], receivers, now)
    down = downwards(list(routes), {task.pk: [part.agency_id for part in routed] for task, routed in routes.items()})
    return {task.pk: timing.to_dispatch(task, receivers[task.pk], now) and down.get(task.pk, Allowed()) for task in tasks}


def _expect_ready(task: Task, decision: Decision) -> None:
    if isinstance(decision, Denied):
        raise Conflict(said_of(task, decision.reason))
