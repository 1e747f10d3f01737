"""What an edition of a plan asks of running tasks and was left when it was confirmed: done later, or put aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.refusals import Conflict, Invalid, require
from measures.policy import may_direct
from workflow.actions.edition_effects import digest
from workflow.actions.follow_edition import follow_edition, left_of
from workflow.models import Task
from workflow.web.dispatch.effect_words import EffectRow, effect_row, outcome_words
from workflow.web.dispatch.sight import find_plan

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A running task and what was left of the edition on it."""

    task: Task
    effects: list[EffectRow] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
def left(request: ActorRequest, pk: int) -> HttpResponse:
    """Show what was left, and do or put aside what is ticked."""
    if request.method == "GET":
        return _show(request, pk)
    ticked = set(request.POST.getlist("do"))
    is_aside = request.POST.get("then") == "aside"
    try:
        done = follow_edition(
            actor=request.actor,
            plan_id=pk,
            shown=request.POST.get("shown", ""),
            chosen=set() if is_aside else ticked,
            aside=ticked if is_aside else set(),
            now=timezone.now(),
        )
    except (Conflict, Invalid) as refused:
        return _show(request, pk, refused=str(refused.reason), status=refused.status)
    messages.success(request, _("Put aside; the record of each task says so.") if is_aside else outcome_words(done))
    return redirect("plan-left", pk)


def _show(request: ActorRequest, pk: int, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    plan = find_plan(request.actor, pk, now=now)
    require(may_direct(request.actor, plan))
    effects = left_of(plan, now)
    shown = digest(effects)
    kept = set(request.POST.getlist("do")) if request.POST.get("shown") == shown else set()
    rows: dict[int, LeftRow] = {}
    for effect in effects:
        if effect.task is not None:
            rows.setdefault(effect.task.pk, LeftRow(effect.task)).effects.append(effect_row(effect, kept))
    context = {"plan": plan, "rows": list(rows.values()), "shown": shown, "refused": refused, "effects_total": len(effects)}
    return render(request, "workflow/dispatch/left.html", context, status=status)
