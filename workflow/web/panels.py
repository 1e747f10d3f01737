"""What lies before whoever decides: the hand-back, the request for more time, the closing round, the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from workflow import policy, timing
from workflow.catalog import SubjectRow, task_of
from workflow.models import Answer, Assignment, Contribution, Report

RULINGS = frozenset({"record_meeting", "uphold", "reroute", "withdraw_hand_back"})
EXTENSIONS = frozenset({"grant_extension", "refuse_extension", "withdraw_extension"})
ROUNDS = frozenset({"ask_verifier", "verify", "sign_off", "return_sign_off", "submit_sign_off", "co_sign", "withdraw_sign_off"})


@dataclass(frozen=True, slots=True)
class Panel:
    """A template of a panel, and the row it shows."""

    template: str
    row: Any


def panels_for(actor: Actor, act_name: str, subject: SubjectRow) -> list[Panel]:
    """Return what is read before an act is done, as far as the actor may read it."""
    match subject:
        case Report():
            return _panel("report", subject if policy.may_read_report(actor, subject) else None)
        case Contribution():
            return _panel("contribution", subject if policy.may_read_contribution(actor, subject) else None)
        case Answer():
            return _panel("answer", subject)
        case Assignment() if act_name in RULINGS:
            return _panel("hand_back", timing.open_hand_back(subject))
        case Assignment() if act_name in EXTENSIONS:
            return _panel("extension", timing.open_extension(subject))
        case _:
            return _panel("sign_off", timing.open_sign_off(task_of(subject)) if act_name in ROUNDS else None)


def _panel(name: str, row: object | None) -> list[Panel]:
    return [] if row is None else [Panel(f"workflow/panels/{name}.html", row)]
