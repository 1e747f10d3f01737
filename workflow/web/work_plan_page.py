"""The page of a lead's plan: its officer writes it, its reviewer puts it on record, who sees the task reads it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

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
from workflow import policy, work_plans
from workflow.actions.attaching import EVIDENCE_LIMIT
from workflow.actions.work_plan_files import attach_plan_file, detach_plan_file
from workflow.actions.write_work_plan import MOST, Step, save_work_plan, send_work_plan_for_review
from workflow.models import WorkPlan
from workflow.states import OPEN_WORK_PLAN_STATES, AssignmentState, WorkPlanState
from workflow.web import load
from workflow.web.buttons import buttons
from workflow.web.report_page import as_download, content_of
from workflow.web.writing import keep_or_show_again

ROWS = 5
"""How many steps a fresh plan has room for; saving makes room for more."""
SPARE = 2
"""How many empty rows follow the steps that are there."""


class WorkPlanForm(forms.Form):
    """How a lead will get its part done."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("How the task will be carried out"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class StepForm(forms.Form):
    """A step, or a row that was left empty."""

    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    what = forms.CharField(label=gettext_lazy("What is done until then"), required=False, max_length=300)
    responsible = forms.CharField(label=gettext_lazy("Who is responsible"), required=False, max_length=100)

    def clean(self) -> dict[str, Any]:
        """Return what was typed.

        Raises:
            ValidationError: of a field that was left empty beside one that was not.
        """
        told = self.cleaned_data
        missing = [name for name in self.fields if not told.get(name) and name not in self.errors]
        if len(missing) < len(self.fields):
            for name in missing:
                self.add_error(name, _("Give each step its day, what is done until then, and who is responsible."))
        return told


StepForms = forms.formset_factory(StepForm, extra=0, max_num=MOST, validate_max=True)


def step_forms(plan: WorkPlan, data: Any = None) -> Any:
    """Return the rows of a plan's steps, with room for more."""
    steps: list[dict[str, Any]] = [{"day": step.day, "what": step.what, "responsible": step.responsible} for step in plan.steps.all()]
    room = min(max(ROWS, len(steps) + SPARE), MOST)
    return StepForms(data, initial=steps + [{}] * (room - len(steps)), prefix="step")


@require_http_methods(["GET", "POST"])
def work_plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lead's plan; keep what is written, and send it for review when asked to."""
    actor, now = actor_of(request), timezone.now()
    plan = load.work_plan(actor, pk, now=now)
    require(policy.may_read_work_plan(actor, plan))
    if request.method != "POST":
        form = WorkPlanForm(initial={"version": plan.version, "text": plan.text})
        return show(request, actor, plan, form, step_forms(plan), now=now)
    require(policy.may_write_work_plan(actor, plan))
    form, steps = WorkPlanForm(request.POST), step_forms(plan, request.POST)
    if not (form.is_valid() and steps.is_valid()):
        return show(request, actor, plan, form, steps, now=now, status=400)
    return keep_or_show_again(
        request,
        form,
        keep=partial(_keep, request, actor, pk, form, steps, now=now),
        again=lambda **how: show(request, actor, load.work_plan(actor, pk, now=now), form, steps, now=now, **how),
        onward=reverse("task", args=[plan.assignment.task_id]) if "send" in request.POST else reverse("workplan", args=[pk]),
    )


def _keep(request: HttpRequest, actor: Actor, pk: int, form: WorkPlanForm, steps: Any, *, now: dt.datetime) -> str:
    """Save text and steps, then attach or remove files, then send it; each is kept even when the next is refused."""
    written = [Step(**row.cleaned_data) for row in steps if row.cleaned_data.get("day")]
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    save_work_plan(actor=actor, workplan_id=pk, text=text, steps=written, version=version, now=now)
    for upload in request.FILES.getlist("files"):
        attach_plan_file(actor=actor, workplan_id=pk, filename=upload.name or "", content=content_of(upload), now=now)
    if request.POST.get("remove", "").isdecimal():
        detach_plan_file(actor=actor, workplan_id=pk, file_id=int(request.POST["remove"]), now=now)
        return _("The draft is saved and the file removed.")
    if "send" in request.POST:
        send_work_plan_for_review(actor=actor, workplan_id=pk, now=now)
        return _("The work plan has been sent to the reviewer of your agency.")
    return _("The draft is saved.")


@require_GET
def plan_file(request: HttpRequest, pk: int) -> FileResponse:
    """Give a file to whoever may read its plan."""
    return as_download(load.plan_file(actor_of(request), pk, now=timezone.now()))


def show(
    request: HttpRequest,
    actor: Actor,
    plan: WorkPlan,
    form: WorkPlanForm,
    steps: Any,
    *,
    now: dt.datetime,
    status: int = 200,
    refused: str = "",
    files_refused: str = "",
) -> HttpResponse:
    """Return the page of a lead's plan, to write in or to read."""
    part = plan.assignment
    over = plan.state in OPEN_WORK_PLAN_STATES and part.state != AssignmentState.ACCEPTED
    writes = plan.state == WorkPlanState.DRAFT and bool(policy.may_write_work_plan(actor, plan)) and (form.is_bound or not over)
    hidden = frozenset({"send_work_plan_for_review"}) if writes else frozenset[str]()
    context = {
        "written": plan,
        "kind": _("Work plan"),
        "heading": _("Work plan"),
        "files": list(plan.files.all()),
        "file_url": "workplan-file",
        "files_label": _("Files"),
        "files_required": False,
        "files_refused": files_refused,
        "part": part,
        "task": part.task,
        "form": form,
        "steps": steps,
        "refused": refused,
        "is_writable": writes,
        "is_over": over,
        "is_readable": True,
        "save_decision": work_plans.to_write(plan, now),
        "line": work_plans.line_of(plan, timezone.localdate(now)),
        "limit": EVIDENCE_LIMIT // 1024 // 1024,
        "buttons": buttons(actor, plan, now=now, without=hidden),
    }
    return render(request, "workflow/work_plan.html", context, status=status)
