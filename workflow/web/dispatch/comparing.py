"""A new edition of a plan beside the one before: what it changes, what it does to running tasks, and confirming it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from agencies.listing import listed
from agencies.refusals import Conflict, Invalid
from measures.actions.confirm_upload import can_confirm
from measures.comparing import Change, Facet, Kind
from measures.editions import OFFERED, aims_of, changes_of, earlier_plans, likely_earlier
from measures.models import Plan, Upload
from measures.reviewing import Review, review
from measures.web.uploads import find
from measures.wording_diff import Stretch, wording_diff
from workflow.actions.adopt_edition import Adopted, adopt_edition
from workflow.actions.edition_effects import ENDED, Effect, What, digest, effects_of, tasks_by_measure
from workflow.models import Task
from workflow.web.chosen import number
from workflow.web.dispatch.effect_words import EffectRow, effect_row, outcome_words

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

FACETS: dict[Facet, Promise] = {
    Facet.TITLE: gettext_lazy("title"),
    Facet.TEXT: gettext_lazy("wording"),
    Facet.DEADLINE: gettext_lazy("deadline"),
    Facet.LEAD: gettext_lazy("leads"),
    Facet.FIRST_LEAD: gettext_lazy("first lead"),
    Facet.SUPPORT: gettext_lazy("supports"),
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A running task and what happens to it.

    Attributes:
        end: what was said of one whose measure is dropped.
        reason: why nothing at all can happen to it now.
    """

    task: Task
    effects: list[EffectRow]
    has_ended: bool
    end: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A change, in words, with the tasks that it concerns, and whether a task is drawn up for it."""

    change: Change
    facets: str
    wording: list[Stretch]
    tasks: list[TaskRow]
    drawn_up: EffectRow | None


@require_GET
def page(request: ActorRequest, pk: int) -> HttpResponse:
    """Compare a document in review with a plan."""
    return _show(request, _in_review(find(request, pk)))


@require_POST
def adopt(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm the document as the next edition of the plan, with what was chosen for its tasks."""
    upload = find(request, pk)
    version, earlier = request.POST.get("version", ""), request.POST.get("plan", "")
    try:
        adopted = adopt_edition(
            actor=request.actor,
            upload_id=pk,
            earlier_id=number(earlier) or 0,
            shown=request.POST.get("shown", ""),
            chosen=set(request.POST.getlist("do")),
            dropped={number(name[4:]) or 0: str(request.POST[name]) for name in request.POST if name.startswith("end-")},
            now=timezone.now(),
            version=number(version),
        )
    except (Conflict, Invalid) as refused:
        upload = find(request, pk)
        if upload.state != Upload.State.READ:
            raise
        return _show(request, upload, refused=str(refused.reason), status=refused.status)
    _tell(request, adopted)
    return redirect("plan", adopted.plan.pk)


def _in_review(upload: Upload) -> Upload:
    """Return the document.

    Raises:
        Conflict: it is not in review.
    """
    if upload.state != Upload.State.READ:
        raise Conflict(_("Only a document in review can be compared."))
    return upload


def _tell(request: ActorRequest, adopted: Adopted) -> None:
    if not adopted.is_new:
        messages.info(request, _("This document has been confirmed as the new edition already; nothing was changed again."))
        return
    done = outcome_words(adopted.done)
    messages.success(request, _("The new edition is confirmed. %(done)s") % {"done": done or _("No task was changed.")})


def _show(request: ActorRequest, upload: Upload, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    plans = list(earlier_plans(request.actor, upload)[:OFFERED])
    found = review(upload, timezone.localdate(now))
    asked = request.POST.get("plan", request.GET.get("plan", ""))
    plan = next((one for one in plans if str(one.pk) == asked), None) or likely_earlier(plans, found.draft) or next(iter(plans), None)
    context: dict[str, object] = {"upload": upload, "plans": plans, "plan": plan, "refused": refused, "decision": can_confirm(found)}
    if plan is not None:
        context |= _compared(request, plan, found, now)
    return render(request, "workflow/dispatch/compare.html", context, status=status)


def _compared(request: ActorRequest, plan: Plan, found: Review, now: dt.datetime) -> dict[str, object]:
    changes = changes_of(plan, found, timezone.localdate(now))
    tasks = tasks_by_measure(plan)
    effects = effects_of(changes, tasks, now)
    shown = digest(effects)
    # After a refusal the page keeps what was chosen, as long as the same things can be chosen.
    kept = set(request.POST.getlist("do")) if request.POST.get("shown") == shown else None
    by_task: dict[int, list[Effect]] = defaultdict(list)
    drawn_up = {effect.measure: effect_row(effect, kept) for effect in effects if effect.task is None}
    for effect in effects:
        if effect.task is not None:
            by_task[effect.task.pk].append(effect)
    rows = []
    for change in changes:
        if change.kind is Kind.SAME:
            continue
        own = tasks.get(int(change.before.key), []) if change.before is not None else []
        rows.append(
            Row(
                change,
                listed(FACETS[facet] for facet in change.facets),
                wording_diff(change.before.text, change.after.text)
                if Facet.TEXT in change.facets and change.before and change.after
                else [],
                [_task_row(request, task, [effect_row(effect, kept) for effect in by_task[task.pk]]) for task in own],
                drawn_up.get(change.after.key) if change.after is not None else None,
            )
        )
    counts = Counter(change.kind for change in changes)
    told = Counter(effect.what for effect in effects if effect.decision)
    return {
        "rows": rows,
        "counts": {kind.value: counts[kind] for kind in Kind},
        "aims": aims_of(plan, found),
        "shown": shown,
        "running": sum(len(own) for own in tasks.values()),
        "concerned": len({effect.task.pk for effect in effects if effect.task is not None}),
        "undone": sum(not effect.decision for effect in effects),
        "dropped": told[What.DROP],
    }


def _task_row(request: ActorRequest, task: Task, effects: list[EffectRow]) -> TaskRow:
    reasons = {one.reason for one in effects}
    reason = reasons.pop() if len(reasons) == 1 else ""
    return TaskRow(task, effects, task.state in ENDED, request.POST.get(f"end-{task.pk}", ""), reason)
