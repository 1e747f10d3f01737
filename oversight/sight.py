"""What a person may see, as conditions that every page, count, export and search of this room starts from."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from agencies.actor import Actor
from measures.models import Plan
from workflow.models import Assignment, Task
from workflow.states import ENDED_ASSIGNMENT_STATES


def tasks(actor: Actor, *, now: dt.datetime) -> QuerySet[Task]:
    """Return the tasks the actor may see."""
    return Task.objects.visible_to(actor, now=now)


def parts(actor: Actor, *, now: dt.datetime) -> QuerySet[Assignment]:
    """Return the assignments of tasks the actor may see, without those that have ended before their task did."""
    visible = Task.objects.visible_to(actor, now=now)
    return Assignment.objects.filter(task__in=visible.values("pk")).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))


def overseen_parts(actor: Actor, *, now: dt.datetime) -> QuerySet[Assignment]:
    """Return the assignments of what the actor's agencies issued or stand above, for those who coordinate or lead there."""
    return parts(actor, now=now).filter(oversees(actor, "task__"))


def overseen_tasks(actor: Actor, *, now: dt.datetime) -> QuerySet[Task]:
    """Return the tasks that the actor's agencies issued or stand above, for those who coordinate or lead there."""
    return tasks(actor, now=now).filter(oversees(actor))


def oversees(actor: Actor, prefix: str = "") -> Q:
    """Return the condition that a task was issued by an agency, or in its line, where the actor coordinates or leads."""
    seats = actor.agencies_where("coordinate", "lead_view")
    ties = Task.objects.filter(participations__agency_id__in=seats, participations__tie__in=["issuer", "above"])
    return Q(**{f"{prefix}pk__in": ties.values("pk")})


def plans(actor: Actor, *, now: dt.datetime) -> QuerySet[Plan]:
    """Return the plans the actor may see: of which they see a task, or which their agency issued or coordinates."""
    own = Q(issuer_id__in=actor.agency_ids) | Q(coordinator_id__in=actor.agency_ids)
    return Plan.objects.filter(own | Q(pk__in=tasks(actor, now=now).filter(plan__isnull=False).values("plan_id")))
