"""Signs of life of beat and worker, taken by the worker's first process: no job in its pool, however long, keeps one waiting.

Beat rings into a queue of its own. The worker listens to that queue beside those of its pool, and a thread writes the sign. What was rung
before the worker listened is thrown away: only a beat that lives now is said to live.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import bootsteps
from django.db import DatabaseError, InterfaceError, connection
from kombu import Consumer, Exchange, Queue

from notifications.tasks import beat

logger = logging.getLogger(__name__)

QUEUE = "signs"


class Pulse(bootsteps.ConsumerStep):  # type: ignore[misc, unused-ignore]
    """Answers every ring of beat with a sign of life."""

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._rung = threading.Event()
        threading.Thread(target=self._answer, name="signs-of-life", daemon=True).start()

    def get_consumers(self, channel: Any) -> list[Consumer]:
        """Listen, from now on, on a channel that the limits of the pool do not count on."""
        ours: Any = Queue(QUEUE, Exchange(QUEUE), routing_key=QUEUE)
        queue = ours.bind(channel)
        queue.declare()
        queue.purge()
        return [Consumer(channel, queues=[queue], no_ack=True, on_message=self._hear)]

    def _hear(self, _message: Any) -> None:
        self._rung.set()

    def _answer(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            try:
                beat()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("No sign of life could be left (%s).", error)
            finally:
                connection.close()
