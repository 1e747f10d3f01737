"""Filters that the page components draw with."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether a form field is a single box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Draw a form field's widget with the house's classes."""
    widget = field.field.widget
    attributes: dict[str, Any] = {}
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect | CheckboxInput):
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
