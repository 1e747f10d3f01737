"""Filters that the page components draw with."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from agencies.listing import gap, listed
from workflow.web import badges
from workflow.web.markup import drawn

register = template.Library()


register.filter(listed)


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
    return _drawn(field, widget, attributes) if type(widget) is Select else field.as_widget(attrs=attributes)


def _drawn(field: BoundField, widget: Select, attributes: dict[str, Any]) -> SafeString:
    """Draw a list to choose one from as Django would, without a template for each choice: there may be hundreds.

    Choices in groups are left to Django.
    """
    choices = list(widget.choices)
    if any(isinstance(label, (list, tuple)) for _value, label in choices):
        return field.as_widget(attrs=attributes)
    every = {**widget.attrs, **field.build_widget_attrs(attributes, widget)}
    if field.auto_id:
        every.setdefault("id", field.auto_id)
    return drawn('<select name="{}"{}>{}</select>', field.html_name, flatatt(every), badges.options(choices, field.value()))


register.simple_tag(gap)
register.simple_tag(badges.icon, name="icon")
register.simple_tag(badges.light, name="light")
register.simple_tag(badges.state, name="state")
register.simple_tag(badges.progress, name="progress")
