"""A real worker in a process of its own does what the schedule rings for, on the broker of this run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config.celery import app as celery_app
from tests.conftest import WorkerProcess

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., WorkerProcess]


def test_a_bell_that_is_rung_here_is_heard_there(celery_worker_process: Start) -> None:
    worker = celery_worker_process()
    celery_app.send_task("notifications.tasks.beat")
    assert "succeeded" in worker.wait_for("notifications.tasks.beat[", "succeeded")


def test_the_scheduler_inside_the_worker_rings_by_itself(celery_worker_process: Start) -> None:
    worker = celery_worker_process(beat=True)
    worker.wait_for("beat: Starting...")
    worker.stop()
    assert worker.process.returncode == 0


def test_redis_carries_the_bell_too(celery_worker_process: Start, redis_url: str) -> None:
    worker = celery_worker_process(broker=f"{redis_url}/15")
    with celery_app.connection_for_write(f"{redis_url}/15") as connection:
        celery_app.send_task("notifications.tasks.beat", connection=connection)
    worker.wait_for("notifications.tasks.beat[", "succeeded")
