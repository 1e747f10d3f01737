"""The tasks of a plan before they go out 拟办: due dates, and names that the directory does not know."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agencies.decision import Decision
from agencies.names import name_index
from agencies.refusals import Conflict, Invalid, NotYours
from measures.models import Plan, Section
from workflow.actions.batch import MOST, Outcome, set_due_many
from workflow.actions.dispatch import receivers_of, to_go_out
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.plan_task import settle_receiver
from workflow.actions.split_task import sentences_of
from workflow.models import Receiver, Task
from workflow.states import TaskState
from workflow.web.chosen import shown_in
from workflow.web.dispatch.sight import find_directed

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


TASKS_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A task that has not gone out, whom it is to go to, and whether it can."""

    task: Task
    section: Section | None
    leads: list[Receiver]
    supports: list[Receiver]
    unknown: list[Receiver]
    decision: Decision

    @property
    def can_be_split(self) -> bool:
        """Tell whether its text has more than one sentence."""
        return len(sentences_of(self.task)) > 1


def draft_tasks(plan: Plan) -> list[Task]:
    """Return the tasks of a plan that have not gone out, in the order of the document."""
    return list(
        Task.objects.filter(plan=plan, state=TaskState.DRAFT).select_related("measure__section", "issuer").order_by("measure__start", "pk")
    )


@require_POST
def draw_up(request: ActorRequest, pk: int) -> HttpResponse:
    """Draw up a task for each measure that has none."""
    plan = find_directed(request.actor, pk, now=timezone.now())
    made = draw_up_plan(actor=request.actor, plan_id=plan.pk, now=timezone.now())
    if made:
        words = ngettext("%(count)d task has been drawn up.", "%(count)d tasks have been drawn up.", len(made)) % {"count": len(made)}
        messages.success(request, words)
    else:
        messages.info(request, _("Every measure has its task already."))
    return redirect("plan-drafts", pk)


@require_GET
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tasks that have not gone out."""
    now = timezone.now()
    plan = find_directed(request.actor, pk, now=now)
    rows = _rows(plan, now)
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < len(rows) else 0
    context = {
        "plan": plan,
        "rows": rows[start : start + TASKS_A_PAGE],
        "total": len(rows),
        "previous": max(0, start - TASKS_A_PAGE) if start else None,
        "following": start + TASKS_A_PAGE if start + TASKS_A_PAGE < len(rows) else None,
        "not_known": [(row, receiver) for row in rows for receiver in row.unknown],
        "without_due": sum(row.task.due_on is None for row in rows),
        "undrawn": 0 if Plan.objects.filter(earlier=plan).exists() else plan.measures.filter(tasks__isnull=True).count(),
        "sections": list({row.section.pk: row.section for row in rows if row.section}.values()),
        "today": timezone.localdate(now),
        "suggested_due": plan.horizon if plan.horizon and plan.horizon >= timezone.localdate(now) else None,
        "shown": " ".join(f"{row.task.pk}:{row.task.version}" for row in rows),
        "ready": bool(rows) and all(row.decision for row in rows),
    }
    return render(request, "workflow/dispatch/drafts.html", context)


def _rows(plan: Plan, now: dt.datetime) -> list[DraftRow]:
    tasks = draft_tasks(plan)
    receivers = receivers_of(tasks)
    ready = to_go_out(tasks, receivers, now)
    rows: list[DraftRow] = []
    for task in tasks:
        named = receivers[task.pk]
        section = task.measure.section if task.measure is not None else None
        leads = [row for row in named if row.part == "lead"]
        supports = [row for row in named if row.part != "lead"]
        unknown = [row for row in named if row.agency_id is None and row.group_id is None]
        rows.append(DraftRow(task, section, leads, supports, unknown, ready[task.pk]))
    return rows


@require_POST
def due(request: ActorRequest, pk: int) -> HttpResponse:
    """Set the due date of all tasks, of those without one, of a section's, or of those that are ticked."""
    now = timezone.now()
    plan = find_directed(request.actor, pk, now=now)
    day = _day(request.POST.get("due_on", ""))
    chosen = _chosen(request, draft_tasks(plan))
    if day is None:
        messages.error(request, _("Enter a date."))
    elif not chosen:
        messages.error(request, _("Tick the tasks that the date is for."))
    else:
        _set_due(request, chosen, day, now)
    return redirect("plan-drafts", pk)


def _set_due(request: ActorRequest, chosen: list[int], day: dt.date, now: dt.datetime) -> None:
    """Set the date of the tasks chosen as they were shown, and say of each that was left what has happened to it."""
    known = shown_in(request.POST.get("shown", "").split())
    outcomes: list[Outcome] = []
    try:
        for batch in batched(chosen, MOST):
            outcomes += set_due_many(actor=request.actor, shown={pk: known.get(pk) for pk in batch}, due_on=day, now=now)
    except (Invalid, NotYours) as refused:
        messages.error(request, str(refused.reason))
    for row in outcomes:
        if not row.is_done:
            messages.warning(request, _("The date is not set: %(task)s. %(why)s") % {"task": row.task, "why": row.reason})
    done = sum(row.is_done for row in outcomes)
    if done:
        words = ngettext("The due date of %(count)d task is set.", "The due date of %(count)d tasks is set.", done)
        messages.success(request, words % {"count": done})


def batched(keys: list[int], size: int) -> list[list[int]]:
    """Return keys in lists of a size that one act takes."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _day(written: str) -> dt.date | None:
    try:
        return parse_date(written)
    except ValueError:
        return None


def _chosen(request: ActorRequest, tasks: list[Task]) -> list[int]:
    """Return which tasks the date is for; what has gone out in the meantime is not among them."""
    scope = request.POST.get("scope", "ticked")
    if scope == "all":
        return [task.pk for task in tasks]
    if scope == "without":
        return [task.pk for task in tasks if task.due_on is None]
    if scope.startswith("section-"):
        return [task.pk for task in tasks if task.measure is not None and str(task.measure.section_id) == scope.removeprefix("section-")]
    ticked = set(request.POST.getlist("task"))
    return [task.pk for task in tasks if str(task.pk) in ticked]


@require_POST
def settle(request: ActorRequest, pk: int) -> HttpResponse:
    """Say which agency a name that the directory does not know means, or leave it out."""
    now = timezone.now()
    plan = find_directed(request.actor, pk, now=now)
    receiver = Receiver.objects.filter(pk=_number(request.POST.get("receiver", "")), task__plan=plan).first()
    if receiver is None:
        messages.info(request, _("This has been settled already."))
        return redirect("plan-drafts", pk)
    try:
        agency_id = None if "drop" in request.POST else _agency(request.POST.get("who", ""), timezone.localdate(now))
        settle_receiver(actor=request.actor, task_id=receiver.task_id, receiver_id=receiver.pk, agency_id=agency_id, now=now)
    except (Invalid, Conflict) as refused:
        messages.error(request, str(refused.reason))
    return redirect("plan-drafts", pk)


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() else 0


def _agency(name: str, today: dt.date) -> int:
    """Return the agency that a name means today.

    Raises:
        Invalid: none, or more than one.
    """
    found = {
        meaning.agency_id for meaning in name_index(today).meanings(name.strip()) if meaning.agency_id is not None and meaning.in_force
    }
    if len(found) != 1:
        raise Invalid(_("The directory knows no single agency called “%(name)s”.") % {"name": name.strip()}, "who")
    return found.pop()
