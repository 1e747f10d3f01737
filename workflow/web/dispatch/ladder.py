"""The page on which the ladder of a plan is set, and on which is seen beforehand what it would do 督办阶梯."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.refusals import Invalid
from measures.models import Plan
from workflow.actions.set_ladder import MOST, preview_of, set_ladder
from workflow.deadlines import Threshold
from workflow.web.dispatch.firings import firings_of
from workflow.web.dispatch.sight import find_directed
from workflow.web.ladder_form import LadderForm, chosen
from workflow.working_days import calendar_in_force

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

PREVIEW = "preview"
"""What is asked for a preview; narrowed to one rung, with a colon and its code behind it."""


@require_http_methods(["GET", "POST"])
def ladder(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the ladder of a plan; preview it; set it."""
    plan = find_directed(request.actor, pk, now=timezone.now())
    form = LadderForm(plan, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"plan": plan, "form": form, "wrong": ""}
    if request.method != "POST":
        return render(request, "workflow/dispatch/ladder.html", context)
    try:
        rungs, thresholds = chosen(form, plan)
        if request.POST.get("do") == "save":
            return _save(request, plan, form, thresholds)
    except Invalid as refused:
        context["wrong"] = str(refused.reason)
        return render(request, "workflow/dispatch/ladder.html", context, status=400)
    planned, complete = preview_of(plan, rungs=rungs, thresholds=thresholds, now=timezone.now())
    only = request.POST.get("do", "").removeprefix(PREVIEW).removeprefix(":")
    context["preview"] = firings_of(planned, only)
    context["most"] = None if complete else MOST
    calendar = calendar_in_force()
    context["is_provisional"] = any(calendar.is_provisional(one.on) for one, _part in planned)
    return render(request, "workflow/dispatch/ladder.html", context)


def _save(request: ActorRequest, plan: Plan, form: LadderForm, thresholds: list[Threshold]) -> HttpResponse:
    set_ladder(actor=request.actor, plan_id=plan.pk, is_on=form.is_on, choices=form.choices(), thresholds=thresholds, now=timezone.now())
    done = _("The ladder of this plan is set and switched on.") if form.is_on else _("The ladder of this plan is switched off.")
    messages.success(request, done)
    return redirect("plan-ladder", plan.pk)
