"""Filters that the page components draw with."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether a form field is a single box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """Tell whether a form field is a group of boxes or buttons, each with a label of its own."""
    return isinstance(field.field.widget, CheckboxSelectMultiple | RadioSelect)


@register.filter
def dressed_choice(choice: BoundWidget) -> SafeString:
    """Draw one box of a group, without the label that Django would put around it."""
    choice.data["attrs"]["class"] = "form-check-input"
    tag: SafeString = choice.tag()
    return tag


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Draw a form field's widget with the house's classes."""
    widget = field.field.widget
    attributes: dict[str, Any] = {}
    if isinstance(widget, CheckboxInput):
        attributes["class"] = "form-check-input"
    elif isinstance(widget, Select):
        attributes["class"] = "form-select"
    else:
        attributes["class"] = "form-control"
    own = widget.attrs.get("class")
    if own:
        attributes["class"] = f"{attributes['class']} {own}"
    if field.errors:
        attributes["class"] += " is-invalid"
    return field.as_widget(attrs=attributes)


STATE_LOOKS: dict[str, frozenset[str]] = {
    "bg-secondary-lt": frozenset({"draft", "waived", "withdrawn", "terminated", "rerouted", "none"}),
    "bg-yellow-lt": frozenset({"pending", "due", "requested", "raised", "waiting", "suspended"}),
    "bg-blue-lt": frozenset({"dispatched", "accepted", "collecting", "upheld"}),
    "bg-purple-lt": frozenset({"closing", "declared", "agency_review", "submitted", "under_review"}),
    "bg-green-lt": frozenset({"closed", "confirmed", "approved", "granted", "agree", "remark"}),
    "bg-red-lt": frozenset({"returned", "disputed", "refused", "object"}),
}
"""Which look the states of all machines share: at rest, somebody's turn, under way, waiting for a decision, good, turned back."""


@register.filter
def state_class(state: str) -> str:
    """Return the class that colours a state's badge."""
    return next((look for look, states in STATE_LOOKS.items() if state in states), "bg-secondary-lt")
