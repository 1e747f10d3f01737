"""What an entry of the catalog says of an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from workflow.models import Answer, Assignment, Contribution, Report, Task, WorkPlan

SubjectRow = Task | Assignment | Report | Contribution | Answer | WorkPlan
"""A row that acts are done to."""


class Subject(StrEnum):
    """What an act is done to."""

    TASK = "task"
    ASSIGNMENT = "assignment"
    REPORT = "report"
    CONTRIBUTION = "contribution"
    ANSWER = "answer"
    WORKPLAN = "workplan"


FieldKind = Literal["text", "date", "agency", "officer", "successor", "choice", "person", "sentences"]


@dataclass(frozen=True, slots=True)
class Field:
    """What an act needs to be told.

    Attributes:
        name: the keyword argument of the act.
        kind: how it is asked for; `officer` is one of the agency's people, `successor` one of its successors,
            `person` anybody with an account, `sentences` places of sentences in the task's text.
        choices: for `choice`, the values with their labels.
    """

    name: str
    label: str | Promise
    kind: FieldKind = "text"
    required: bool = True
    choices: Sequence[tuple[str, str | Promise]] = ()


REASON = Field("reason", gettext_lazy("Reason"))
"""Why: what most acts that turn something back ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that can be done.

    Attributes:
        name: as in addresses and in the API.
        label: on the button.
        subject: what it is done to.
        transition: of the subject's machine; empty when the act moves another machine, or none.
        may: whether this actor may at all (403 otherwise).
        ready: whether the moment is right (409 otherwise).
        run: the action; called with `actor`, `now`, `<subject>_id`, `version` and the fields.
        fields: what it needs.
        goes_out: it leaves the house, so that its receivers are shown before it is confirmed.
        weight: `primary` for the usual next step, `danger` for what cannot easily be undone.
    """

    name: str
    label: str | Promise
    subject: Subject
    may: Callable[[Actor, Any], Decision]
    run: Callable[..., Any]
    transition: str = ""
    ready: Callable[[Any, dt.datetime], Decision] | None = None
    fields: tuple[Field, ...] = ()
    goes_out: bool = False
    weight: Literal["primary", "plain", "danger"] = "plain"

    def offer(self, actor: Actor, subject: SubjectRow, *, now: dt.datetime) -> Decision:
        """Answer whether the act can be done now, or why not; policy is asked before the machine and the moment."""
        decision = self.may(actor, subject)
        if not decision:
            return decision
        if self.transition and not can_proceed(getattr(subject, self.transition)):
            return Denied(_("Not possible while it is “%(state)s”.") % {"state": subject.get_state_display()})
        return self.ready(subject, now) if self.ready else Allowed()


def task_of(row: SubjectRow) -> Task:
    """Return the task that something belongs to."""
    match row:
        case Task():
            return row
        case Assignment():
            return row.task
        case _:
            return row.assignment.task
