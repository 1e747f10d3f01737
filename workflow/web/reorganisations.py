"""Agencies that were reorganised: what they still have open, whom it goes to, and the one act that moves it 承接."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.models import Agency
from agencies.refusals import Conflict, Invalid, NotYours, require
from workflow import policy
from workflow.actions.estate import Estate, estate_of, find_predecessor, reorganised, to_take_over
from workflow.actions.take_over import TakenOver, take_over
from workflow.models import Assignment
from workflow.web.chosen import number


class TakeOverForm(forms.Form):
    """On what paper the act rests, and who takes over what is not chosen one by one."""

    basis = forms.CharField(label=gettext_lazy("Basis"), max_length=300)
    successor = forms.TypedChoiceField(label=gettext_lazy("Successor"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, heirs: list[Agency], data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"successor": heirs[0].pk} if heirs else None)
        choice = self.fields["successor"]
        assert isinstance(choice, forms.TypedChoiceField)  # noqa: S101 - declared above
        choice.choices = [(heir.pk, heir.name) for heir in heirs]


@dataclass(frozen=True, slots=True)
class PartRow:
    """An open part, and who is to have it; 0 for whoever takes over the rest."""

    part: Assignment
    chosen: int


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Show the agencies that have ended and still have something open."""
    actor, now = _mover(request), timezone.now()
    return render(request, "workflow/reorganisation/list.html", {"rows": reorganised(actor, now=now)})


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything that would move and to whom; move it."""
    actor, now = _mover(request), timezone.now()
    predecessor = find_predecessor(pk)
    require(policy.may_take_over(actor, predecessor, now=now))
    estate = estate_of(actor, predecessor, now=now)
    if request.method != "POST":
        return _show(request, actor, predecessor, estate, TakeOverForm(estate.heirs))
    form = TakeOverForm(estate.heirs, request.POST)
    if not form.is_valid():
        return _show(request, actor, predecessor, estate, form, status=400)
    try:
        done = take_over(
            actor=actor,
            predecessor_id=pk,
            basis=form.cleaned_data["basis"],
            successor_id=form.cleaned_data["successor"],
            choices=_choices(request.POST),
            shown=None if policy.keeps_directory(actor) else numbers(request.POST, "version-"),
            now=now,
        )
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.reason))
        return _show(request, actor, predecessor, estate, form, status=refusal.status)
    except Conflict as refusal:
        fresh = estate_of(actor, predecessor, now=now)
        form.add_error(None, str(refusal.reason))
        return _show(request, actor, predecessor, fresh, form, status=refusal.status)
    _tell(request, done)
    return redirect("reorganisation", pk) if done.left else redirect("reorganisations")


def _mover(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.agencies_where("coordinate") and not policy.keeps_directory(actor):
        raise NotYours
    return actor


def numbers(posted: QueryDict, prefix: str) -> dict[int, int]:
    """Return the numbers posted under `prefix<key>`."""
    found = {}
    for name, value in posted.items():
        key, figure = number(name.removeprefix(prefix)), number(str(value))
        if name.startswith(prefix) and key is not None and figure is not None:
            found[key] = figure
    return found


def _choices(posted: QueryDict) -> dict[int, int]:
    return {part: heir for part, heir in numbers(posted, "part-").items() if heir}


def _show(
    request: HttpRequest, actor: Actor, predecessor: Agency, estate: Estate, form: TakeOverForm, *, status: int = 200
) -> HttpResponse:
    chosen = _choices(request.POST)
    reads = not policy.keeps_directory(actor)
    context = {
        "predecessor": predecessor,
        "estate": estate,
        "form": form,
        "reads": reads,
        "rows": [PartRow(part, chosen.get(part.pk, 0)) for part in estate.parts] if reads else [],
        "split": len(estate.heirs) > 1,
        "decision": to_take_over(predecessor, estate, timezone.now()),
    }
    return render(request, "workflow/reorganisation/one.html", context, status=status)


def _tell(request: HttpRequest, done: TakenOver) -> None:
    """Say what moved, and name each part that stayed."""
    moved = ngettext("%(count)d part was taken over.", "%(count)d parts were taken over.", done.moved) % {"count": done.moved}
    more = _("With it: %(planned)d planned receivers, %(issued)d tasks issued, %(plans)d plans.") % {
        "planned": done.planned,
        "issued": done.issued,
        "plans": done.plans,
    }
    messages.success(request, f"{moved} {more}" if done.planned or done.issued or done.plans else moved)
    for row in done.left:
        messages.warning(request, _("Left where it was, for it changed meanwhile: %(task)s.") % {"task": row.task})
