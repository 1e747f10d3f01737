"""The page on which the ladder of a plan is set, and on which is seen beforehand what it would do 督办阶梯."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.refusals import Invalid
from measures.models import Plan
from workflow.actions.set_ladder import MOST, RungChoice, choices_of, chosen_rungs, preview_of, set_ladder, timing_of
from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, check_thresholds
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES, Audience, Rung, Trigger
from workflow.ladder.rungs import BEFORE, LONGEST
from workflow.web.dispatch.sight import find_directed

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

SHOWN = 300
"""Lines of a preview that are listed; the sums by rung count all."""


class RungForm(forms.Form):
    """One rung."""

    enabled = forms.BooleanField(label=gettext_lazy("Fires"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Working days"), required=False, min_value=0, max_value=LONGEST)
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def choice(self, code: str) -> RungChoice:
        """Return the rung as it was chosen; before the due date days are counted back."""
        asked = self.cleaned_data
        days = asked["days"]
        sign = -1 if code in BEFORE else 1
        return RungChoice(asked["enabled"], None if days is None else sign * days, tuple(asked["audiences"]))


class ThresholdForm(forms.Form):
    """From when on the light warns, for tasks of a length."""

    yellow = forms.IntegerField(label=gettext_lazy("Yellow from"), min_value=0, max_value=LONGEST)
    orange = forms.IntegerField(label=gettext_lazy("Orange from"), min_value=0, max_value=LONGEST)


class LadderForm:
    """The whole page: a form a rung, a form a length, and the switch."""

    def __init__(self, plan: Plan, data: Any = None) -> None:
        self.is_on, thresholds = timing_of(plan)
        if data is not None:
            self.is_on = bool(data.get("is_on"))
        stands = choices_of(plan)
        self.rungs = [
            (
                rung,
                RUNG_NAMES[rung.code],
                Trigger(rung.trigger).label,
                RungForm(data, prefix=rung.code, initial=_initial(stands[rung.code])),
            )
            for rung in DEFAULT_LADDER
        ]
        self.thresholds = [
            (row.up_to, ThresholdForm(data, prefix=f"light-{number}", initial={"yellow": row.yellow, "orange": row.orange}))
            for number, row in enumerate(thresholds)
        ] if len(thresholds) == len(DEFAULT_THRESHOLDS) else []  # fmt: skip

    def is_valid(self) -> bool:
        """Tell whether every field can be read."""
        return all([form.is_valid() for *_rest, form in self.rungs] + [form.is_valid() for _length, form in self.thresholds])

    def choices(self) -> dict[str, RungChoice]:
        """Return the rungs as they were chosen."""
        return {rung.code: form.choice(rung.code) for rung, _name, _from, form in self.rungs}

    def chosen_thresholds(self) -> list[Threshold]:
        """Return the thresholds as they were chosen."""
        return [Threshold(length, form.cleaned_data["yellow"], form.cleaned_data["orange"]) for length, form in self.thresholds]


def _initial(choice: RungChoice) -> dict[str, Any]:
    days = None if choice.working_days is None else abs(choice.working_days)
    return {"enabled": choice.enabled, "days": days, "audiences": list(choice.audiences or ())}


@require_http_methods(["GET", "POST"])
def ladder(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the ladder of a plan; preview it; set it."""
    plan = find_directed(request.actor, pk, now=timezone.now())
    form = LadderForm(plan, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"plan": plan, "form": form, "wrong": "", "shown": SHOWN}
    if request.method != "POST":
        return render(request, "workflow/dispatch/ladder.html", context)
    try:
        rungs, thresholds = _chosen(form)
        if request.POST.get("do") == "save":
            return _save(request, plan, form, thresholds)
    except Invalid as refused:
        context["wrong"] = str(refused.reason)
        return render(request, "workflow/dispatch/ladder.html", context, status=400)
    context["preview"] = _preview(plan, rungs, thresholds)
    return render(request, "workflow/dispatch/ladder.html", context)


def _chosen(form: LadderForm) -> tuple[tuple[Rung, ...], list[Threshold]]:
    if not form.is_valid():
        raise Invalid(_("Some fields cannot be read; they are marked below."))
    thresholds = form.chosen_thresholds() or list(DEFAULT_THRESHOLDS)
    if wrong := check_thresholds(thresholds):
        raise Invalid(" ".join(wrong))
    return chosen_rungs(form.choices()), thresholds


def _save(request: ActorRequest, plan: Plan, form: LadderForm, thresholds: list[Threshold]) -> HttpResponse:
    set_ladder(actor=request.actor, plan_id=plan.pk, is_on=form.is_on, choices=form.choices(), thresholds=thresholds, now=timezone.now())
    done = _("The ladder of this plan is set and switched on.") if form.is_on else _("The ladder of this plan is switched off.")
    messages.success(request, done)
    return redirect("plan-ladder", plan.pk)


def _preview(plan: Plan, rungs: tuple[Rung, ...], thresholds: list[Threshold]) -> dict[str, Any]:
    planned, complete = preview_of(plan, rungs=rungs, thresholds=thresholds, now=timezone.now())
    sums = Counter(one.firing.rung.code for one, _part in planned)
    return {
        "rows": [(one, part, RUNG_NAMES[one.firing.rung.code]) for one, part in planned[:SHOWN]],
        "sums": [(RUNG_NAMES[rung.code], sums[rung.code]) for rung in DEFAULT_LADDER if sums[rung.code]],
        "total": len(planned),
        "most": None if complete else MOST,
    }
