"""What is due when: the calendar of a month and the Gantt chart of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agencies.refusals import NotYours
from oversight import calendar, gantt, sight

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


@require_GET
def month(request: ActorRequest) -> HttpResponse:
    """Show a month."""
    now = timezone.now()
    first = calendar.first_of(request.GET.get("month", ""), timezone.localdate(now))
    return render(request, "oversight/calendar.html", {"month": calendar.month(request.actor, first, now=now)})


@require_GET
def plan_chart(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a plan as a Gantt chart.

    Raises:
        NotYours: there is no such plan for the actor.
    """
    now = timezone.now()
    plan = sight.plans(request.actor, now=now).filter(pk=pk).first()
    if plan is None:
        raise NotYours
    return render(request, "oversight/gantt.html", {"plan": plan, "chart": gantt.chart(request.actor, plan, now=now)})
