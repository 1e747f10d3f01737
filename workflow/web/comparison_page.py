"""The comparison table of a task's parts, by group: 17/21 signed, 15/21 reported, 2 late; and pressing those chosen in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.refusals import Invalid, require
from workflow import policy
from workflow.actions.batch import press_many, remind_many
from workflow.catalog import CATALOG
from workflow.comparison import Row, counts_of, periods_of, rows_of
from workflow.models import Task
from workflow.thresholds import thresholds_in_force
from workflow.web import load
from workflow.web.act_form import prepared_text
from workflow.web.chosen import number, shown_in
from workflow.web.receivers import Group
from workflow.working_days import calendar_in_force

SHOWS = {
    "": gettext_lazy("All"),
    "unsigned": gettext_lazy("Not signed for"),
    "unreported": gettext_lazy("Not reported"),
    "late": gettext_lazy("Late now"),
}
"""What of the table is shown."""

ACTS = ("press", "remind")
"""What is done to those ticked."""


@require_http_methods(["GET", "POST"])
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the parts of a task side by side; press or remind those chosen, after their names were shown."""
    actor, now = actor_of(request), timezone.now()
    task = load.whole_task(actor, pk, now=now)
    today, parts = timezone.localdate(now), task.assignments.all()
    periods = periods_of(parts, today)
    named = request.GET.get("period", "")
    period = periods.choose(named)
    rows = rows_of(parts, today, calendar_in_force(), thresholds_in_force(), period=period)
    if request.method == "POST":
        return _act(request, actor, task, rows, now=now)
    groups = {row.part.group.pk: row.part.group.name for row in rows if row.part.group is not None}
    asked = request.GET.get("group", "")
    chosen = [row for row in rows if _is_of(row, asked)] if asked else rows
    show = request.GET.get("show", "")
    context = {
        "task": task,
        "periods": periods,
        "period": period,
        "kept": f"&period={period.isoformat()}" if period is not None and named else "",
        "groups": [(str(key), name) for key, name in groups.items()],
        "group": asked,
        "title": groups.get(number(asked) or 0, ""),
        "counts": counts_of(chosen),
        "shows": list(SHOWS.items()),
        "show": show,
        "rows": [row for row in chosen if _is_shown(row, show)],
        "may_press": {row.part.pk for row in chosen if any(CATALOG[act].offer(actor, row.part, now=now) for act in ACTS)},
    }
    return render(request, "workflow/comparison/table.html", context)


def _is_of(row: Row, group: str) -> bool:
    if group in {"lead", "support"}:
        return row.part.part == group
    return str(row.part.group_id) == group


def _is_shown(row: Row, show: str) -> bool:
    match show:
        case "unsigned":
            return not row.has_signed
        case "unreported":
            return row.expected is not None and not row.has_reported
        case "late":
            return row.is_late
        case _:
            return True


def _act(request: HttpRequest, actor: Actor, task: Task, rows: list[Row], *, now: dt.datetime) -> HttpResponse:
    """Show whom it goes to, then do it to them."""
    back = f"{reverse('comparison', args=[task.pk])}?{request.GET.urlencode()}"
    shown = shown_in(request.POST.getlist("part"))
    chosen = [row.part for row in rows if row.part.pk in shown]
    if not chosen:
        messages.info(request, _("Tick the agencies first."))
        return redirect(back)
    for part in chosen:
        require(policy.may_press(actor, part))
    name = "remind" if request.POST.get("act") == "remind" else "press"
    text = request.POST.get("text", "")
    context: dict[str, Any] = {
        "task": task,
        "act": name,
        "back": back,
        "chosen": [f"{part.pk}:{shown[part.pk] or part.version}" for part in chosen],
        "receivers": [Group(_("Receives it"), [part.agency.name for part in chosen])],
        "total": len(chosen),
        "text": text if "confirmed" in request.POST else prepared_text(chosen[0]),
        "error": "",
    }
    if "confirmed" not in request.POST:
        return render(request, "workflow/comparison/confirm.html", context)
    act = remind_many if name == "remind" else press_many
    try:
        outcomes = act(actor=actor, shown={part.pk: shown[part.pk] for part in chosen}, text=text, now=now)
    except Invalid as refusal:
        return render(request, "workflow/comparison/confirm.html", context | {"error": refusal.reason}, status=refusal.status)
    done = sum(row.is_done for row in outcomes)
    if done:
        messages.success(request, ngettext("%(count)d agency was told.", "%(count)d agencies were told.", done) % {"count": done})
    names = {part.pk: part.agency.short_name for part in chosen}
    for row in outcomes:
        if not row.is_done:
            messages.warning(request, _("Not told: %(agency)s. %(why)s") % {"agency": names.get(row.pk, "—"), "why": row.reason})
    return redirect(back)
