"""How gunicorn serves the site, wherever it runs: `gunicorn -c config/web_server.py config.wsgi:application --bind …`.

`kill -HUP` hands over to fresh processes and refuses nobody: the new ones load, and only then do the old ones leave the door and
finish what they have in hand. gunicorn by itself sends the old ones away at once, and whoever comes waits while the new ones load.
"""

import mmap
import time
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LONGEST_STAY = 60.0
"""Seconds for which a process stays at most after it was asked to leave, however long the fresh ones load."""


class Relay(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A process that stays at the door until those that follow it have loaded."""

    door: mmap.mmap
    asked_at = 0.0

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Leave, or remember that it was asked to."""
        self.asked_at = self.asked_at or time.monotonic()
        if not self._must_stay():
            super().handle_exit(sig, frame)

    def notify(self) -> None:
        """Give a sign of life, once a second at least; and leave once nobody has to be waited for any more."""
        super().notify()
        if self.asked_at and not self._must_stay():
            super().handle_exit(0, None)

    def _must_stay(self) -> bool:
        return LOADING in self.door[:] and time.monotonic() < self.asked_at + LONGEST_STAY


LOADING, AT_THE_DOOR = 1, 0


def pre_fork(server: Any, worker: Any) -> None:
    """Say that one more is loading, in memory that all processes share; it outlives a reading of this file anew."""
    if not hasattr(server, "door"):
        server.door = mmap.mmap(-1, 4096)
    worker.door = server.door
    worker.door[worker.age % len(worker.door)] = LOADING


def post_worker_init(worker: Any) -> None:
    """Say that it has loaded."""
    _wait_no_more_for(worker)
    worker.log.info("Process %d has loaded and is at the door.", worker.pid)


def child_exit(server: Any, worker: Any) -> None:
    """Wait for nobody who has gone."""
    if hasattr(worker, "door"):
        _wait_no_more_for(worker)


def _wait_no_more_for(worker: Any) -> None:
    worker.door[worker.age % len(worker.door)] = AT_THE_DOOR


worker_class = Relay
workers = 2
threads = 4
timeout = 60
graceful_timeout = 8
"""Seconds for what is in hand when a process is asked to stop; with them it is gone within ten."""

max_requests, max_requests_jitter = 5000, 500
loglevel = "warning"
if Path("/dev/shm").is_dir():  # noqa: S108  (signs of life in memory, not on a disk that may be slow)
    worker_tmp_dir = "/dev/shm"  # noqa: S108
