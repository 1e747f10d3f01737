"""The page of a plan: what the document is, its targets, and its measures with their tasks."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.models import Measure, Plan, PlanEvent, PlanVerb, Responsibility, Section
from measures.policy import may_direct
from workflow.actions.follow_edition import left_of
from workflow.deadlines import Light
from workflow.lights import task_light
from workflow.models import Task
from workflow.states import TaskState
from workflow.thresholds import thresholds_in_force
from workflow.web.dispatch.sight import find_plan, plans_visible_to
from workflow.web.following import follows
from workflow.working_days import calendar_in_force

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

MEASURES_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of a measure with its light."""

    task: Task
    light: Light


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure, whom it names, and its tasks; `section` where it is the first below that heading."""

    measure: Measure
    section: Section | None
    leads: list[Responsibility]
    supports: list[Responsibility]
    tasks: list[TaskRow]


@require_GET
def plan(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a plan."""
    now = timezone.now()
    found = find_plan(request.actor, pk, now=now)
    directs = may_direct(request.actor, found)
    states = Counter(Task.objects.visible_to(request.actor, now=now).filter(plan=found).values_list("state", flat=True))
    total = found.measures.count()
    later = plans_visible_to(request.actor, now=now).filter(earlier=found).first()
    replaced = Plan.objects.filter(earlier=found).exists()
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < total else 0
    context = {
        "plan": found,
        "followed": follows(request.actor, plan_id=found.pk),
        "follow_url": reverse("plan-follow", args=[found.pk]),
        "directs": directs,
        "measures": _rows(request, found, start, now),
        "measures_total": total,
        "targets": found.targets.all(),
        "drafts": states[TaskState.DRAFT],
        "under_way": states[TaskState.DISPATCHED] + states[TaskState.CLOSING] + states[TaskState.SUSPENDED],
        "closed": states[TaskState.CLOSED],
        "undrawn": found.measures.filter(tasks__isnull=True).count() if directs and not replaced else 0,
        "edition": edition_of(found),
        "earlier": plans_visible_to(request.actor, now=now).filter(later=found).first(),
        "later": later,
        "replaced": replaced,
        "left": len(left_of(found, now)) if directs and not replaced else 0,
        "unresolved": Responsibility.objects.filter(measure__plan=found, agency__isnull=True, group__isnull=True).count(),
        "previous": max(0, start - MEASURES_A_PAGE) if start else None,
        "following": start + MEASURES_A_PAGE if start + MEASURES_A_PAGE < total else None,
        "record": _record(found) if directs else [],
    }
    return render(request, "workflow/dispatch/plan.html", context)


def _rows(request: ActorRequest, plan: Plan, start: int, now: dt.datetime) -> list[MeasureRow]:
    responsibilities = Responsibility.objects.select_related("agency", "group").order_by("rank", "pk")
    measures = list(
        plan.measures.select_related("section")
        .prefetch_related(Prefetch("responsibilities", responsibilities))
        .order_by("start", "pk")[start : start + MEASURES_A_PAGE]
    )
    today, calendar, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    tasks: dict[int | None, list[TaskRow]] = defaultdict(list)
    for task in Task.objects.visible_to(request.actor, now=now).filter(measure__in=measures).order_by("pk"):
        tasks[task.measure_id].append(TaskRow(task, task_light(task, today, calendar, thresholds)))
    rows: list[MeasureRow] = []
    above: int | None = None
    for measure in measures:
        named = list(measure.responsibilities.all())
        rows.append(
            MeasureRow(
                measure,
                measure.section if measure.section_id != above else None,
                [row for row in named if row.role == Responsibility.Role.LEAD],
                [row for row in named if row.role == Responsibility.Role.SUPPORT],
                tasks[measure.pk],
            )
        )
        above = measure.section_id
    return rows


def edition_of(plan: Plan) -> int:
    """Return which edition a plan is, counted from 1 along its predecessors."""
    number, earlier = 1, plan.earlier_id
    while earlier is not None:
        number += 1
        earlier = Plan.objects.values_list("earlier_id", flat=True).get(pk=earlier)
    return number


def _record(plan: Plan) -> list[tuple[PlanEvent, str]]:
    """Return what was done to the plan and the document that it was; corrections are many, and shown as their number."""
    events = PlanEvent.objects.filter(upload__plan=plan).exclude(verb__in=[PlanVerb.EDIT, PlanVerb.UNDO]).order_by("sequence")
    return [(event, str(PlanVerb(event.verb).label)) for event in events]
