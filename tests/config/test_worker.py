"""A real worker in a process of its own does what the schedule rings for, on the broker of this run."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings

from config.celery import app as celery_app
from notifications import health
from tests.conftest import WorkerProcess

pytestmark = pytest.mark.django_db(transaction=True)

BEAT = settings.CELERY_BEAT_SCHEDULE["signs-of-life"]["options"]
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


@pytest.mark.parametrize(("pool", "of_redis"), [("threads", False), ("prefork", True)])
def test_no_job_however_long_keeps_a_sign_of_life_waiting(
    celery_worker_process: Start, request: pytest.FixtureRequest, pool: str, of_redis: bool
) -> None:
    broker = f"{request.getfixturevalue('redis_url')}/15" if of_redis else settings.CELERY_BROKER_URL
    worker = celery_worker_process("-I", "tests.config.long_job", "-P", pool, broker=broker)
    end = settings.VAR / "long-job-ends"
    try:
        with celery_app.connection_for_write(broker) as line:
            for _job in range(4):  # two at work, and two more that the worker has taken in hand
                celery_app.send_task("tests.long_job", connection=line)
            worker.wait_for("tests.long_job[", "received")
            celery_app.send_task("notifications.tasks.beat", connection=line, **BEAT)
            rest = threading.Event()
            while health.last_beat("scheduler") is None:
                assert worker.process.poll() is None
                rest.wait(0.05)
    finally:
        end.touch()
        worker.stop()
        with celery_app.connection_for_write(broker) as line:
            celery_app.control.purge(connection=line)  # what it gave back unbegun would last for the next worker on this broker
        end.unlink()


@pytest.mark.parametrize(("pool", "of_redis"), [("threads", False), ("prefork", True)])
def test_what_a_worker_has_loaded_is_out_of_the_collectors_rounds_where_it_works(
    celery_worker_process: Start, request: pytest.FixtureRequest, pool: str, of_redis: bool
) -> None:
    broker = f"{request.getfixturevalue('redis_url')}/15" if of_redis else settings.CELERY_BROKER_URL
    worker = celery_worker_process("-I", "tests.config.long_job", "-P", pool, broker=broker)
    with celery_app.connection_for_write(broker) as line:
        celery_app.send_task("tests.spared", connection=line)
    said = worker.wait_for("tests.spared[", "succeeded")
    assert int(said.rsplit(" ", 1)[1]) > 100_000


def test_redis_carries_the_bell_too(celery_worker_process: Start, redis_url: str) -> None:
    worker = celery_worker_process(broker=f"{redis_url}/15")
    with celery_app.connection_for_write(f"{redis_url}/15") as connection:
        celery_app.send_task("notifications.tasks.beat", connection=connection)
    worker.wait_for("notifications.tasks.beat[", "succeeded")
