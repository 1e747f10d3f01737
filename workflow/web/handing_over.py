"""The page on which a head hands over everything a person has in hand 工作移交."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.middleware import actor_of
from agencies.models import User
from agencies.refusals import NotYours, Refusal, require
from workflow import policy
from workflow.actions.hand_over import HandedOver, InHand, hand_over, in_hand_of, to_hand_over
from workflow.web.reorganisations import numbers


class HandOverForm(forms.Form):
    """Who takes over, why, and whether the person leaves."""

    officer_id = forms.TypedChoiceField(label=gettext_lazy("Who takes over"), coerce=int, empty_value=None)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    leaves = forms.BooleanField(label=gettext_lazy("Their roles in the agency end with it, at once"), required=False)

    def __init__(self, people: list[User], *, needed: bool, data: QueryDict | None = None) -> None:
        super().__init__(data)
        choice = self.fields["officer_id"]
        assert isinstance(choice, forms.TypedChoiceField)  # noqa: S101 - declared above
        choice.choices = [("", _("Choose a colleague")), *((person.pk, f"{person} ({person.username})") for person in people)]
        choice.required = needed


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, agency_id: int, pk: int) -> HttpResponse:
    """Show the list of what a person has in hand; hand it over."""
    actor, now = actor_of(request), timezone.now()
    if agency_id not in actor.agency_ids:
        raise NotYours
    found = in_hand_of(agency_id, pk, now=now)
    require(policy.may_hand_over(actor, found.agency))
    if not policy.belongs(pk, agency_id):
        raise NotYours
    able = set(policy.people_who_hold("report", [agency_id], now=now).get(agency_id, ())) - {pk}
    people = list(User.objects.filter(pk__in=able).order_by("name", "pk"))
    form = HandOverForm(people, needed=bool(found.parts), data=request.POST or None)
    context: dict[str, Any] = {"found": found, "people": people, "form": form, "decision": to_hand_over(found)}
    if request.method != "POST":
        return render(request, "workflow/hand_over.html", context | {"rows": _rows(found, {})})
    chosen = {part: officer for part, officer in numbers(request.POST, "part-").items() if officer}
    context["rows"] = _rows(found, chosen)
    if not form.is_valid():
        return render(request, "workflow/hand_over.html", context, status=400)
    try:
        done = hand_over(
            actor=actor,
            agency_id=agency_id,
            person_id=pk,
            choices=chosen,
            shown=numbers(request.POST, "version-"),
            now=now,
            **form.cleaned_data,
        )
    except Refusal as refusal:
        field = refusal.field
        form.add_error(field if field in form.fields else None, str(refusal.reason))
        return render(request, "workflow/hand_over.html", context, status=refusal.status)
    _tell(request, done)
    return redirect("people")


def _rows(found: InHand, chosen: dict[int, int]) -> list[tuple[Any, int]]:
    return [(part, chosen.get(part.pk, 0)) for part in found.parts]


def _tell(request: HttpRequest, done: HandedOver) -> None:
    count = len(done.parts)
    messages.success(request, ngettext("%(count)d part was handed over.", "%(count)d parts were handed over.", count) % {"count": count})
    for part in done.left:
        messages.warning(request, _("Left where it was, for it changed meanwhile: %(task)s.") % {"task": part.task})
