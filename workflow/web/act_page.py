"""The page of any act of the catalog: what it needs, whom it goes to, then the act itself; refused, it keeps what was typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from workflow.catalog import CATALOG, Act, SubjectRow, task_of
from workflow.models import Assignment, Task, WorkPlan
from workflow.web import load
from workflow.web.act_form import ActForm
from workflow.web.panels import other_answers, panels_for
from workflow.web.pickers import suggestions
from workflow.web.receivers import receivers
from workflow.web.timeline import tell

RECENT = 5
"""How many of the last events a stale page is told."""


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, kind: str, pk: int, name: str) -> HttpResponse:
    """Show an act, or do it."""
    entry = CATALOG.get(name)
    if entry is None or entry.subject != kind:
        raise NotYours
    actor, now = actor_of(request), timezone.now()
    subject = load.subject(actor, entry.subject, pk, now=now)
    if request.method != "POST":
        form = ActForm(entry, subject, now=now, today=timezone.localdate(now))
        return show(request, actor, entry, subject, form, now=now)
    form = ActForm(entry, subject, now=now, today=timezone.localdate(now), data=request.POST)
    if not form.is_valid():
        return show(request, actor, entry, subject, form, now=now, status=400)
    try:
        made = _do(actor, entry, subject, form, now=now)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.reason))
        return show(request, actor, entry, subject, form, now=now, status=refusal.status)
    except (Conflict, Forbidden) as refusal:
        fresh = load.subject(actor, entry.subject, pk, now=now)
        return show(request, actor, entry, fresh, form, now=now, status=refusal.status, refused=str(refusal.reason))
    messages.success(request, _("Done: %(act)s.") % {"act": entry.label})
    if isinstance(made, WorkPlan) and not isinstance(subject, WorkPlan):  # what was begun is opened, to be written
        return redirect(reverse("workplan", args=[made.pk]))
    return redirect(_onward(request, subject))


def _do(actor: Actor, entry: Act, subject: SubjectRow, form: ActForm, *, now: dt.datetime) -> object:
    version = form.cleaned_data["version"]
    if version is not None and version != subject.version:
        raise Conflict(_("Somebody has changed this since you opened it. Load the page again and look at what has happened."))
    return entry.run(**{"actor": actor, "now": now, f"{entry.subject}_id": subject.pk, "version": version, **form.told()})


def show(
    request: HttpRequest,
    actor: Actor,
    entry: Act,
    subject: SubjectRow,
    form: ActForm,
    *,
    now: dt.datetime,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    """Return the page of an act; after a refusal it says what has happened since and carries the version as it is now."""
    decision = entry.offer(actor, subject, now=now)
    if not entry.may(actor, subject) and request.method == "GET":
        raise Forbidden(getattr(decision, "reason", ""))
    task = task_of(subject)
    groups = receivers(entry.name, subject, now=now) if entry.goes_out else []
    context: dict[str, Any] = {
        "act": entry,
        "task": task,
        "subject": subject,
        "agency": _agency_of(subject),
        "due_on": subject.due_on if isinstance(subject, Assignment) else task.due_on,
        "form": form,
        "version": subject.version,
        "decision": decision,
        "refused": refused,
        "recent": tell(actor, task)[0][:RECENT] if refused else [],
        "receivers": groups,
        "receivers_total": sum(len(group.names) for group in groups),
        "panels": panels_for(actor, entry.name, subject),
        "agencies": suggestions("", timezone.localdate(now)) if any(field.kind == "agency" for field in entry.fields) else [],
        "others": [
            (other.label, f"{reverse(f'{entry.subject}-act', args=[subject.pk, other.name])}?{request.GET.urlencode()}")
            for other in other_answers(actor, entry.name, subject, now=now)
        ],
        "back_url": _named(request, "back") or _onward(request, subject),
        "skip_url": _named(request, "skip"),
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "workflow/act.html", context, status=status)


def _agency_of(subject: SubjectRow) -> str:
    match subject:
        case Task():
            return ""
        case Assignment():
            return subject.agency.name
        case _:
            return subject.assignment.agency.name


def _onward(request: HttpRequest, subject: SubjectRow) -> str:
    """Return where the person goes after the act: where they came from, when it is a page of ours, else the task."""
    return _named(request, "next") or reverse("task", args=[task_of(subject).pk])


def _named(request: HttpRequest, name: str) -> str:
    """Return the address that a request names, when it is one of a page of ours; else nothing."""
    wanted = request.POST.get(name, request.GET.get(name, ""))
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else ""
