"""Progress rolls up 进度汇总: an agency that decomposes its part into tasks of its own shows, in that part, how far these have come.

The rule stands on the task above (`Task.roll_up`): the mean of the agency's own tasks, the share of them signed off, or nothing but
what its accepted reports say. Drafts and terminated tasks do not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any

from django.db.models import Avg, Count, Max, Q

from agencies.actor import Actor
from workflow.actions.door import keep, log, of_part
from workflow.models import Assignment, Event, Report, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, LIVE_ASSIGNMENT_STATES, Part, ReportState, RollUp, TaskState
from workflow.timeline import Entry, Verb

DONE = 100
"""Percent of what is done."""

UNCOUNTED = (TaskState.DRAFT, TaskState.TERMINATED)
"""States in which a task does not count for the one above it."""


def lock_above(task_ids: Collection[int]) -> None:
    """Lock the tasks above some tasks, and these, in the order of their keys, before an act on them that changes progress.

    Every act locks tasks in that order, and a task is always newer than the one above it, so that none deadlocks with another.
    """
    above: set[int] = set()
    level = set(task_ids)
    while level:
        parents = Task.objects.filter(pk__in=level, parent__isnull=False).values_list("parent_id", flat=True)
        level = {pk for pk in parents if pk is not None} - above
        above |= level
    if above:
        list(
            Task.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=above | set(task_ids))
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def own_tasks(part: Assignment) -> Q:
    """Return the condition of the tasks into which an agency has decomposed its part."""
    return Q(parent_id=part.task_id, issuer_id=part.agency_id)


def is_rolled_up(part: Assignment) -> bool:
    """Tell whether the progress of a part comes from the agency's own tasks."""
    if part.task.roll_up == RollUp.REPORTS:
        return False
    return Task.objects.filter(own_tasks(part)).exclude(state__in=UNCOUNTED).exists()


def roll_up(actor: Actor, task: Task, now: dt.datetime) -> None:
    """Write what a changed task means for the part it came of, and so on upwards; `lock_above` has been called before."""
    while task.parent_id is not None:
        above = Task.objects.select_related("issuer", "plan").get(pk=task.parent_id)
        part = (
            Assignment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("agency")
            .filter(task=above, agency_id=task.issuer_id, state__in=LIVE_ASSIGNMENT_STATES)
            .first()
        )
        if part is None:
            return
        part.task = above
        if not is_rolled_up(part):
            return
        percent = _percent(part)
        if percent == part.percent:
            return
        before, part.percent, part.moved_at, part.reopened_at = part.percent, percent, now, None
        keep(part)
        log(actor, now, of_part(part, Verb.ROLL_UP, rule=above.roll_up, percent_before=before, percent=percent))
        if not part.is_lead:
            return
        set_from_leads(above, now)
        task = above


def before_completion(part: Assignment) -> int:
    """Return how far a part had come before it was taken for done.

    That is what its own tasks say where they roll up into it, else the last accepted report that said less than 100 %; 0 where there is
    none: how far it has come is then not known.
    """
    if is_rolled_up(part):
        return _percent(part)
    said = part.reports.filter(state=ReportState.ACCEPTED, percent__lt=DONE).order_by("-period_end", "-pk")
    return said.values_list("percent", flat=True).first() or 0


def set_from_leads(task: Task, now: dt.datetime) -> None:
    """Write the progress of a task: the mean of its leads'."""
    leads = task.assignments.filter(part=Part.LEAD).exclude(state__in=ENDED_ASSIGNMENT_STATES)
    task.percent, task.moved_at = round(leads.aggregate(mean=Avg("percent"))["mean"] or 0), now
    keep(task)


def count_leads(tasks: Collection[Task]) -> dict[int, dict[str, Any]]:
    """Set the progress of tasks anew after their leads have changed, in one query; the caller saves them and calls `roll_up`.

    Returns:
        By task, the details for the record; nothing for a task whose progress stays.
    """
    leads = Assignment.objects.filter(task__in=tasks, part=Part.LEAD).exclude(state__in=ENDED_ASSIGNMENT_STATES)
    means = dict(leads.order_by().values_list("task_id").annotate(mean=Avg("percent")))
    changed = {}
    for task in tasks:
        before, task.percent = task.percent, round(means.get(task.pk) or 0)
        if task.percent != before:
            changed[task.pk] = {"task_percent_before": before, "task_percent": task.percent}
    return changed


