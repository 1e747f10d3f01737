"""Whether this worker has been asked to stop: what is in hand is finished and nothing more is taken, so that it is gone in seconds."""

from __future__ import annotations

import mmap

from celery import signals

_asked = mmap.mmap(-1, 1)
"""A byte of memory that the worker shares with the processes it forks: the signal reaches only the first of them."""


def is_leaving() -> bool:
    """Tell whether the worker that this process belongs to has been asked to stop."""
    return _asked[0] != 0


def never() -> bool:
    """Stand for a process that nobody asks to stop."""
    return False


@signals.worker_shutting_down.connect
def leave(**_values: object) -> None:
    """Note that the worker was asked to stop."""
    _asked[0] = 1
