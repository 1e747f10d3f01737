"""The pages of re-checks 回头看: the lists that were drawn, drawing another, and what was found of each task."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agencies.middleware import actor_of
from agencies.models import Agency
from agencies.refusals import Conflict, Forbidden, Invalid
from measures.models import Plan
from workflow import policy
from workflow.actions.recheck import LARGEST, draw_recheck, order_of, seats, visible_recheck
from workflow.models import Recheck, RecheckItem
from workflow.states import Finding, TaskState

SHOWN = 100
"""How many lists the page shows, the latest first."""


class DrawForm(forms.Form):
    """What a sample is drawn from."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    closed_from = forms.DateField(label=gettext_lazy("Signed off from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    closed_to = forms.DateField(label=gettext_lazy("Signed off to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    size = forms.IntegerField(label=gettext_lazy("How many tasks"), min_value=1, max_value=LARGEST, initial=5)
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Any word, said before drawing; left empty, the moment is the seed. The same seed draws the same list."),
    )

    def __init__(self, agencies: list[Agency], plans: list[Plan], *, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["agency"] = forms.ChoiceField(label=_("Issuer"), choices=[(str(row.pk), row.name) for row in agencies])
        self.fields["plan"] = forms.ChoiceField(
            label=_("Plan"), required=False, choices=[("", _("All plans")), *((str(row.pk), row.title) for row in plans)]
        )
        self.order_fields(["agency", "title", "plan", "closed_from", "closed_to", "size", "seed"])


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Show the lists of the person's agencies; draw another."""
    actor, now = actor_of(request), timezone.now()
    if not seats(actor):
        raise Forbidden(_("Only the coordinators and leaders of an issuer see its re-checks."))
    drawing = actor.agencies_where("coordinate")
    today = timezone.localdate(now)
    form = DrawForm(
        list(Agency.objects.filter(pk__in=drawing)),
        list(Plan.objects.filter(coordinator_id__in=drawing).order_by("-pk")[:SHOWN]),
        data=request.POST if request.method == "POST" else None,
        initial={"closed_from": today - dt.timedelta(days=180), "closed_to": today},
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                row = draw_recheck(
                    actor=actor,
                    agency_id=int(data["agency"]),
                    title=data["title"],
                    closed_from=data["closed_from"],
                    closed_to=data["closed_to"],
                    size=data["size"],
                    seed=data["seed"],
                    plan_id=int(data["plan"]) if data["plan"] else None,
                    now=now,
                )
            except (Invalid, Conflict) as refusal:
                field = refusal.field
                form.add_error(field if field in form.fields else None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("The sample is drawn."))
                return redirect("recheck", row.pk)
        else:
            status = 400
    lists = Recheck.objects.filter(agency_id__in=seats(actor)).select_related("agency", "plan", "drawn_by")
    counted = lists.annotate(
        drawn=Count("items"),
        waiting=Count("items", filter=Q(items__result=Finding.WAITING)),
        failing=Count("items", filter=Q(items__result=Finding.FAILS)),
    )
    context = {"form": form, "may_draw": bool(drawing), "rows": counted[:SHOWN]}
    return render(request, "workflow/recheck/list.html", context, status=status)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a list: what it was drawn from, and what was found of each task."""
    actor = actor_of(request)
    row = visible_recheck(actor, pk)
    items = list(
        RecheckItem.objects.filter(recheck=row)
        .select_related("task__issuer", "checked_by")
        .prefetch_related("task__sign_offs")
        .order_by("position")
    )
    drawn = [item.task_id for item in items]
    context = {
        "row": row,
        "items": [(item, policy.may_recheck(actor, item.task) if item.result == Finding.WAITING else None) for item in items],
        "found": {name: sum(item.result == name for item in items) for name in Finding.values},
        "in_order": order_of(row.seed, drawn) == drawn,
        "coordinates": actor.may("coordinate", row.agency_id),
        "closed": TaskState.CLOSED.value,
    }
    return render(request, "workflow/recheck/one.html", context)
