"""Press several agencies at once: the full list of receivers is shown first, then one act each, all or none."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.refusals import Invalid, NotYours
from oversight import sight
from workflow.actions.press import press
from workflow.catalog import CATALOG
from workflow.models import Assignment
from workflow.states import AssignmentState

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

MOST = 500
"""How many agencies' parts are pressed at once at most."""

LONGEST_ID = 18
"""Digits of a number that every database takes."""


def _ids(query: QueryDict, name: str) -> list[int]:
    return [int(value) for value in query.getlist(name) if value.isdecimal() and len(value) <= LONGEST_ID]


def chosen(query: QueryDict, actor: Actor, now: dt.datetime) -> list[Assignment]:
    """Return the parts that were ticked, and for ticked tasks those that still owe something."""
    owed = [AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DISPUTED]
    wanted = Q(pk__in=_ids(query, "part")) | Q(task_id__in=_ids(query, "task"), state__in=owed)
    rows = sight.parts(actor, now=now).filter(wanted).order_by("task_id", "rank", "pk")
    found = list(rows.select_related("task__issuer", "task__plan", "agency").prefetch_related("task__assignments")[: MOST + 1])
    if not found:
        raise Invalid(_("Choose at least one row first."))
    if len(found) > MOST:
        raise Invalid(_("Choose fewer rows: at most %(most)d parts are pressed at once.") % {"most": MOST})
    return found


@require_GET
def ask(request: ActorRequest) -> HttpResponse:
    """Show whom pressing would reach, and who is left out with the reason."""
    now = timezone.now()
    act = CATALOG["press"]
    by_task: dict[str, list[str]] = defaultdict(list)
    left_out: list[tuple[str, str]] = []
    reached: list[Assignment] = []
    for part in chosen(request.GET, request.actor, now):
        decision = act.offer(request.actor, part, now=now)
        name = f"{part.agency}（{part.get_part_display()}）"
        if decision:
            reached.append(part)
            by_task[str(part.task)].append(name)
        else:
            left_out.append((f"{part.task}：{name}", str(getattr(decision, "reason", ""))))
    context = {
        "groups": [{"label": task, "names": names} for task, names in by_task.items()],
        "total": len(reached),
        "parts": [part.pk for part in reached],
        "left_out": left_out,
        "back": request.GET.get("back", ""),
        "text": _("Please move this task on and report the progress in the system within two working days."),
    }
    return render(request, "oversight/press.html", context)


@require_POST
def send(request: ActorRequest) -> HttpResponse:
    """Press the parts that were shown, all or none."""
    ids = _ids(request.POST, "part")
    if not ids or len(ids) > MOST:
        raise Invalid(_("Choose at least one row first."))
    _press_all(request.actor, ids, request.POST.get("text", ""), timezone.now())
    count = len(set(ids))
    messages.success(request, ngettext("%(count)d agency's part was pressed.", "%(count)d parts were pressed.", count) % {"count": count})
    return redirect(f"{reverse('ledger')}?{QueryDict(request.POST.get('back', '')).urlencode()}")


@transaction.atomic
def _press_all(actor: Actor, ids: Sequence[int], text: str, now: dt.datetime) -> None:
    # In the order of tasks and parts, as every act locks them.
    ordered = Assignment.objects.filter(pk__in=ids).order_by("task_id", "pk").values_list("pk", flat=True)
    if len(ordered) != len(set(ids)):
        raise NotYours
    for pk in ordered:
        press(actor=actor, assignment_id=pk, text=text, now=now)
