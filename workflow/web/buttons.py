"""The buttons of a task, a part or a report, drawn from what the catalog offers the person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise

from agencies.actor import Actor
from agencies.decision import Decision, Denied
from workflow.catalog import Offer, SubjectRow, offers
from workflow.states import AssignmentState, ContributionState, ReportState, TaskState, WorkPlanState
from workflow.web.act_form import asks_at_once

MISSED_WHILE: dict[str, frozenset[str]] = {
    "dispatch": frozenset({TaskState.DRAFT}),
    "sign_off": frozenset({TaskState.CLOSING}),
    "declare_done": frozenset({AssignmentState.ACCEPTED}),
    "request_sign_off": frozenset({AssignmentState.DECLARED}),
    "request_extension": frozenset({AssignmentState.PENDING, AssignmentState.ACCEPTED}),
    "hand_back": frozenset({AssignmentState.PENDING, AssignmentState.ACCEPTED}),
    "sign_for": frozenset({AssignmentState.PENDING}),
    "send_for_review": frozenset({ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED}),
    "send_contribution_for_review": frozenset({ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED}),
    "send_contribution": frozenset({ContributionState.AGENCY_REVIEW}),
    "submit_report": frozenset({ReportState.AGENCY_REVIEW}),
    "send_work_plan_for_review": frozenset({WorkPlanState.DRAFT}),
    "file_work_plan": frozenset({WorkPlanState.AGENCY_REVIEW}),
}
"""States in which people look for an act: there it stays visible when it must wait, and says why. Elsewhere it is left out."""

LOOKS = {"primary": "primary", "danger": "outline-danger", "plain": ""}


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a button: where it leads, and whether pressing it is the act itself."""

    name: str
    label: str | Promise
    url: str
    decision: Decision
    look: str
    at_once: bool
    version: int

    @property
    def is_primary(self) -> bool:
        """Tell whether this is the usual next step."""
        return self.look == "primary"

    @property
    def reason(self) -> str:
        """Return why it must wait, empty when it need not."""
        return str(self.decision.reason) if isinstance(self.decision, Denied) else ""


@dataclass(frozen=True, slots=True)
class Buttons:
    """What a person can do to something: now, and not yet."""

    now: list[Button] = field(default_factory=list)
    later: list[Button] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.now or self.later)


def buttons(actor: Actor, subject: SubjectRow, *, now: dt.datetime, without: frozenset[str] = frozenset()) -> Buttons:
    """Return the buttons of something, the usual next step first and what cannot be undone last."""
    offered = [offer for offer in offers(actor, subject, now=now) if offer.act.name not in without]
    order = {"primary": 0, "plain": 1, "danger": 2}
    offered.sort(key=lambda offer: order[offer.act.weight])
    return Buttons(
        now=[button(offer, subject) for offer in offered if offer.decision],
        later=[button(offer, subject) for offer in offered if not offer.decision and subject.state in MISSED_WHILE.get(offer.act.name, ())],
    )


def button(offer: Offer, subject: SubjectRow) -> Button:
    """Return an offer as a button."""
    return Button(
        name=offer.act.name,
        label=offer.act.label,
        url=reverse(f"{offer.act.subject}-act", args=[subject.pk, offer.act.name]),
        decision=offer.decision,
        look=LOOKS[offer.act.weight],
        at_once=asks_at_once(offer.act),
        version=subject.version,
    )