def recount(tasks: Collection[Task]) -> list[Entry]:
    """Bring the parts that agencies have decomposed under the rules that stand on their tasks now; `lock_above` has been called before.

    The number of statements does not grow with the tasks. Their own progress is set from their leads; the caller saves it, logs the
    entries and calls `roll_up`.
    """
    own = Task.objects.filter(parent__in=tasks).exclude(state__in=UNCOUNTED).order_by().values("parent_id", "issuer_id").annotate(**_SUMS)
    sums = {(row["parent_id"], row["issuer_id"]): row for row in own}
    rules = {task.pk: task for task in tasks}
    live = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("agency")
    rows = live.filter(task__in=tasks, agency__in={agency for _task, agency in sums}, state__in=LIVE_ASSIGNMENT_STATES).order_by("pk")
    parts = [part for part in rows if (part.task_id, part.agency_id) in sums]
    reported = _last_reported([part for part in parts if rules[part.task_id].roll_up == RollUp.REPORTS])
    changed, entries = [], []
    for part in parts:
        part.task = rules[part.task_id]
        rule, before, known = part.task.roll_up, part.percent, part.reopened_at
        if rule == RollUp.REPORTS:
            part.percent, part.reopened_at = reported[part.pk]
        else:  # its own tasks say how far it has come, also when that is nothing
            part.percent, part.reopened_at = _by_rule(rule, sums[part.task_id, part.agency_id]), None
        if (part.percent, part.reopened_at) != (before, known):
            part.version, part.climbs_anew = part.version + 1, True
            changed.append(part)
        if part.percent != before:
            entries.append(of_part(part, Verb.ROLL_UP, rule=rule, percent_before=before, percent=part.percent))
    Assignment.objects.bulk_update(changed, ["percent", "reopened_at", "version", "climbs_anew"], batch_size=500)
    count_leads(list({part.task_id: part.task for part in changed if part.is_lead}.values()))
    return entries


def _last_reported(parts: Iterable[Assignment]) -> dict[int, tuple[int, dt.datetime | None]]:
    """Return what the last accepted report of each part said, and when the part was reopened if it has not reported anew since.

    Of what was reported before a task was reopened, only what said less than 100 % counts; see `before_completion`.
    """
    by_key = {part.pk: part for part in parts}
    reopenings = Event.objects.filter(task__in={part.task_id for part in by_key.values()}, verb=Verb.REOPEN).order_by()
    reopened: dict[int, dt.datetime] = dict(reopenings.values_list("task_id").annotate(last=Max("at")))
    found: dict[int, tuple[int, dt.datetime | None]] = {pk: (0, reopened.get(part.task_id)) for pk, part in by_key.items()}
    said = Report.objects.filter(assignment__in=by_key, state=ReportState.ACCEPTED, percent__isnull=False).order_by("period_end", "pk")
    rows = []
    for pk, percent, at in said.values_list("assignment_id", "percent", "submitted_at"):
        last = reopened.get(by_key[pk].task_id)
        rows.append((last is None or (at is not None and at > last), pk, percent or 0, last))
    for anew, pk, percent, last in sorted(rows, key=itemgetter(0)):  # what was reported anew counts before anything older
        if anew or percent < DONE:
            found[pk] = (percent, None if anew else last)
    return found


_SUMS = {"mean": Avg("percent"), "all": Count("pk"), "closed": Count("pk", filter=Q(state=TaskState.CLOSED))}


def _percent(part: Assignment) -> int:
    return _by_rule(part.task.roll_up, Task.objects.filter(own_tasks(part)).exclude(state__in=UNCOUNTED).aggregate(**_SUMS))


def _by_rule(rule: str, found: Mapping[str, Any]) -> int:
    if rule == RollUp.CLOSED:
        return int(100 * found["closed"] // found["all"]) if found["all"] else 0
    return round(found["mean"] or 0)
