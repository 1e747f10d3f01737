"""Lights, states, progress and choices as they stand in a page: drawn without a template, for pages draw hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

NO_LIGHT = _("No light")
WAS_OVERDUE = _("Was overdue")
TIME: Mapping[str, Promise] = {"green": _("Normal"), "yellow": _("Due soon"), "orange": _("Due very soon"), "red": _("Overdue")}
PROGRESS: Mapping[str, Promise] = {"green": _("On track"), "yellow": _("A little behind"), "orange": _("Behind"), "red": _("Far behind")}
"""The word beside each light, of time and of progress."""

STATE_LOOKS: Mapping[str, frozenset[str]] = {
    "bg-secondary-lt": frozenset({"draft", "waived", "withdrawn", "terminated", "rerouted", "none"}),
    "bg-yellow-lt": frozenset({"pending", "due", "requested", "raised", "waiting", "suspended"}),
    "bg-blue-lt": frozenset({"dispatched", "accepted", "collecting", "upheld"}),
    "bg-purple-lt": frozenset({"closing", "declared", "agency_review", "submitted", "under_review"}),
    "bg-green-lt": frozenset({"closed", "confirmed", "approved", "granted", "agree", "remark"}),
    "bg-red-lt": frozenset({"returned", "disputed", "refused", "object"}),
}
"""Which look the states of all machines share: at rest, somebody's turn, under way, waiting for a decision, good, turned back."""

_LOOKS = {state: look for look, states in STATE_LOOKS.items() for state in states}


def light(value: str, reason: object = "", was_overdue: object = False, kind: str = "time") -> SafeString:
    """Draw a light with its word, and whether it was red before.

    Args:
        value: its colour; empty for none.
        reason: why it shows that, told on pointing.
        was_overdue: whether the due date had passed once.
        kind: `time` or `progress`.
    """
    word = (PROGRESS if kind == "progress" else TIME).get(value, NO_LIGHT)
    told = format_html(' title="{}"', reason) if reason else ""
    before = format_html(' <span class="light light-was">{}</span>', WAS_OVERDUE) if was_overdue and value != "red" else ""
    return format_html('<span class="light light-{}"{}>{}</span>{}', value or "none", told, word, before)


def state(value: str, label: object) -> SafeString:
    """Draw a state in the look that it shares with those of other machines."""
    return format_html('<span class="badge {}">{}</span>', _LOOKS.get(value, "bg-secondary-lt"), label)


def progress(value: int | None, look: str = "") -> SafeString:
    """Draw how far something has come in percent; a dash where that is not known."""
    if value is None:
        return SafeString('<span class="text-secondary">—</span>')
    shade = format_html(" bg-{}", look) if look else ""
    return format_html(
        '<span class="meter"><progress class="progress progress-sm{}" value="{}" max="100">{}%</progress><span>{}%</span></span>',
        shade, value, value, value,
    )  # fmt: skip


def options(choices: Iterable[tuple[object, object]], chosen: object = "") -> SafeString:
    """Draw what can be chosen from a list: values with their labels, the first that is chosen marked as such."""
    wanted = "" if chosen is None else str(chosen)
    drawn: list[tuple[str, str | SafeString, object]] = []
    is_open = True
    for value, label in choices:
        key = "" if value is None else str(value)
        marked, is_open = is_open and key == wanted, is_open and key != wanted
        drawn.append((key, SafeString(" selected") if marked else "", label))
    return format_html_join("", '<option value="{}"{}>{}</option>', drawn)
