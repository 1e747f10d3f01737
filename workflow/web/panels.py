"""What lies before whoever decides: the hand-back, the request for more time, the closing round, the report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from workflow import policy, timing
from workflow.catalog import Act, SubjectRow, offers, task_of
from workflow.models import Answer, Assignment, Contribution, Report, WorkPlan
from workflow.work_plans import line_of

RULINGS = frozenset({"record_meeting", "uphold", "reroute", "withdraw_hand_back"})
EXTENSIONS = frozenset({"grant_extension", "refuse_extension", "withdraw_extension"})
ROUNDS = frozenset({"ask_verifier", "verify", "sign_off", "return_sign_off", "submit_sign_off", "co_sign", "withdraw_sign_off"})
REPORTS = frozenset({"accept_report", "return_report"})


@dataclass(frozen=True, slots=True)
class Panel:
    """A template of a panel, and the row it shows."""

    template: str
    row: Any


def panels_for(actor: Actor, act_name: str, subject: SubjectRow) -> list[Panel]:
    """Return what is read before an act is done, as far as the actor may read it."""
    name, row = _read_before(actor, act_name, subject)
    return [] if row is None else [Panel(f"workflow/panels/{name}.html", row)]


def other_answers(actor: Actor, act_name: str, subject: SubjectRow, *, now: dt.datetime) -> list[Act]:
    """Return the other acts that answer what is read before an act, as far as they can be done now."""
    kind: frozenset[str] = next((kind for kind in (RULINGS, EXTENSIONS, ROUNDS, REPORTS) if act_name in kind), frozenset())
    return (
        [offer.act for offer in offers(actor, subject, now=now) if offer.decision and offer.act.name in kind - {act_name}] if kind else []
    )


def _read_before(actor: Actor, act_name: str, subject: SubjectRow) -> tuple[str, object | None]:
    """Return the name of the panel, and what it shows; None where there is nothing to read, or not for this actor."""
    found: tuple[str, object | None]
    match subject:
        case Report():
            found = "report", subject if policy.may_read_report(actor, subject) else None
        case Contribution():
            found = "contribution", subject if policy.may_read_contribution(actor, subject) else None
        case WorkPlan():
            found = "work_plan", line_of(subject) if policy.may_read_work_plan(actor, subject) else None
        case Answer():
            found = "answer", subject
        case Assignment() if act_name in RULINGS:
            found = "hand_back", timing.open_hand_back(subject)
        case Assignment() if act_name in EXTENSIONS:
            found = "extension", timing.open_extension(subject)
        case _:
            found = "sign_off", timing.open_sign_off(task_of(subject)) if act_name in ROUNDS else None
    return found
