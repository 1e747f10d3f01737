"""The catalog: one entry an act. Buttons, the API's `allowed_actions`, the admin and the docs are drawn from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from agencies.actor import Actor
from agencies.decision import Decision
from workflow.catalog.act import Act, Field, Subject, SubjectRow, task_of
from workflow.catalog.entries import ENTRIES

__all__ = ["CATALOG", "Act", "Field", "Offer", "Subject", "SubjectRow", "offers", "task_of"]

CATALOG: dict[str, Act] = {act.name: act for act in ENTRIES}
"""Every act by its name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act beside the answer whether it can be done now."""

    act: Act
    decision: Decision


def offers(actor: Actor, subject: SubjectRow, *, now: dt.datetime) -> list[Offer]:
    """Return the acts that the actor may do on something, those that must wait with the reason; what is not theirs is left out."""
    kind = Subject(type(subject).__name__.lower())
    return [Offer(act, act.offer(actor, subject, now=now)) for act in CATALOG.values() if act.subject == kind and act.may(actor, subject)]
