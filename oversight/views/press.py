"""Press or remind several agencies at once: the full list of receivers is shown first, then one act, with an answer for each row."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.listing import noted, said_of
from agencies.refusals import Invalid
from oversight import sight
from workflow.actions.batch import MOST, Outcome, press_many, remind_many
from workflow.catalog import CATALOG
from workflow.models import Assignment
from workflow.states import AssignmentState
from workflow.web.chosen import shown_in

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

ACTS: dict[str, Callable[..., list[Outcome]]] = {"press": press_many, "remind": remind_many}


def chosen(query: QueryDict, actor: Actor, now: dt.datetime) -> list[Assignment]:
    """Return the parts that were ticked, and for ticked tasks those that still owe something."""
    owed = [AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DISPUTED]
    wanted = Q(pk__in=shown_in(query.getlist("part"))) | Q(task_id__in=shown_in(query.getlist("task")), state__in=owed)
    rows = sight.parts(actor, now=now).filter(wanted).order_by("task_id", "rank", "pk")
    found = list(rows.select_related("task__issuer", "task__plan", "agency").prefetch_related("task__assignments")[: MOST + 1])
    if not found:
        raise Invalid(_("Choose at least one row first."))
    if len(found) > MOST:
        raise Invalid(_("Choose fewer rows: at most %(most)d parts are pressed at once.") % {"most": MOST})
    return found


@require_GET
def ask(request: ActorRequest, kind: str) -> HttpResponse:
    """Show whom it would reach, and who is left out with the reason."""
    now = timezone.now()
    act = CATALOG[kind]
    by_task: dict[str, list[str]] = defaultdict(list)
    left_out: list[tuple[str, str]] = []
    reached: list[Assignment] = []
    try:
        parts = chosen(request.GET, request.actor, now)
    except Invalid as refusal:  # said where the rows can be ticked
        messages.warning(request, str(refusal.reason))
        return redirect(_back(request.GET))
    for part in parts:
        decision = act.offer(request.actor, part, now=now)
        name = noted(part.agency, part.get_part_display())
        if decision:
            reached.append(part)
            by_task[str(part.task)].append(name)
        else:
            left_out.append((said_of(part.task, name), str(getattr(decision, "reason", ""))))
    context = {
        "kind": kind,
        "groups": [{"label": task, "names": names} for task, names in by_task.items()],
        "total": len({part.agency_id for part in reached}),
        "parts": [f"{part.pk}:{part.version}" for part in reached],
        "left_out": left_out,
        "back": request.GET.get("back", ""),
        "text": _("Please move this task on and report the progress in the system within two working days."),
    }
    return render(request, "oversight/press.html", context)


@require_POST
def send(request: ActorRequest, kind: str) -> HttpResponse:
    """Press or remind the parts that were shown; say of each that was left why."""
    told: dict[str, Any] = {"shown": shown_in(request.POST.getlist("part")), "text": request.POST.get("text", "")}
    outcomes = ACTS[kind](actor=request.actor, now=timezone.now(), **told)
    for row in outcomes:
        if not row.is_done:
            messages.warning(request, _("Left out: %(task)s. %(why)s") % {"task": row.task, "why": row.reason})
    count = sum(row.is_done for row in outcomes)
    if kind == "press":
        words = ngettext("%(count)d agency's part was pressed.", "%(count)d parts were pressed.", count)
    else:
        words = ngettext("A reminder went out for %(count)d part.", "Reminders went out for %(count)d parts.", count)
    if count:
        messages.success(request, words % {"count": count})
    return redirect(_back(request.POST))


def _back(query: QueryDict) -> str:
    """Return the address of the ledger as it was before."""
    return f"{reverse('ledger')}?{QueryDict(query.get('back', '')).urlencode()}"
