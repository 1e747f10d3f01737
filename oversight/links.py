"""Addresses of pages in other rooms."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def task_url(task_id: int) -> str:
    """Return the address of a task's page."""
    try:
        return reverse("task", args=[task_id])
    except NoReverseMatch:
        return f"/tasks/{task_id}/"
