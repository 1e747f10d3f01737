"""What a person may see, as conditions that every page, count, export and search of this room starts from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.actor import Actor
from agencies.models import Agency
from measures.models import Plan
from oversight.models import Standing, Tally
from workflow.models import Assignment, Participation, Task, TaskUserPermission
from workflow.models.task import sight_of, within_sight
from workflow.states import ENDED_ASSIGNMENT_STATES, TaskState, Tie


def tasks(actor: Actor, *, now: dt.datetime) -> QuerySet[Task]:
    """Return the tasks the actor may see."""
    return Task.objects.visible_to(actor, now=now)


def places(actor: Actor, *, now: dt.datetime) -> QuerySet[Any, int]:
    """Return the keys of the tasks the actor may see, from the links and grants alone, which no wall stands before."""
    by_agency, by_person = (keys.order_by() for keys in sight_of(actor, now))
    return by_agency.union(by_person, all=True) if by_person.exists() else by_agency


def parts(actor: Actor, *, now: dt.datetime) -> QuerySet[Assignment]:
    """Return the assignments of tasks the actor may see, without those that have ended before their task did."""
    return Assignment.objects.filter(within_sight(actor, now=now, key="task_id")).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))


def links(actor: Actor, *, now: dt.datetime, overseen: bool = False, own: bool = False) -> QuerySet[Participation]:
    """Return the link rows of the parts that `parts` gives, or `overseen_parts`: what lists sort and count, no wall before them.

    Args:
        actor: whose sight it is.
        now: the moment at which sight is judged.
        overseen: those of `overseen_parts`.
        own: only those of the actor's agencies, which they see once the task is out: no more is asked of it then.
    """
    seen = oversees(actor, "task__") if overseen else within_sight(actor, now=now, key="task_id")
    if own:
        seen = Q(agency_id__in=actor.agency_ids) & (~Q(task_state=TaskState.DRAFT) | seen)
    rows = Participation.objects.filter(seen)
    return rows.filter(tie__in=[Tie.LEAD, Tie.SUPPORT]).exclude(assignment_state__in=list(ENDED_ASSIGNMENT_STATES))


def standings(actor: Actor, *, now: dt.datetime, overseen: bool = False) -> QuerySet[Standing]:
    """Return how the tasks stand that the actor may see, or oversees: what lists sort and count, no wall before it, no row of it shown."""
    return Standing.objects.filter(oversees(actor) if overseen else within_sight(actor, now=now))


def overseen_parts(actor: Actor, *, now: dt.datetime) -> QuerySet[Assignment]:
    """Return the assignments of what the actor's agencies issued or stand above, for those who coordinate or lead there."""
    return Assignment.objects.filter(oversees(actor, "task__")).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))


def overseen_tasks(actor: Actor, *, now: dt.datetime) -> QuerySet[Task]:
    """Return the tasks that the actor's agencies issued or stand above, for those who coordinate or lead there.

    Whoever issued a task or stands above it sees it, so no more has to be asked.
    """
    return Task.objects.filter(oversees(actor))


def oversees(actor: Actor, prefix: str = "") -> Q:
    """Return the condition that a task was issued by an agency, or in its line, where the actor coordinates or leads."""
    seats = actor.overseen
    ties = Participation.objects.filter(agency_id__in=seats, tie__in=[Tie.ISSUER, Tie.ABOVE])
    return Q(**{f"{prefix.removesuffix('__')}_id__in" if prefix else "pk__in": ties.values("task_id")})


def plans(actor: Actor, *, now: dt.datetime) -> QuerySet[Plan]:
    """Return the plans the actor may see: of which they see a task, or which their agency issued or coordinates."""
    own = Q(issuer_id__in=actor.agency_ids) | Q(coordinator_id__in=actor.agency_ids)
    counted = Tally.objects.filter(grain="plan", overseer_id__in=actor.agency_ids, plan_id=OuterRef("pk"), n__gt=0)
    parts = Participation.objects.filter(agency_id__in=actor.agency_ids, tie__in=[Tie.LEAD, Tie.SUPPORT], plan__isnull=False)
    parts = parts.exclude(task_state=TaskState.DRAFT)
    shown = TaskUserPermission.objects.filter(user_id=actor.user_id, permission__codename="see_task", expires_at__gt=now)
    seen = Q(pk__in=parts.values("plan_id")) | Q(pk__in=shown.values("content_object__plan_id"))
    return Plan.objects.filter(own | Q(Exists(counted)) | seen)


def agencies(actor: Actor) -> QuerySet[Agency]:
    """Return the agencies whose parts the actor can ask for: those with parts in what they oversee, and their own."""
    seats = actor.overseen
    counted = Tally.objects.filter(grain="agency", overseer_id__in=seats, agency_id=OuterRef("pk"), n__gt=0)
    own = Participation.objects.filter(agency_id=OuterRef("pk"), tie__in=[Tie.LEAD, Tie.SUPPORT])
    return Agency.objects.filter(Q(Exists(counted)) | (Q(pk__in=actor.agency_ids) & Q(Exists(own))))
