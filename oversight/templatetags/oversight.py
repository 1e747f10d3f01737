"""Filters that the pages of this room draw with."""

from __future__ import annotations

from django import template

from measures.models import Target
from oversight import links

register = template.Library()


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
    """Return what a target asks for, in one piece."""
    return f"{COMPARATORS.get(target.comparator, target.comparator)} {target.value.normalize():f}{target.unit}"
