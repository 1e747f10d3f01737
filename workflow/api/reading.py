"""What of tasks an actor may read through the API, with all that serializers need loaded beforehand."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from rest_framework.request import Request

from agencies.actor import Actor
from agencies.models import User
from workflow.models import (
    Assignment,
    Contribution,
    CoSignature,
    Event,
    Extension,
    HandBack,
    Report,
    SignOff,
    Suspension,
    Task,
    Verification,
    WorkPlan,
)
from workflow.timeline import INSIDE_THE_AGENCY, NOTES


def request_actor(request: Request) -> Actor:
    """Return who asks, loaded once a request."""
    base = request._request
    actor = getattr(base, "actor", None)
    return cast("Actor", actor) if actor is not None else Actor.load(cast("User", request.user), now=timezone.now())


def tasks_for(actor: Actor, now: dt.datetime) -> QuerySet[Task]:
    """Return the tasks the actor may see."""
    return Task.objects.visible_to(actor, now=now).select_related("issuer", "plan")


def with_everything(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Load what offers on tasks and on their parts ask for; the number of queries does not grow with the parts."""
    parts = Assignment.objects.select_related("agency", "task", "task__issuer", "task__plan").prefetch_related(
        "reports",
        Prefetch("extensions", Extension.objects.select_related("requested_by", "decided_by")),
        Prefetch("hand_backs", HandBack.objects.select_related("raised_by", "decided_by")),
        "hand_backs__meetings",
        "task__suspensions",
        Prefetch("task__sign_offs"),
        "task__sign_offs__co_signatures__assignment__agency",
        "task__sign_offs__verifications",
        "contributions",
        "work_plans",
        "task__assignments__agency",
        "task__participations",
    )
    return tasks.prefetch_related(
        Prefetch("assignments", parts),
        "receivers__agency",
        "recheck_items",
        "stages",
        Prefetch("suspensions", Suspension.objects.select_related("suspended_by")),
        Prefetch("sign_offs", SignOff.objects.select_related("requested_by", "decided_by")),
        Prefetch("sign_offs__verifications", Verification.objects.select_related("verifier")),
        Prefetch("sign_offs__co_signatures", CoSignature.objects.select_related("assignment__agency", "signed_by")),
        "instructions__answers__assignment__agency",
        "instructions__answers__assignment__task__issuer",
    )


def reports_for(actor: Actor, now: dt.datetime) -> QuerySet[Report]:
    """Return the reports of the tasks the actor may see."""
    return (
        Report.objects.filter(assignment__task__in=Task.objects.visible_to(actor, now=now).values("pk"))
        .select_related("assignment", "assignment__agency", "assignment__task", "assignment__task__issuer")
        .prefetch_related(
            "evidence",
            "assignment__reports",
            "assignment__task__participations",
            "assignment__task__assignments__agency",
            "assignment__task__assignments__contributions__files",
        )
    )


def contributions_for(actor: Actor, now: dt.datetime) -> QuerySet[Contribution]:
    """Return the contributions to tasks the actor may see."""
    return (
        Contribution.objects.filter(assignment__task__in=Task.objects.visible_to(actor, now=now).values("pk"))
        .select_related("assignment", "assignment__agency", "assignment__task", "assignment__task__issuer")
        .prefetch_related(
            "files",
            "assignment__task__participations",
            "assignment__task__assignments__agency",
            "assignment__task__assignments__reports",
        )
    )


def work_plans_for(actor: Actor, now: dt.datetime) -> QuerySet[WorkPlan]:
    """Return the plans of leads in the tasks the actor may see."""
    return (
        WorkPlan.objects.filter(assignment__task__in=Task.objects.visible_to(actor, now=now).values("pk"))
        .select_related("assignment", "assignment__agency", "assignment__task", "assignment__task__issuer")
        .prefetch_related("steps", "files", "assignment__task__participations")
    )


def readable_events(actor: Actor) -> QuerySet[Event]:
    """Return the record without what agencies other than the actor's do inside themselves."""
    own = Q(assignment__agency_id__in=actor.agency_ids)
    noted = Q(agency_id__in=actor.agency_ids)
    return Event.objects.filter(~Q(verb__in=INSIDE_THE_AGENCY) | own).filter(~Q(verb__in=NOTES) | noted)
