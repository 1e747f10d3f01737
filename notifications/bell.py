"""The doorbell: the only place from which anything is handed to Celery. What is to be done is a row; the bell only says "look"."""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app
from kombu.exceptions import KombuError, OperationalError

logger = logging.getLogger(__name__)

SILENCE = 15.0
"""Seconds for which nobody rings after the broker did not answer; the schedule looks by itself meanwhile."""


WAIT = 1.0
"""Seconds that whoever rings waits for the broker; a broker that accepts and does not answer would hold a request far longer."""


class _Quiet:
    until = 0.0


class _Ringing(threading.Thread):
    """One ring, in a thread of its own that may be left behind."""

    def __init__(self, task: str, expires: int) -> None:
        super().__init__(name="bell", daemon=True)
        self._task, self._expires = task, expires
        self.was_taken = False

    def run(self) -> None:
        """Hand the task to the broker."""
        try:
            current_app.send_task(self._task, expires=self._expires, retry=False, ignore_result=True)
        except (KombuError, OperationalError, OSError) as error:
            logger.warning("The broker does not answer (%s: %s); the schedule will deliver.", type(error).__name__, error)
        else:
            self.was_taken = True


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
    ringing = _Ringing(task, expires)
    ringing.start()
    ringing.join(WAIT)
    if not ringing.was_taken:
        _Quiet.until = time.monotonic() + SILENCE
    return ringing.was_taken
