"""What lies before whoever decides: the hand-back, the request for more time, the closing round, the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from workflow import policy, timing
from workflow.catalog import SubjectRow, task_of
from workflow.models import Assignment, Contribution, Report

RULINGS = frozenset({"uphold", "reroute", "withdraw_hand_back"})
EXTENSIONS = frozenset({"grant_extension", "refuse_extension", "withdraw_extension"})
ROUNDS = frozenset({"sign_off", "return_sign_off", "submit_sign_off", "co_sign", "withdraw_sign_off"})


@dataclass(frozen=True, slots=True)
class Panel:
    """A template of a panel, and the row it shows."""

    template: str
    row: Any


def panels_for(actor: Actor, act_name: str, subject: SubjectRow) -> list[Panel]:
    """Return what is read before an act is done, as far as the actor may read it."""
    if isinstance(subject, Report):
        return _panel("workflow/panels/report.html", subject if policy.may_read_report(actor, subject) else None)
    if isinstance(subject, Contribution):
        return _panel("workflow/panels/contribution.html", subject if policy.may_read_contribution(actor, subject) else None)
    if isinstance(subject, Assignment) and act_name in RULINGS:
        return _panel("workflow/panels/hand_back.html", timing.open_hand_back(subject))
    if isinstance(subject, Assignment) and act_name in EXTENSIONS:
        return _panel("workflow/panels/extension.html", timing.open_extension(subject))
    if act_name in ROUNDS:
        return _panel("workflow/panels/sign_off.html", timing.open_sign_off(task_of(subject)))
    return []


def _panel(template: str, row: object | None) -> list[Panel]:
    return [] if row is None else [Panel(template, row)]
