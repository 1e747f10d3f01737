"""Addresses of pages in other rooms."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def task_url(task_id: int) -> str:
    """Return the address of a task's page."""
    try:
        return reverse("task", args=[task_id])
    except NoReverseMatch:
        return f"/tasks/{task_id}/"


def act_url(subject: str, subject_id: int, act: str) -> str:
    """Return the address of an act's page.

    Args:
        subject: `task`, `assignment` or `report`.
        subject_id: its primary key.
        act: its name in the catalog.
    """
    try:
        return reverse(f"{subject}-act", args=[subject_id, act])
    except NoReverseMatch:
        return f"/{subject}s/{subject_id}/acts/{act}/"
