"""What notices are about, and by which channels each kind is sent unless a person says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Topic(TextChoices):
    """Kinds of notices, as a person chooses among them."""

    ASSIGNED = "assigned", _("New work")
    DEADLINE = "deadline", _("Deadlines coming near")
    ESCALATION = "escalation", _("Overdue and escalation")
    INSTRUCTION = "instruction", _("Instructions of leaders")
    REVIEW = "review", _("Waiting for my decision")
    DECISION = "decision", _("Decisions on what I asked")
    PROGRESS = "progress", _("Progress of others")
    CONVERSATION = "conversation", _("Comments and calls")
    PAPER = "paper", _("Formal papers")
    SYSTEM = "system", _("Notices of the system")


FLOOR: Mapping[str, frozenset[str]] = {
    Topic.ESCALATION: frozenset({"inbox", "email"}),
    Topic.INSTRUCTION: frozenset({"inbox", "email"}),
    Topic.PAPER: frozenset({"inbox", "email"}),
}
"""Channels that nobody can switch off; for topics not listed, the in-app inbox alone."""

DEFAULTS: Mapping[str, frozenset[str]] = {Topic.PROGRESS: frozenset({"inbox", "webhook"})}
"""Channels used until a person chooses; for topics not listed, inbox, e-mail and webhook."""


def floor(topic: str) -> frozenset[str]:
    """Return the channels of a topic that cannot be switched off."""
    return FLOOR.get(topic, frozenset({"inbox"}))


def defaults(topic: str) -> frozenset[str]:
    """Return the channels of a topic used until a person chooses."""
    return DEFAULTS.get(topic, frozenset({"inbox", "email", "webhook"})) | floor(topic)
