"""The page of a report: its officer writes it, its reviewer releases it, the coordinator accepts or returns it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.refusals import Conflict, Forbidden, Invalid, Refusal, require
from workflow import policy, timing, work_plans
from workflow.actions.attaching import EVIDENCE_LIMIT
from workflow.actions.joint_reports import candidates, write_together
from workflow.actions.write_report import ReportText, attach_evidence, detach_evidence, save_report, send_for_review
from workflow.collecting import carried_over, collected, last_accepted
from workflow.lights import report_light
from workflow.models import Evidence, Material, Report, WorkPlanFile
from workflow.owed import is_over
from workflow.states import ReportState
from workflow.thresholds import thresholds_in_force
from workflow.web import load
from workflow.web.buttons import buttons
from workflow.web.chosen import LONGEST, shown_in
from workflow.web.writing import keep_or_show_again
from workflow.working_days import calendar_in_force

WRITABLE = frozenset({ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED})


class ReportForm(forms.Form):
    """What an officer writes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    done = forms.CharField(
        label=gettext_lazy("Done in this period"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Progress in percent"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    next_steps = forms.CharField(
        label=gettext_lazy("Next steps"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    problems = forms.CharField(label=gettext_lazy("Problems"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    help_needed = forms.CharField(
        label=gettext_lazy("Help needed"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    forecast_on = forms.DateField(
        label=gettext_lazy("Expected to be done on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    confidence = forms.ChoiceField(
        label=gettext_lazy("How sure"), required=False, choices=Report.Confidence.choices, widget=forms.RadioSelect
    )

    def text(self) -> ReportText:
        """Return what was written."""
        return ReportText(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report; keep what is written, attach files, and send it for review when asked to."""
    actor, now = actor_of(request), timezone.now()
    report = load.report(actor, pk, now=now)
    require(policy.may_read_report(actor, report))
    if request.method != "POST":
        return show(request, actor, report, ReportForm(initial=starting_from(report)), now=now)
    require(policy.may_report(actor, report))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return show(request, actor, report, form, now=now, status=400)
    return keep_or_show_again(
        request,
        form,
        keep=partial(_keep, request, actor, report, form, now=now),
        again=lambda **how: show(request, actor, load.report(actor, pk, now=now), form, now=now, **how),
        onward=reverse("task", args=[report.assignment.task_id]) if "send" in request.POST else reverse("report", args=[pk]),
    )


def _keep(request: HttpRequest, actor: Actor, report: Report, form: ReportForm, *, now: dt.datetime) -> str:
    """Save the text, then attach or remove files, then send it; each is kept even when the next is refused."""
    save_report(actor=actor, report_id=report.pk, text=form.text(), now=now, version=form.cleaned_data["version"])
    if "together" in request.POST:
        write_together(actor=actor, report_id=report.pk, others=named_together(request), now=now)
    for upload in request.FILES.getlist("files"):
        attach_evidence(actor=actor, report_id=report.pk, filename=upload.name or "", content=content_of(upload), now=now)
    if request.POST.get("remove", "").isdecimal():
        detach_evidence(actor=actor, report_id=report.pk, evidence_id=int(request.POST["remove"]), now=now)
        return _("The draft is saved and the file removed.")
    if "send" in request.POST:
        send_for_review(actor=actor, report_id=report.pk, now=now)
        return _("The report has been sent to the reviewer of your agency.")
    return _("The draft is saved.")


def named_together(request: HttpRequest) -> dict[int, int | None]:
    """Return the further reports that were ticked, each with the percentage typed beside it."""
    chosen = shown_in(request.POST.getlist("with"))
    percents = {pk: request.POST.get(f"percent_{pk}", "").strip() for pk in chosen}
    return {pk: int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None for pk, text in percents.items()}


def together_beside(request: HttpRequest, report: Report) -> list[tuple[Report, bool, str]]:
    """Return the reports that this one may also serve: ticked or not, with its percentage, as typed where the form comes back."""
    rows = list(candidates(report))
    if request.method == "POST":
        ticked = shown_in(request.POST.getlist("with"))
        return [(row, row.pk in ticked, request.POST.get(f"percent_{row.pk}", "")) for row in rows]
    return [(row, row.written_with_id is not None, "" if row.percent is None else str(row.percent)) for row in rows]


def content_of(upload: UploadedFile[Any]) -> bytes:
    """Return what was uploaded.

    Raises:
        Invalid: it is larger than what is taken; said before it is read into memory.
    """
    if upload.size and upload.size > EVIDENCE_LIMIT:
        raise Invalid(_("The file is larger than %(limit)d MB.") % {"limit": EVIDENCE_LIMIT // 1024 // 1024}, "file")
    return cast("bytes", upload.read())


def show(
    request: HttpRequest,
    actor: Actor,
    report: Report,
    form: ReportForm,
    *,
    now: dt.datetime,
    status: int = 200,
    refused: str = "",
    files_refused: str = "",
) -> HttpResponse:
    """Return the page of a report, to write in or to read."""
    over = is_over(report)
    writes = report.state in WRITABLE and bool(policy.may_report(actor, report)) and (form.is_bound or not over)
    context: dict[str, Any] = {
        "report": report,
        "written": report,
        "kind": _("Report"),
        "heading": _("Progress report"),
        "files": list(report.evidence.all()),
        "file_url": "evidence",
        "files_label": _("Evidence"),
        "files_required": report.assignment.task.evidence_required,
        "files_refused": files_refused,
        "part": report.assignment,
        "task": report.assignment.task,
        "form": form,
        "refused": refused,
        "is_writable": writes,
        "is_over": over,
        "is_readable": True,
        "save_decision": timing.to_save_report(report, now),
        "light": report_light(report, timezone.localdate(now), calendar_in_force(), thresholds_in_force()),
        "last": last_accepted(report),
        "plan": plan_beside(report, timezone.localdate(now)),
        "together": together_beside(request, report) if writes and report.written_with_id is None else [],
        "followers": list(report.followers.select_related("assignment__task").order_by("pk")),
        "collected": collected(report),
        "may_press": is_released_by(actor, report),
        "today": timezone.localdate(now),
        "buttons": buttons(actor, report, now=now, without=frozenset({"send_for_review"}) if writes else frozenset()),
        "limit": EVIDENCE_LIMIT // 1024 // 1024,
    }
    return render(request, "workflow/report.html", context, status=status)


def plan_beside(report: Report, today: dt.date) -> work_plans.PlanLine | None:
    """Return the plan that the lead has in force, with what has become of its steps."""
    plan = work_plans.in_force(report.assignment)
    return None if plan is None else work_plans.line_of(plan, today)


def is_released_by(actor: Actor, report: Report) -> bool:
    """Tell whether the actor presses the supporters for the lead whose report it is, while it has not gone out."""
    unsent = report.state in WRITABLE | {ReportState.AGENCY_REVIEW}
    return unsent and bool(timing.task_is_live(report.assignment.task)) and actor.may("review", report.assignment.agency_id)


def starting_from(report: Report) -> dict[str, Any]:
    """Return what the form starts with: what was kept, or for a fresh report what the last accepted one said."""
    return {name: getattr(report, name) for name in ReportForm.base_fields} | carried_over(report)


@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a draft while it is being written; answers with the fragment that says so and carries the new version."""
    actor, now = actor_of(request), timezone.now()
    form = ReportForm(request.POST)
    context: dict[str, Any] = {"at": now, "problem": "", "version": request.POST.get("version", "")}
    if not form.is_valid():
        context["problem"] = _("Not saved yet: %(why)s") % {
            "why": " ".join(_at_field(form, name, str(error)) for name, errors in form.errors.items() for error in errors)
        }
    else:
        try:
            context["version"] = save_report(
                actor=actor, report_id=pk, text=form.text(), now=now, version=form.cleaned_data["version"]
            ).version
        except (Conflict, Forbidden, Invalid) as refusal:
            context["problem"] = _("Not saved: %(why)s") % {"why": _reason(refusal)}
    return render(request, "workflow/autosaved.html", context)


def _at_field(form: forms.Form, name: str, error: str) -> str:
    """Return what is wrong with the field it is wrong with, for words that stand elsewhere."""
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}{_(': ')}{error}" if label else error


def _reason(refusal: Refusal) -> str:
    return str(refusal.reason)


@require_GET
def evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Give a file to whoever may read its report: always as a download, never as a page of ours."""
    return as_download(load.evidence(actor_of(request), pk, now=timezone.now()))


def as_download(row: Evidence | Material | WorkPlanFile) -> FileResponse:
    """Return a file somebody has attached as an answer that no browser takes for a page of ours."""
    answer = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.filename, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
