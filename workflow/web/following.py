"""What a person follows: the list 我关注的, and following a task or a plan, or no more."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.middleware import actor_of
from workflow.actions.follow import follow_plan, follow_task, unfollow
from workflow.lights import task_light
from workflow.models import Follow, Task, Visit
from workflow.thresholds import thresholds_in_force
from workflow.web.dispatch.sight import plans_visible_to
from workflow.working_days import calendar_in_force

SHOWN = 200
"""Followed tasks on one page; nobody follows more and reads it."""

VISITS_KEPT = 12


@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """Show what the person follows, of what they still see."""
    actor, now = actor_of(request), timezone.now()
    today, calendar, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    tasks = Follow.objects.tasks_of(actor, now=now).select_related("plan", "issuer")[:SHOWN]
    followed = Follow.objects.filter(user_id=actor.user_id or 0, plan__isnull=False).values("plan_id")
    plans = plans_visible_to(actor, now=now).filter(pk__in=followed)
    context = {"tasks": [{"task": task, "light": task_light(task, today, calendar, thresholds)} for task in tasks], "plans": plans}
    return render(request, "workflow/following.html", context)


@require_POST
def follow(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Follow a task or a plan, or no more, as the button said."""
    actor, now = actor_of(request), timezone.now()
    if request.POST.get("follow") == "no":
        unfollow(actor=actor, task_id=pk if kind == "task" else None, plan_id=pk if kind == "plan" else None)
        messages.success(request, _("You are no longer told what happens to it."))
    elif kind == "task":
        follow_task(actor=actor, task_id=pk, now=now)
        messages.success(request, _("You will be told what happens to it. What you follow stands on your workbench."))
    else:
        follow_plan(actor=actor, plan_id=pk, now=now)
        messages.success(request, _("You will be told what is decided about its tasks."))
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(wanted)
    return redirect(reverse(kind, args=[pk]))


def follows(actor: Actor, *, task_id: int | None = None, plan_id: int | None = None) -> bool:
    """Tell whether a person follows a task or a plan."""
    rows = Follow.objects.filter(user_id=actor.user_id or 0)
    return (rows.filter(task_id=task_id) if task_id is not None else rows.filter(plan_id=plan_id or 0)).exists()


def note_visit(actor: Actor, task: Task, *, now: dt.datetime) -> None:
    """Remember that a person looked at a task; the oldest are forgotten. Nobody but the person is shown them."""
    if actor.user_id is None:
        return
    last = Visit.objects.filter(user_id=actor.user_id).values_list("pk", "task_id")[: VISITS_KEPT + 1]
    rows = list(last)
    if rows and rows[0][1] == task.pk:
        return
    row = Visit(user_id=actor.user_id, task_id=task.pk, at=now)
    Visit.objects.bulk_create([row], update_conflicts=True, update_fields=["at"], unique_fields=["user", "task"])
    if len(rows) > VISITS_KEPT:
        Visit.objects.filter(pk__in=[pk for pk, _task in rows[VISITS_KEPT:]]).delete()


def recent(actor: Actor, *, now: dt.datetime, shown: int = VISITS_KEPT) -> list[Task]:
    """Return the tasks a person looked at last, of those they still see, the latest first."""
    visible = Task.objects.visible_to(actor, now=now).values("pk")
    rows = Visit.objects.filter(user_id=actor.user_id or 0, task__in=visible).select_related("task")
    return [row.task for row in rows[:shown]]
