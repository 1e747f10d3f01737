"""Drawing a task up by hand, and changing one that has not gone out yet: its words, its date, who is to receive it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.models import Agency, AgencyGroup
from agencies.refusals import Conflict, Forbidden, Invalid, require
from workflow import policy
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.plan_task import edit_task, set_due, settle_receiver
from workflow.catalog.questions import is_draft
from workflow.models import Receiver, Task
from workflow.states import Part, Rhythm
from workflow.web import load
from workflow.web.chosen import number
from workflow.web.pickers import AgencyField, Receivers, ReceiversField, suggestions


class TaskForm(forms.Form):
    """A task that has not gone out yet."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("What is to be done"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    due_on = forms.DateField(
        label=gettext_lazy("Due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rhythm = forms.ChoiceField(label=gettext_lazy("Reporting rhythm"), choices=Rhythm.choices)

    def __init__(self, *, today: dt.date, data: Any = None, initial: Any = None, unknown: list[Receiver] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.today = today
        hint = gettext_lazy(
            "One a line or with commas between, the first lead first; names of groups are allowed. Paste them from a document."
        )
        self.fields["leads"] = ReceiversField(label=gettext_lazy("Leads"), required=not unknown, today=today, help_text=hint)
        self.fields["supporters"] = ReceiversField(label=gettext_lazy("Supporters"), required=False, today=today)
        self.order_fields(["version", "title", "text", "leads", "supporters", "due_on", "rhythm"])
        self.unknown = unknown or []
        for receiver in self.unknown:
            self.fields[f"settle_{receiver.pk}"] = AgencyField(
                label=_("“%(name)s” is") % {"name": receiver.name_as_written}, required=False, today=today
            )
            self.fields[f"drop_{receiver.pk}"] = forms.BooleanField(
                label=_("Drop “%(name)s”") % {"name": receiver.name_as_written}, required=False
            )

    def clean_due_on(self) -> dt.date | None:
        """Return the due date.

        Raises:
            ValidationError: it has passed and is not the one that was there before.
        """
        due_on: dt.date | None = self.cleaned_data["due_on"]
        if due_on is not None and due_on < self.today and due_on != self.initial.get("due_on"):
            raise forms.ValidationError(_("The due date lies in the past."))
        return due_on

    def planned(self) -> list[PlannedReceiver]:
        """Return who is to receive the task, leads first."""
        return [*_planned(self.cleaned_data["leads"], Part.LEAD), *_planned(self.cleaned_data["supporters"], Part.SUPPORT)]


class NewTaskForm(TaskForm):
    """A task drawn up by hand, by one of the agencies that the person coordinates for."""

    def __init__(self, *, issuers: list[Agency], today: dt.date, data: Any = None, initial: Any = None) -> None:
        super().__init__(today=today, data=data, initial=initial)
        choices = [(str(agency.pk), agency.name) for agency in issuers]
        self.fields["issuer"] = forms.ChoiceField(label=gettext_lazy("Issuer"), choices=choices)
        if len(issuers) == 1:
            self.fields["issuer"].widget = forms.HiddenInput()
            self.fields["issuer"].initial = choices[0][0]
        self.order_fields(["version", "issuer", "title", "text", "leads", "supporters", "due_on", "rhythm"])


def _planned(receivers: Receivers, part: Part) -> list[PlannedReceiver]:
    return [PlannedReceiver(part, agency_id=named.agency_id, group_id=named.group_id) for named in receivers.named]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draw up a task by hand."""
    actor, now = actor_of(request), timezone.now()
    seats = actor.agencies_where("coordinate")
    if not seats:
        raise Forbidden(_("Only coordinators of the issuing agency can draw up tasks."))
    issuers, today = list(Agency.objects.filter(pk__in=seats)), timezone.localdate(now)
    parent = parent_of(request, actor, now=now)
    if request.method != "POST":
        asked = {"issuer": request.GET["issuer"]} if "issuer" in request.GET else {}
        form = NewTaskForm(issuers=issuers, today=today, initial=from_parent(parent) | asked)
        return show(request, form, None, parent=parent)
    form = NewTaskForm(issuers=issuers, today=today, data=request.POST)
    if not form.is_valid():
        return show(request, form, None, status=400, parent=parent)
    data = form.cleaned_data
    try:
        task = draw_up_task(
            actor=actor,
            issuer_id=int(data["issuer"]),
            title=data["title"],
            text=data["text"],
            receivers=form.planned(),
            due_on=data["due_on"],
            rhythm=data["rhythm"],
            parent_id=parent.pk if parent is not None else None,
            now=now,
        )
    except (Conflict, Invalid) as refusal:
        field = refusal.field
        form.add_error({"receivers": "leads"}.get(field, field) or None, str(refusal.reason))
        return show(request, form, None, status=refusal.status, parent=parent)
    messages.success(request, _("The task is drawn up. Look it over, then dispatch it."))
    return redirect("task", task.pk)


def parent_of(request: HttpRequest, actor: Actor, *, now: dt.datetime) -> Task | None:
    """Return the task that is being decomposed, when the address names one that the actor sees."""
    asked = number(request.GET.get("parent", ""))
    return load.whole_task(actor, asked, now=now) if asked is not None else None


def from_parent(parent: Task | None) -> dict[str, Any]:
    """Return what a new task starts with: where it decomposes another one, that one's words and date."""
    if parent is None:
        return {"rhythm": Rhythm.MONTHLY}
    rhythm = parent.rhythm if parent.rhythm != Rhythm.BY_STAGE else Rhythm.MONTHLY
    return {"rhythm": rhythm, "title": parent.title, "text": parent.text, "due_on": parent.due_on}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a task that has not gone out yet, and settle names that the directory does not know."""
    actor, now = actor_of(request), timezone.now()
    task, today = load.whole_task(actor, pk, now=now), timezone.localdate(now)
    require(policy.may_coordinate(actor, task))
    if not is_draft(task, now):
        raise Conflict(_("The task has been dispatched already."))
    unknown = [row for row in task.receivers.all() if row.agency_id is None and row.group_id is None]
    if request.method != "POST":
        return show(request, TaskForm(today=today, initial=initial_of(task), unknown=unknown), task)
    form = TaskForm(today=today, data=request.POST, initial=initial_of(task), unknown=unknown)
    if not form.is_valid():
        return show(request, form, task, status=400)
    try:
        _keep(actor, task, form, now=now)
    except Invalid as refusal:
        form.add_error({"receivers": "leads"}.get(refusal.field) if refusal.field else None, str(refusal.reason))
        return show(request, form, task, status=refusal.status)
    except Conflict as refusal:
        return show(request, form, load.whole_task(actor, pk, now=now), status=refusal.status, refused=str(refusal.reason))
    messages.success(request, _("The task is changed."))
    return redirect("task", task.pk)


@transaction.atomic
def _keep(actor: Actor, task: Task, form: TaskForm, *, now: dt.datetime) -> None:
    """Write everything the form says, or nothing of it."""
    data = form.cleaned_data
    edit_task(
        actor=actor,
        task_id=task.pk,
        title=data["title"],
        text=data["text"],
        rhythm=data["rhythm"],
        receivers=form.planned(),
        version=data["version"],
        now=now,
    )
    for receiver in form.unknown:
        agency_id = data.get(f"settle_{receiver.pk}")
        if agency_id is not None or data.get(f"drop_{receiver.pk}"):
            settle_receiver(actor=actor, task_id=task.pk, receiver_id=receiver.pk, agency_id=agency_id, now=now)
    if data["due_on"] is not None and data["due_on"] != task.due_on:
        set_due(actor=actor, task_ids=[task.pk], due_on=data["due_on"], now=now)


def initial_of(task: Task) -> dict[str, Any]:
    """Return what the form of a drawn-up task starts with."""
    known = [row for row in task.receivers.all() if row.agency_id or row.group_id]
    return {
        "version": task.version,
        "title": task.title,
        "text": task.text,
        "due_on": task.due_on,
        "rhythm": task.rhythm,
        "leads": "\n".join(str(row) for row in known if row.part == Part.LEAD),
        "supporters": "\n".join(str(row) for row in known if row.part == Part.SUPPORT),
    }


def show(
    request: HttpRequest, form: TaskForm, task: Task | None, *, status: int = 200, refused: str = "", parent: Task | None = None
) -> HttpResponse:
    """Return the page of the form."""
    context = {
        "form": form,
        "task": task,
        "parent": parent,
        "version": task.version if task is not None else "",
        "refused": refused,
        "agencies": [*AgencyGroup.objects.values_list("name", flat=True), *suggestions("", form.today)],
    }
    return render(request, "workflow/draw_up.html", context, status=status)


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Give the agencies whose name contains what has been typed, as options."""
    names = suggestions(request.GET.get("q", "")[:60].strip(), timezone.localdate())
    return render(request, "workflow/suggestions.html", {"agencies": names})
