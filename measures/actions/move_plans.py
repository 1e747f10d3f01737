"""Let a successor coordinate the plans of an agency that was reorganised; what the documents say stays as written."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.models import Agency
from measures.models import Plan, PlanEvent, PlanVerb, Upload


@transaction.atomic
def move_plans(*, actor: Actor, predecessor: Agency, successor: Agency, basis: str, now: dt.datetime) -> list[Plan]:
    """Move the plans and the documents still in review of one agency to another; whether the actor may is the caller's question.

    A text that the successor has confirmed itself stays with its old coordinator.

    Returns:
        The plans moved.
    """
    rows = Plan.objects.select_for_update(of=("self",), no_key=True).filter(coordinator=predecessor).order_by("pk")
    known = set(Plan.objects.filter(coordinator=successor).values_list("sha256", flat=True))
    plans = [plan for plan in rows if plan.sha256 not in known]
    Plan.objects.filter(pk__in=[plan.pk for plan in plans]).update(coordinator=successor)
    open_states = [Upload.State.WAITING, Upload.State.READ, Upload.State.FAILED]
    Upload.objects.filter(agency=predecessor, state__in=open_states).update(agency=successor)
    PlanEvent.append(
        [
            PlanEvent(
                at=now,
                verb=PlanVerb.TAKE_OVER.value,
                actor_id=actor.user_id,
                actor_name=actor.name,
                on_behalf_of_id=actor.on_behalf_of("coordinate", successor.pk),
                agency=successor,
                agency_name=successor.name,
                comment=basis,
                data={"predecessor": predecessor.name, "predecessor_id": predecessor.pk},
                plan=plan,
            )
            for plan in plans
        ]
    )
    return plans
