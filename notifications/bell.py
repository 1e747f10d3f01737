"""The doorbell: the only place from which anything is handed to Celery. What is to be done is a row; the bell only says "look"."""

from __future__ import annotations

import logging
import time

from celery import current_app
from kombu.exceptions import KombuError, OperationalError

logger = logging.getLogger(__name__)

SILENCE = 15.0
"""Seconds for which nobody rings after the broker did not answer; the schedule looks by itself meanwhile."""


class _Quiet:
    until = 0.0


def ring(task: str = "notifications.tasks.deliver", *, expires: int = 60) -> bool:
    """Ring for a task that looks for work. Never raises because of the broker: the work is in the database, and the schedule finds it.

    Args:
        task: the task's name; it takes no arguments.
        expires: seconds after which nobody needs to answer any more.

    Returns:
        Whether the broker took it.
    """
    if time.monotonic() < _Quiet.until:
        return False
    try:
        current_app.send_task(task, expires=expires, retry=False, ignore_result=True)
    except (KombuError, OperationalError, OSError) as error:
        _Quiet.until = time.monotonic() + SILENCE
        logger.warning("The broker does not answer (%s: %s); the schedule will deliver.", type(error).__name__, error)
        return False
    return True
