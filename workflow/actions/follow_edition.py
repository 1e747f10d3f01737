"""Do to running tasks what a new edition asks and was left when it was confirmed: not ticked then, or not possible."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Denied
from agencies.refusals import Conflict, Invalid, NotYours, require
from measures import policy as plans
from measures.editions import changes_since
from measures.models import Plan
from workflow.actions.door import lock_tasks, log, of_task
from workflow.actions.edition_acts import EditionActs
from workflow.actions.edition_effects import Effect, What, digest, effects_of, tasks_by_measure
from workflow.models import Event, Task
from workflow.timeline import Verb


def left_of(plan: Plan, now: dt.datetime) -> list[Effect]:
    """Return what an edition asks of its tasks and was left, in the order of the document.

    What has been done by hand since, or put aside, is not left any more; tasks that have ended are asked for nothing. Two
    statements where nothing is left.

    Args:
        plan: the edition; one that was the first leaves nothing.
        now: when.
    """
    if plan.earlier is None or not (keys := _keys_left(plan)):
        return []
    changes = changes_since(plan.earlier, plan, timezone.localdate(now))
    rests = tasks_by_measure(plan)
    tasks = {
        int(change.before.key): rests.get(int(change.after.key), [])
        for change in changes
        if change.before is not None and change.after is not None
    }
    found = effects_of(changes, tasks, now)
    return [one for one in found if one.task is not None and _is_left(one.key, one.task, keys.get(one.task.pk, frozenset()))]


def _keys_left(plan: Plan) -> dict[int, frozenset[str]]:
    """Return by task the keys of the effects that the last word on them left."""
    rows = Event.objects.filter(task__plan=plan, verb__in=[Verb.CARRY_OVER, Verb.FOLLOW_EDITION]).order_by("sequence")
    last = {task: frozenset(data.get("left", ())) for task, data in rows.values_list("task_id", "data") if task is not None}
    return {task: keys for task, keys in last.items() if keys}


def _is_left(key: str, task: Task, keys: frozenset[str]) -> bool:
    """Tell whether an effect on a task was left; a draft that was not drawn up anew, and has gone out since, lacks everything."""
    return key in keys or f"redraft-{task.pk}" in keys


@transaction.atomic
def follow_edition(
    *, actor: Actor, plan_id: int, shown: str, chosen: Collection[str], aside: Collection[str], now: dt.datetime
) -> Counter[What]:
    """Do what was left of an edition, or put it aside for good.

    Args:
        actor: a coordinator of the plan.
        plan_id: the edition.
        shown: the digest of what is left, as the actor has seen it.
        chosen: keys of the effects that are to happen.
        aside: keys of the effects that are not to happen, and are not asked about again; each task's record says so.
        now: when.

    Returns:
        How many things of each kind were done.

    Raises:
        Conflict: what is left is not what was shown any more, a chosen effect is not possible now, or a later edition has
            replaced the plan.
        Invalid: nothing is chosen, or one effect both ways.
    """
    plan = (
        Plan.objects.select_for_update(of=("self",), no_key=True)
        .select_related("coordinator", "issuer", "earlier")
        .filter(plans.plans_directed_by(actor), pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotYours
    require(plans.may_direct(actor, plan))
    if Plan.objects.filter(earlier=plan).exists():
        raise Conflict(_("A later edition has replaced this plan; its tasks have gone over to that."))
    if not chosen and not aside:
        raise Invalid(_("Choose what is to happen, or to be put aside."), "do")
    if set(chosen) & set(aside):
        raise Invalid(_("The same change cannot be made and put aside."), "do")
    lock_tasks(actor, list(Task.objects.filter(plan=plan, issuer=plan.coordinator_id).values_list("pk", flat=True)), now=now)
    effects = left_of(plan, now)
    if digest(effects) != shown or not {one.key for one in effects} >= {*chosen, *aside}:
        raise Conflict(_("What is left has changed since you opened the page: somebody has acted on the tasks. Look at it again."))
    wanted = [one for one in effects if one.key in set(chosen)]
    for one in wanted:
        if isinstance(one.decision, Denied):
            raise Conflict(one.decision.reason)
    measures = plan.measures.prefetch_related("responsibilities").in_bulk()
    acts = EditionActs(actor, plan, {**measures}, now)
    _record(acts, effects, set(chosen), set(aside))
    return acts.follow(wanted)


def _record(acts: EditionActs, effects: list[Effect], chosen: set[str], aside: set[str]) -> None:
    """Say on each task concerned what follows now, what was put aside, and what is left still."""
    tasks = {one.task.pk: one.task for one in effects if one.task is not None and one.key in chosen | aside}
    entries = []
    for pk, task in tasks.items():
        own = [one.key for one in effects if one.task is not None and one.task.pk == pk]
        entry = of_task(task, Verb.FOLLOW_EDITION, comment=acts.reason)
        entry.data["left"] = [key for key in own if key not in chosen | aside]
        entry.data["aside"] = [key for key in own if key in aside]
        entries.append(entry)
    log(acts.actor, acts.now, *entries)
