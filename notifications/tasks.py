"""Celery tasks: doorbells without arguments. Each looks into the database for work; ringing twice or not at all does no harm."""

from __future__ import annotations

from celery import shared_task

from notifications import bell, clock, delivery, health
from notifications.digests import compose_digests
from notifications.leaving import is_leaving


@shared_task(name="notifications.tasks.deliver", ignore_result=True, acks_late=True, time_limit=240, soft_time_limit=200)
def deliver() -> None:
    """Deliver what is due; after ten seconds, or when asked to stop, let go of the worker, and ring again when more is due."""
    now = clock.trusted_now()
    if now is not None and delivery.deliver_due(now, limit=100_000, budget=10.0, must_end=is_leaving).left_over:
        bell.ring()


@shared_task(name="notifications.tasks.digests", ignore_result=True, acks_late=True, time_limit=240, soft_time_limit=200)
def digests() -> None:
    """Compose the day's digests."""
    if (now := clock.trusted_now()) is not None:
        compose_digests(now)


@shared_task(name="notifications.tasks.beat", ignore_result=True, time_limit=30, soft_time_limit=20)
def beat() -> None:
    """Show that the scheduler and a worker live; not while the clock has jumped, for the sign would bear a wrong time."""
    if (now := clock.trusted_now()) is not None:
        health.beat("scheduler", now)
