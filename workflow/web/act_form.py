"""The form of an act, drawn from its entry in the catalog."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Succession, User
from workflow import policy, timing
from workflow.actions.set_rules import NO, YES
from workflow.actions.split_task import EACH, sentences_of
from workflow.catalog import Act, Field, SubjectRow
from workflow.models import Assignment, Task
from workflow.web.pickers import AgencyField, PersonField

SHORT_TEXTS = frozenset({"basis", "title"})
"""Texts of one line; all others have room for several."""


class ActForm(forms.Form):
    """What an act needs to be told, and the version of the page it is told from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, act: Act, subject: SubjectRow, *, now: dt.datetime, today: dt.date, data: Any = None) -> None:
        super().__init__(data, initial={"version": subject.version} | initial_of(act, subject))
        self.act = act
        for field in act.fields:
            if field.name == "instructions" and isinstance(subject, Task) and not subject.instructions.exists():
                continue  # nothing to choose
            self.fields[field.name] = form_field(field, subject, now=now, today=today)

    def told(self) -> dict[str, Any]:
        """Return the keyword arguments of the act; what was left empty takes the act's own default where it has one."""
        values: dict[str, Any] = {}
        for field in self.act.fields:
            value = self.cleaned_data.get(field.name)
            values[field.name] = int(value) if field.kind in {"officer", "successor"} and value else value
        return values


def form_field(field: Field, subject: SubjectRow, *, now: dt.datetime, today: dt.date) -> forms.Field:
    """Return the form field that asks for what an act needs."""
    label: Any = field.label
    match field.kind:
        case "date":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(label=label, required=field.required, widget=widget)
        case "agency":
            return AgencyField(label=label, required=field.required, today=today)
        case "officer" | "successor":
            people = officers(subject, now) if field.kind == "officer" else successors(subject)
            return forms.ChoiceField(label=label, required=field.required, choices=[("", _("Please choose")), *people])
        case "person":
            return PersonField(label=label, required=field.required, help_text=_("By name or user name; somebody with an account."))
        case "choice" | "sentences":
            return _choices(field, label, subject)
        case _:
            short = field.name in SHORT_TEXTS
            widget_of_text = forms.TextInput() if short else forms.Textarea(attrs={"rows": 4})
            return forms.CharField(label=label, required=field.required, max_length=300 if short else 10_000, widget=widget_of_text)


def _choices(field: Field, label: Any, subject: SubjectRow) -> forms.Field:
    if field.kind == "choice":
        return forms.ChoiceField(label=label, required=field.required, choices=field.choices, widget=forms.RadioSelect)
    found = list(enumerate(sentences_of(subject))) if isinstance(subject, Task) else []
    return forms.TypedMultipleChoiceField(
        label=label, required=field.required, choices=found, coerce=int, widget=forms.CheckboxSelectMultiple
    )


def officers(subject: SubjectRow, now: dt.datetime) -> list[tuple[str, str]]:
    """Return the people of the agency who may be named officer in charge."""
    if not isinstance(subject, Assignment):
        return []
    people = policy.people_who_hold("report", {subject.agency_id}, now=now).get(subject.agency_id, [])
    return [(str(person.pk), str(person)) for person in User.objects.filter(pk__in=people).order_by("name")]


def successors(subject: SubjectRow) -> list[tuple[str, str]]:
    """Return the agencies that followed the one of the assignment."""
    if not isinstance(subject, Assignment):
        return []
    rows = Succession.objects.filter(predecessor_id=subject.agency_id).select_related("successor")
    return [(str(row.successor_id), row.successor.name) for row in rows]


def initial_of(act: Act, subject: SubjectRow) -> dict[str, Any]:
    """Return what a form is filled with before the person types: what was asked for, what is usually said."""
    if isinstance(subject, Task):
        return _initial_of_task(act.name, subject)
    if isinstance(subject, Assignment):
        return _initial_of_part(act.name, subject)
    return {}


def _initial_of_task(name: str, task: Task) -> dict[str, Any]:
    match name:
        case "set_due" | "move_due":
            return {"due_on": task.due_on}
        case "revise":
            return {"title": task.title, "text": task.text}
        case "set_rules":
            return rules_as_told(task)
        case "split_task":
            return {"instructions": EACH}
        case "set_stages":
            return {"stages": "\n".join(f"{stage.ends_on.isoformat()} {stage.name}" for stage in task.stages.all())}
        case _:
            return {}


def _initial_of_part(name: str, part: Assignment) -> dict[str, Any]:
    if name == "grant_extension" and (row := timing.open_extension(part)) is not None:
        return {"granted_to": row.asked_for}
    if name == "reroute" and (hand_back := timing.open_hand_back(part)) is not None and hand_back.suggested is not None:
        return {"agency_id": hand_back.suggested.short_name}
    if name == "pass_on" and part.officer_id is not None:
        return {"officer_id": part.officer_id}
    if name == "press":
        return {"text": prepared_text(part)}
    return {}


def rules_as_told(task: Task) -> dict[str, Any]:
    """Return the rules of a task as its form asks for them."""
    told: dict[str, Any] = {name: getattr(task, name) for name in ("closing_rule", "roll_up")}
    for name in ("needs_verification", "evidence_required", "asks_supporters", "asks_work_plans"):
        told[name] = YES if getattr(task, name) else NO
    return told


def prepared_text(part: Assignment) -> str:
    """Return the words with which an agency is usually pressed."""
    if part.due_on is None:
        return _("Please see to “%(task)s” without delay and report how it stands.") % {"task": part.task.title}
    return _("Please see to “%(task)s”, due on %(due_on)s, without delay and report how it stands.") % {
        "task": part.task.title,
        "due_on": date_format(part.due_on, "DATE_FORMAT"),
    }


def asks_at_once(act: Act) -> bool:
    """Tell whether a button can do the act by itself: it needs no words, and nobody outside has to be looked at first."""
    return not act.fields and not act.goes_out


def may_act(actor: Actor, act: Act, subject: SubjectRow) -> bool:
    """Tell whether the act is the actor's at all."""
    return bool(act.may(actor, subject))
