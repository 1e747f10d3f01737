"""The page of a supporter's contribution: its officer writes it, its reviewer releases it, the leads read it or ask for more."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.attaching import EVIDENCE_LIMIT
from workflow.actions.contribution_files import WRITABLE, attach_material, detach_material
from workflow.actions.write_contribution import save_contribution, send_contribution_for_review
from workflow.lights import contribution_light
from workflow.models import Contribution
from workflow.owed import is_over
from workflow.states import ContributionState
from workflow.thresholds import thresholds_in_force
from workflow.web import load
from workflow.web.buttons import buttons
from workflow.web.report_page import as_download, content_of
from workflow.web.writing import keep_or_show_again
from workflow.working_days import calendar_in_force


class ContributionForm(forms.Form):
    """What a supporting agency contributes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("What your agency has done for this task in the period"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@require_http_methods(["GET", "POST"])
def contribution_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a contribution; keep what is written, and send it for review when asked to."""
    actor, now = actor_of(request), timezone.now()
    row = load.contribution(actor, pk, now=now)
    if request.method != "POST":
        require(policy.may_read_contribution(actor, row) or policy.may_judge_contribution(actor, row))
        return show(request, actor, row, ContributionForm(initial={"version": row.version, "text": row.text}), now=now)
    require(policy.may_contribute(actor, row))
    form = ContributionForm(request.POST)
    if not form.is_valid():
        return show(request, actor, row, form, now=now, status=400)
    return keep_or_show_again(
        request,
        form,
        keep=partial(_keep, request, actor, pk, form, now=now),
        again=lambda **how: show(request, actor, load.contribution(actor, pk, now=now), form, now=now, **how),
        onward=reverse("task", args=[row.assignment.task_id]) if "send" in request.POST else reverse("contribution", args=[pk]),
    )


def _keep(request: HttpRequest, actor: Actor, pk: int, form: ContributionForm, *, now: dt.datetime) -> str:
    """Save the text, then attach or remove files, then send it; each is kept even when the next is refused."""
    save_contribution(actor=actor, contribution_id=pk, text=form.cleaned_data["text"], version=form.cleaned_data["version"], now=now)
    for upload in request.FILES.getlist("files"):
        attach_material(actor=actor, contribution_id=pk, filename=upload.name or "", content=content_of(upload), now=now)
    if request.POST.get("remove", "").isdecimal():
        detach_material(actor=actor, contribution_id=pk, material_id=int(request.POST["remove"]), now=now)
        return _("The draft is saved and the file removed.")
    if "send" in request.POST:
        send_contribution_for_review(actor=actor, contribution_id=pk, now=now)
        return _("The contribution has been sent to the reviewer of your agency.")
    return _("The draft is saved.")


@require_GET
def material(request: HttpRequest, pk: int) -> FileResponse:
    """Give a file to whoever may read its contribution."""
    return as_download(load.material(actor_of(request), pk, now=timezone.now()))


def show(
    request: HttpRequest,
    actor: Actor,
    row: Contribution,
    form: ContributionForm,
    *,
    now: dt.datetime,
    status: int = 200,
    refused: str = "",
    files_refused: str = "",
) -> HttpResponse:
    """Return the page of a contribution, to write in or to read."""
    over = is_over(row)
    writes = row.state in WRITABLE and bool(policy.may_contribute(actor, row)) and (form.is_bound or not over)
    part = row.assignment
    earlier = [other for other in part.contributions.all() if other.pk != row.pk and other.state == ContributionState.SENT]
    context = {
        "row": row,
        "written": row,
        "kind": _("Contribution"),
        "heading": _("Contribution"),
        "files": list(row.files.all()),
        "file_url": "contribution-file",
        "files_label": _("Files"),
        "files_refused": files_refused,
        "part": part,
        "task": part.task,
        "form": form,
        "refused": refused,
        "is_writable": writes,
        "is_over": over,
        "is_readable": bool(policy.may_read_contribution(actor, row)),
        "save_decision": timing.to_contribute(row, now),
        "light": contribution_light(row, timezone.localdate(now), calendar_in_force(), thresholds_in_force()),
        "leads": [lead.agency for lead in part.task.assignments.all() if lead.is_lead],
        "last": earlier[0] if earlier and part.agency_id in actor.agency_ids else None,
        "limit": EVIDENCE_LIMIT // 1024 // 1024,
        "buttons": buttons(actor, row, now=now, without=frozenset({"send_contribution_for_review"}) if writes else frozenset()),
    }
    return render(request, "workflow/contribution.html", context, status=status)
