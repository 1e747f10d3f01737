"""Doorbells: Celery rings, the work to be done is rows."""

from __future__ import annotations

from celery import shared_task

from notifications import health
from notifications.clock import trusted_now
from notifications.leaving import is_leaving
from workflow.actions.sweep import sweep


@shared_task(name="workflow.sweep")
def ring_sweep() -> None:
    """Sweep up to the present moment by the clock of the database, or until asked to stop; the next sweep goes on.

    Nothing is swept while the clock has jumped.
    """
    if (now := trusted_now()) is not None:
        sweep(now, must_end=is_leaving)
        health.beat("sweep", now)
