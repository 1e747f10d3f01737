"""Icons, lights, states, progress and choices as they stand in a page: drawn without a template, for pages draw hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from workflow.web.markup import drawn, drawn_each

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
    "bg-green-lt": frozenset({"closed", "confirmed", "approved", "granted", "agree", "remark", "filed"}),
    "bg-red-lt": frozenset({"returned", "disputed", "refused", "object"}),
}
"""Which look the states of all machines share: at rest, somebody's turn, under way, waiting for a decision, good, turned back."""

_LOOKS = {state: look for look, states in STATE_LOOKS.items() for state in states}


def icon(name: str) -> SafeString:
    """Draw a symbol of the sprite; what it means is said beside it."""
    return drawn(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false" viewBox="0 0 24 24"><use href="{}#{}" /></svg>',
        name, _sprite(get_script_prefix()), name,
    )  # fmt: skip


@cache
def _sprite(_prefix: str) -> str:
    """Return the address of the sprite under a prefix of the site, looked up once: a page draws some thirty symbols."""
    return static("vendor/icons/icons.svg")


def light(value: str, reason: object = "", was_overdue: object = False, kind: str = "time") -> SafeString:
    """Draw a light with its word, and whether it was red before.

    Args:
        value: its colour; empty for none.
        reason: why it shows that, told on pointing.
        was_overdue: whether the due date had passed once.
        kind: `time` or `progress`.
    """
    word = (PROGRESS if kind == "progress" else TIME).get(value, NO_LIGHT)
    told = drawn(' title="{}"', reason) if reason else ""
    before = drawn(' <span class="light light-was">{}</span>', WAS_OVERDUE) if was_overdue and value != "red" else ""
    return drawn('<span class="light light-{}"{}>{}</span>{}', value or "none", told, word, before)


def state(value: str, label: object) -> SafeString:
    """Draw a state in the look that it shares with those of other machines."""
    return drawn('<span class="badge {}">{}</span>', _LOOKS.get(value, "bg-secondary-lt"), label)


def progress(value: int | None, look: str = "") -> SafeString:
    """Draw how far something has come in percent; a dash where that is not known."""
    if value is None:
        return SafeString('<span class="text-secondary">—</span>')
    shade = drawn(" bg-{}", look) if look else ""
    return drawn(
        '<span class="meter"><progress class="progress progress-sm{}" value="{}" max="100">{}%</progress><span>{}%</span></span>',
        shade, value, value, value,
    )  # fmt: skip


def options(choices: Iterable[tuple[object, object]], chosen: object = "") -> SafeString:
    """Draw what can be chosen from a list: values with their labels, the first that is chosen marked as such."""
    wanted = "" if chosen is None else str(chosen)
    keyed = [("" if value is None else str(value), label) for value, label in choices]
    marked = next((place for place, (key, _label) in enumerate(keyed) if key == wanted), None)
    return drawn_each(
        '<option value="{}"{}>{}</option>',
        ((key, SELECTED if place == marked else "", label) for place, (key, label) in enumerate(keyed)),
    )


SELECTED = SafeString(" selected")
