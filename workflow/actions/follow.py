"""Follow a task or a plan 关注, or follow it no more: a person's own choice, of which the record says nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from agencies.actor import Actor
from agencies.refusals import NotYours
from measures.models import Plan
from workflow.actions.door import person
from workflow.models import Follow, Task


@transaction.atomic
def follow_task(*, actor: Actor, task_id: int, now: dt.datetime) -> None:
    """Tell the actor from now on what happens to a task; doing it twice changes nothing.

    Raises:
        NotYours: there is none that the actor may see.
    """
    if not Task.objects.visible_to(actor, now=now).filter(pk=task_id).exists():
        raise NotYours
    Follow.objects.get_or_create(user_id=person(actor), task_id=task_id, defaults={"since": now})


@transaction.atomic
def follow_plan(*, actor: Actor, plan_id: int, now: dt.datetime) -> None:
    """Tell the actor from now on what is decided about the tasks of a plan, as far as they see them.

    Raises:
        NotYours: the actor's agencies neither issued nor coordinate it, and the actor sees no task of it.
    """
    own = Plan.objects.filter(Q(issuer_id__in=actor.agency_ids) | Q(coordinator_id__in=actor.agency_ids), pk=plan_id)
    if not own.exists() and not Task.objects.visible_to(actor, now=now).filter(plan_id=plan_id).exists():
        raise NotYours
    Follow.objects.get_or_create(user_id=person(actor), plan_id=plan_id, defaults={"since": now})


def unfollow(*, actor: Actor, task_id: int | None = None, plan_id: int | None = None) -> None:
    """Tell the actor no more; what was not followed, or is not seen any more, may be named as well."""
    rows = Follow.objects.filter(user_id=person(actor))
    (rows.filter(task_id=task_id) if task_id is not None else rows.filter(plan_id=plan_id or 0)).delete()
