"""What keeps a worker listening: it comes back soon after the broker does, and one that has gone deaf starts itself anew.

A consumer that waits up to half a minute between two attempts, or one whose half-open connection never becomes readable, leaves
the bells of a returned broker unanswered. Nothing is lost by that, since what is to be done are rows, but it comes late.
"""

from __future__ import annotations

import functools
import logging
import os
import signal
import sys
import threading
import time
from typing import Any

from billiard.process import active_children  # type: ignore[attr-defined]
from celery import bootsteps, signals
from celery.worker import state
from celery.worker.consumer import Consumer as CeleryConsumer
from django.conf import settings
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

LONGEST_WAIT = 5.0
"""Seconds between two attempts to reach a broker that is away, at most."""


class Consumer(CeleryConsumer):  # type: ignore[misc, unused-ignore]
    """Celery's consumer, which survives the loss of its broker and asks for it every few seconds instead of twice a minute."""

    def on_connection_error_after_connected(self, exc: Any) -> None:
        """Take leave of a lost connection: nothing is put back or acknowledged through it any more.

        Celery 5.7 takes the connection apart and then tries to put back the bells in hand through it, and to acknowledge them
        when their tasks end: either ended the worker whenever a task was running at the moment of the loss. A bell that is
        lost is no loss; one whose broker lives on rings again after the visibility timeout.
        """
        for channel in getattr(self.connection._transport, "channels", None) or ():
            channel.do_restore = False
            channel.basic_ack = channel.basic_reject = _ignore
        super().on_connection_error_after_connected(exc)

    def ensure_connected(self, conn: Any) -> Any:
        """Wait until the broker is there."""
        conn.ensure_connection = functools.partial(conn.ensure_connection, interval_start=0.5, interval_step=0.5, interval_max=LONGEST_WAIT)
        return super().ensure_connected(conn)


def _ignore(*_args: object, **_options: object) -> None:
    """Stand in for what a lost channel cannot do."""


class Ear:
    """Judges whether a worker is deaf: bells wait, it is doing nothing, and it has taken none for a while.

    Args:
        silence: seconds without a bell taken after which waiting bells are suspicious.
        now: a monotonic clock.
    """

    def __init__(self, silence: float, now: float) -> None:
        self._silence, self._heard, self._suspicions = silence, now, 0

    def heard(self, now: float) -> None:
        """Note that a bell was taken."""
        self._heard, self._suspicions = now, 0

    def is_deaf(self, *, waiting: int, busy: bool, now: float) -> bool:
        """Tell whether the worker is deaf; twice in a row it must look so.

        Args:
            waiting: bells in the queue.
            busy: whether the worker is at work on something.
            now: the moment.
        """
        suspicious = waiting > 0 and not busy and now - self._heard >= self._silence
        self._suspicions = self._suspicions + 1 if suspicious else 0
        return self._suspicions > 1


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc, unused-ignore]
    """Restarts the worker it runs in when it has gone deaf: the same process, started anew."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._ear = Ear(settings.DUBAN_DEAF_AFTER, time.monotonic())
        self._stopped = threading.Event()

    def start(self, worker: Any) -> None:
        """Begin to watch."""
        signals.task_received.connect(self._on_received, weak=False)
        threading.Thread(target=self._watch, args=(worker.app,), name="watchdog", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Watch no more; the worker is shutting down."""
        self._stopped.set()

    def _on_received(self, **_values: object) -> None:
        self._ear.heard(time.monotonic())

    def _watch(self, app: Any) -> None:
        while not self._stopped.wait(settings.DUBAN_DEAF_AFTER / 4):
            waiting = bells_waiting(app)
            if waiting is not None and self._ear.is_deaf(waiting=waiting, busy=bool(state.active_requests), now=time.monotonic()):
                logger.critical("This worker takes no bells although %d are waiting: it starts anew.", waiting)
                start_anew()


def bells_waiting(app: Any) -> int | None:
    """Return how many messages the queues hold, or None while the broker does not say."""
    with app.connection_for_read() as connection:
        try:
            return sum(_length(connection, queue) for queue in app.amqp.queues)
        except (KombuError, OSError, *connection.connection_errors):
            return None


def _length(connection: Any, queue: str) -> int:
    """Return how many messages a queue holds; one that is not there holds none."""
    try:
        return int(connection.default_channel.queue_declare(queue=queue, passive=True).message_count)
    except connection.channel_errors:
        return 0


def start_anew() -> None:
    """Replace this process by a fresh one with the same command line; its children are ended first."""
    for child in active_children():
        os.kill(child.pid, signal.SIGKILL)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  (our own command line)
