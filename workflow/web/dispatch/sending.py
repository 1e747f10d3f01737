"""Dispatching 交办: the full list of receivers, groups expanded, before anything goes out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.decision import Decision, Denied
from agencies.models import Agency, AgencyGroup
from agencies.refusals import Conflict, NotYours
from measures.models import Plan
from workflow.actions.batch import dispatch_many
from workflow.actions.dispatch import preview, receivers_of, to_go_out
from workflow.models import Task
from workflow.routing import Routed
from workflow.states import Part
from workflow.web.chosen import shown_in
from workflow.web.dispatch.drafts import draft_tasks
from workflow.web.dispatch.sight import find_directed

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


@dataclass(frozen=True, slots=True)
class GoesTo:
    """A task and everybody it goes to: the leads by name, the supporters by name, and the members of each group."""

    task: Task
    leads: list[str]
    supports: list[str]
    groups: list[tuple[str, str, list[str]]]
    refusal: str

    @property
    def everybody(self) -> list[str]:
        """List whom it goes to."""
        return [*self.leads, *self.supports, *(name for _group, _part, names in self.groups for name in names)]

    @property
    def total(self) -> int:
        """Count the assignments."""
        return len(self.everybody)


def send(request: ActorRequest, pk: int) -> HttpResponse:
    """Show to whom the tasks go, and send them."""
    now = timezone.now()
    plan = find_directed(request.actor, pk, now=now)
    tasks = draft_tasks(plan)
    if request.method == "POST":
        return _send(request, plan, tasks, now)
    if not tasks:
        messages.info(request, _("Nothing waits to be dispatched."))
        return redirect("plan", pk)
    rows = _goes_to(tasks, now)
    agencies = {
        name for row in rows for name in [*row.leads, *row.supports, *(member for _group, _part, names in row.groups for member in names)]
    }
    context = {
        "plan": plan,
        "rows": rows,
        "total": sum(row.total for row in rows),
        "agencies": len(agencies),
        "without_due": sum(row.task.due_on is None for row in rows),
        "refused": [row for row in rows if row.refusal],
        "token": " ".join(f"{task.pk}:{task.version}" for task in tasks),
    }
    return render(request, "workflow/dispatch/receivers.html", context)


def _send(request: ActorRequest, plan: Plan, tasks: list[Task], now: dt.datetime) -> HttpResponse:
    """Send exactly the tasks whose receivers were shown; sending them a second time finds them gone and changes nothing."""
    shown = shown_in(request.POST.get("tasks", "").split())
    waiting = [task for task in tasks if task.pk in shown]
    if not waiting:
        messages.info(request, _("These tasks have been dispatched already."))
        return redirect("plan", plan.pk)
    if any(task.due_on is None for task in waiting) and "without_due" not in request.POST:
        messages.error(request, _("Some tasks have no due date. Set one, or tick that they go out without."))
        return redirect("plan-dispatch", plan.pk)
    try:
        outcomes = dispatch_many(actor=request.actor, shown={task.pk: shown[task.pk] for task in waiting}, now=now)
    except (Conflict, NotYours) as refused:
        messages.error(request, str(refused.reason))
        return redirect("plan-dispatch", plan.pk)
    left = [row for row in outcomes if not row.is_done]
    for row in left:
        messages.warning(request, _("Not dispatched: %(task)s. %(why)s") % {"task": row.task, "why": row.reason})
    sent = len(outcomes) - len(left)
    if sent:
        words = ngettext("%(count)d task has been dispatched.", "%(count)d tasks have been dispatched.", sent) % {"count": sent}
        messages.success(request, words)
    return redirect("plan-dispatch" if left else "plan", plan.pk)


def _goes_to(tasks: list[Task], now: dt.datetime) -> list[GoesTo]:
    receivers = receivers_of(tasks)
    routes, ready = preview(tasks, receivers, now), to_go_out(tasks, receivers, now)
    parts = [part for found in routes.values() for part in found]
    names = dict(Agency.objects.filter(pk__in={part.agency_id for part in parts}).values_list("pk", "short_name"))
    groups = dict(AgencyGroup.objects.filter(pk__in={part.group_id for part in parts}).values_list("pk", "name"))
    return [_row(task, found, names, groups, _refusal(ready[task.pk])) for task, found in routes.items()]


def _refusal(decision: Decision) -> str:
    return str(decision.reason) if isinstance(decision, Denied) else ""


def _row(task: Task, parts: list[Routed], names: dict[int, str], groups: dict[int, str], refusal: str) -> GoesTo:
    members: dict[tuple[int, str], list[str]] = {}
    for part in parts:
        if part.group_id is not None:
            members.setdefault((part.group_id, part.part), []).append(names[part.agency_id])
    return GoesTo(
        task,
        [names[part.agency_id] for part in parts if part.part == "lead" and part.group_id is None],
        [names[part.agency_id] for part in parts if part.part != "lead" and part.group_id is None],
        [(groups[group_id], str(Part(part).label), found) for (group_id, part), found in members.items()],
        refusal,
    )
