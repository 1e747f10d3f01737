"""Filters that the pages of this room draw with."""

from __future__ import annotations

from decimal import Decimal

from django import template

from measures.models import Target
from oversight import cells, links
from workflow.web import badges

register = template.Library()
register.simple_tag(cells.cells, name="cells")
register.filter("figure_cells", cells.figures)
register.filter("heat_cells", cells.heat)
register.simple_tag(badges.options, name="options")


@register.filter
def task_url(task_id: int) -> str:
    """Return the address of a task's page."""
    return links.task_url(task_id)


COMPARATORS = {
    "at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equal": "=", "about": "≈",
    ">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "≥": "≥", "≤": "≤",
}  # fmt: skip


@register.filter
def aim(target: Target) -> str:
    """Return what a target asks for, in one piece; a blank after a sign, none after a word of the document, which writes none."""
    sign = COMPARATORS.get(target.comparator)
    return f"{sign} {plain(target.value)}{target.unit}" if sign else f"{target.comparator}{plain(target.value)}{target.unit}"


@register.simple_tag
def act_address(subject: str, subject_id: int, act: str) -> str:
    """Return the address of an act's page."""
    return links.act_url(subject, subject_id, act)


@register.filter
def plain(value: Decimal) -> str:
    """Return a number without the zeros that the database adds."""
    return f"{value.normalize():f}"
