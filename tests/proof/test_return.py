"""The broker goes and comes back, again and again; the workers listen again without being restarted by anybody."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.proof.conftest import ROOT, Rig, seconds_until, start_celery, wait_until
from tests.proof.proxy import fault_proxy
from tests.proof.sizes import full
from tests.proof.test_senders import SEED, Figure, all_sent
from tests.rig.services import free_port, redis

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(3600)]
LONGEST = 30.0
"""Seconds after the return of the broker within which a worker consumes again."""


def listened_to_again(rig: Rig) -> float:
    """Return the seconds until what was written has been sent, which is when a worker listens again; nobody may be away for longer."""
    took = seconds_until(lambda: all_sent(rig), at_most=LONGEST)
    assert took <= LONGEST, f"nobody listens {LONGEST:.0f} seconds after the return of the broker, {rig.unsent()} reminders wait"
    return took


def left_waiting(rig: Rig, marker: str, seconds: Callable[[], float]) -> int:
    """Write reminders while the broker is away until some of them stay; returns how many were written.

    A worker that was in the middle of a round when its broker went takes up what it finds without being rung for: that says
    nothing of its coming back.
    """
    written, pause = 0, threading.Event()
    while not rig.unsent():
        rig.remind(10, marker=f"{marker}-{written}-")
        written += 10
        pause.wait(seconds())
    return written


@contextmanager
def redis_on(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Redis without persistence on a port, to be killed."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("kills", [2, pytest.param(full("B2", 50), marks=pytest.mark.proof, id="full")])
def test_b2_redis_killed_and_started_again_and_again_is_listened_to_again_within_thirty_seconds(
    new_rig: Callable[..., Rig], figure: Figure, kills: int
) -> None:
    port, rng = free_port(), random.Random(SEED)  # noqa: S311
    rig = new_rig(DUBAN_TEST_BROKER=f"redis://127.0.0.1:{port}/0", DUBAN_PROOF_BEAT="2")
    waits: list[float] = []
    reminders = 10
    with redis_on(port):
        start_celery(rig)
        rig.remind(10, marker="first")
        wait_until(lambda: all_sent(rig), what="the first delivery")
    for turn in range(kills):
        reminders += left_waiting(rig, f"k{turn}", lambda: rng.uniform(1, 3))
        with redis_on(port):
            waits.append(listened_to_again(rig))
    figure(
        "B2",
        kills=kills,
        longest_seconds=round(max(waits), 1),
        lost=reminders - len(rig.mails.ids) - len(rig.hooks.keys),
        repeated=rig.arrived() - reminders,
    )
    assert rig.arrived() == reminders
    assert len({worker.pid for worker in rig.processes if worker.poll() is None}) == 2, "a process had to be started anew"


@pytest.mark.parametrize("faults", [4, pytest.param(full("B5", 200), marks=pytest.mark.proof, id="full")])
def test_b5_connections_reset_or_forgotten_in_the_middle_are_noticed_within_thirty_seconds(
    new_rig: Callable[..., Rig], figure: Figure, faults: int
) -> None:
    rng, pause, waits = random.Random(SEED), threading.Event(), []  # noqa: S311
    with redis() as url, fault_proxy(int(url.rpartition(":")[2])) as proxy:
        rig = new_rig(DUBAN_TEST_BROKER=f"redis://127.0.0.1:{proxy.port}/0", DUBAN_PROOF_BEAT="2")
        start_celery(rig)
        rig.remind(2, marker="first")
        wait_until(lambda: all_sent(rig), what="the first delivery")
        for turn in range(faults):
            pause.wait(rng.uniform(0, 1))
            struck = proxy.half_open() if turn % 4 == 3 else proxy.reset()
            assert struck > 0
            rig.remind(2, marker=f"p{turn}-")
            waits.append(listened_to_again(rig))
        restarts = rig.errors().count("it starts anew")
        figure("B5", faults=faults, longest_seconds=round(max(waits), 1), stalls_ended_by_the_watchdog=restarts)
        assert rig.arrived() == 2 * (faults + 1)


def test_b5_a_worker_that_has_gone_deaf_starts_itself_anew(new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure) -> None:
    url, _pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_BEAT="2", DUBAN_PROOF_DEAF_AFTER="4")
    start_celery(rig)
    rig.remind(2, marker="first")
    wait_until(lambda: all_sent(rig), what="the first delivery")
    deafen = (
        "from config.celery import app\nfor queue in app.amqp.queues:\n    app.control.cancel_consumer(queue, reply=True, timeout=0.5)\n"
    )
    subprocess.run([sys.executable, "-c", deafen], cwd=ROOT, env=rig.environment, check=True)
    rig.remind(2, marker="unheard")
    took = wait_until(lambda: all_sent(rig), patience=60, what="the fresh start")
    figure("B5", deaf_worker_replaced_after_seconds=round(took, 1))
    assert "it starts anew" in rig.errors()
