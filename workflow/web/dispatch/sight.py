"""Which plans an actor may see: those its agencies direct, and those of which it may see a task."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from agencies.actor import Actor
from agencies.refusals import NotYours, require
from measures.models import Plan
from measures.policy import may_direct, plans_directed_by
from workflow.models import Participation, Task
from workflow.models.task import TaskUserPermission
from workflow.states import TaskState, Tie


def plans_visible_to(actor: Actor, *, now: dt.datetime) -> QuerySet[Plan]:
    """Return the plans that an actor may see: who takes part in a dispatched task may read what it rests on."""
    parts = Participation.objects.filter(agency_id__in=actor.agency_ids, plan__isnull=False).exclude(
        task_state=TaskState.DRAFT, tie__in=[Tie.LEAD, Tie.SUPPORT]
    )
    shown = TaskUserPermission.objects.filter(user_id=actor.user_id, permission__codename="see_task", expires_at__gt=now)
    by_task = Task.objects.filter(pk__in=shown.values("content_object_id"), plan__isnull=False)
    return Plan.objects.filter(plans_directed_by(actor) | Q(pk__in=parts.values("plan_id")) | Q(pk__in=by_task.values("plan_id")))


def find_plan(actor: Actor, pk: int, *, now: dt.datetime) -> Plan:
    """Return a plan that the actor may see.

    Raises:
        NotYours: there is none.
    """
    found = plans_visible_to(actor, now=now).select_related("issuer", "coordinator").filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def find_directed(actor: Actor, pk: int, *, now: dt.datetime) -> Plan:
    """Return a plan whose tasks the actor may draw up and dispatch.

    Raises:
        NotYours: there is none that the actor may see.
        Forbidden: it is another's to coordinate.
    """
    plan = find_plan(actor, pk, now=now)
    require(may_direct(actor, plan))
    return plan
