"""Filters that the pages of this room draw with."""

from __future__ import annotations

from django import template

from oversight import links

register = template.Library()


@register.filter
def task_url(task_id: int) -> str:
    """Return the address of a task's page."""
    return links.task_url(task_id)
