"""The ladder of the house 全局督办阶梯: set by the system administrator, who sees beforehand in numbers what it would do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.middleware import actor_of
from agencies.refusals import Invalid, require
from measures.models import PlanVerb
from workflow import policy
from workflow.actions.set_ladder import preview_of_house, set_house_ladder
from workflow.ladder import RUNG_NAMES
from workflow.web.house.record import record_of
from workflow.web.ladder_form import LadderForm, chosen


@require_http_methods(["GET", "POST"])
def ladder(request: HttpRequest) -> HttpResponse:
    """Show the ladder of the house; preview it; set it."""
    actor, now = actor_of(request), timezone.now()
    require(policy.may_set_house_rules(actor))
    form = LadderForm(None, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "wrong": "", "record": record_of(PlanVerb.SET_LADDER)}
    if request.method != "POST":
        return render(request, "workflow/house/ladder.html", context)
    try:
        _rungs, thresholds = chosen(form, None)
        if request.POST.get("do") == "save":
            set_house_ladder(actor=actor, choices=form.choices(), thresholds=thresholds, now=now)
            messages.success(request, _("The ladder of the house is set."))
            return redirect("house-ladder")
    except Invalid as refused:
        context["wrong"] = str(refused.reason)
        return render(request, "workflow/house/ladder.html", context, status=400)
    preview = preview_of_house(choices=form.choices(), thresholds=thresholds, now=now)
    context |= {"preview": preview, "sums": [(RUNG_NAMES[code], before, after) for code, before, after in preview.sums]}
    return render(request, "workflow/house/ladder.html", context)
