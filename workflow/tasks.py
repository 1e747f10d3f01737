"""Doorbells: Celery rings, the work to be done is rows."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications import health
from notifications.leaving import is_leaving
from workflow.actions.sweep import sweep


@shared_task(name="workflow.sweep")
def ring_sweep() -> None:
    """Sweep up to the present moment, or until asked to stop; the next sweep goes on."""
    sweep(timezone.now(), must_end=is_leaving)
    health.beat("sweep", timezone.now())
