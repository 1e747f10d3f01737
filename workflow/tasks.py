"""Doorbells: Celery rings, the work to be done is rows."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from workflow.actions.sweep import sweep


@shared_task(name="workflow.sweep")
def ring_sweep() -> None:
    """Sweep up to the present moment."""
    sweep(timezone.now())
