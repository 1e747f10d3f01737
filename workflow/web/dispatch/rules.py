"""The page of a plan's rules 办理规则: what holds for all its tasks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from workflow.actions.set_rules import Rules, rules_of, set_plan_rules
from workflow.states import ClosingRule, RollUp
from workflow.web.dispatch.sight import find_directed

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


class RulesForm(forms.Form):
    """The rules."""

    closing_rule = forms.ChoiceField(label=gettext_lazy("Closing rule"), choices=ClosingRule.choices, widget=forms.RadioSelect)
    needs_verification = forms.BooleanField(label=gettext_lazy("Verified by an outsider before sign-off"), required=False)
    evidence_required = forms.BooleanField(label=gettext_lazy("Reports need evidence"), required=False)
    asks_supporters = forms.BooleanField(label=gettext_lazy("Supporters contribute to reports"), required=False)
    asks_work_plans = forms.BooleanField(label=gettext_lazy("Leads put work plans of their own on record"), required=False)
    roll_up = forms.ChoiceField(
        label=gettext_lazy("How the progress of a part rolls up from the agency's own tasks"),
        choices=RollUp.choices,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
def rules(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the rules of a plan, or set them."""
    now = timezone.now()
    plan = find_directed(request.actor, pk, now=now)
    form = RulesForm(request.POST if request.method == "POST" else None, initial=asdict(rules_of(plan)))
    if request.method == "POST" and form.is_valid():
        changed = set_plan_rules(actor=request.actor, plan_id=pk, rules=Rules(**form.cleaned_data), now=now)
        told = ngettext("The rules are set; %(count)d task follows them.", "The rules are set; %(count)d tasks follow them.", changed)
        messages.success(request, told % {"count": changed})
        return redirect("plan", pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "workflow/dispatch/rules.html", {"plan": plan, "form": form}, status=status)
