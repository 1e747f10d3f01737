"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task

from oversight.counters.account import fold


@shared_task(name="oversight.fold_counters")
def ring_fold() -> None:
    """Fold the changes of the counters into them."""
    fold()
