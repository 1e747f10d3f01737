"""The control: the same blows against the stock design, which is shown to lose and to repeat."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis as redis_client

from tests.proof.conftest import ROOT, wait_until
from tests.proof.sinks import HookSink, MailSink
from tests.proof.sizes import full
from tests.proof.test_senders import SEED, Figure
from tests.rig.services import redis

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]


class Stock:
    """A Redis, a worker of the stock design, and what it sent."""

    def __init__(self, url: str, hooks: HookSink) -> None:
        self.environment = {**os.environ, "DUBAN_PROOF_BROKER": url, "DUBAN_PROOF_HOOK": hooks.url}
        self.client: Any = redis_client.Redis.from_url(url)
        self.hooks = hooks
        self.worker: subprocess.Popen[bytes] | None = None

    def publish(self, count: int) -> None:
        code = f"from tests.proof.stock import remind\nfor i in range({count}):\n    remind.delay(f'k{{i}}')\n"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=self.environment, check=True)

    def start(self) -> None:
        command = ["-m", "celery", "-A", "tests.proof.stock", "worker", "-c", "4", "-l", "error", "--without-gossip", "--without-mingle"]
        self.worker = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()

    def is_empty(self) -> bool:
        return bool(self.client.llen("celery") == 0 and self.client.hlen("unacked") == 0)


def has_sent(stock: Stock, goal: int) -> Callable[[], bool]:
    return lambda: len(stock.hooks.received) >= goal or stock.is_empty()


@pytest.fixture
def stock(sinks: tuple[MailSink, HookSink]) -> Iterator[Stock]:
    with redis() as url:
        made = Stock(f"{url}/0", sinks[1])
        yield made
        made.kill()
        made.client.close()


def test_control_b1_the_stock_design_loses_what_redis_forgets(stock: Stock, figure: Figure) -> None:
    stock.publish(500)
    stock.start()
    wait_until(lambda: len(stock.hooks.received) > 50, what="some sending")
    stock.client.flushall()
    pause = threading.Event()
    before = -1
    while before != len(stock.hooks.received):
        before = len(stock.hooks.received)
        pause.wait(1)
    figure("control B1", reminders=500, flushes=1, lost=500 - len(stock.hooks.received))
    assert len(stock.hooks.received) < 500


@pytest.mark.proof
def test_control_a1_the_stock_design_loses_or_repeats_when_its_workers_are_killed(stock: Stock, figure: Figure) -> None:
    kills, rng, pause = full("CONTROL", 40), random.Random(SEED), threading.Event()  # noqa: S311
    reminders = 100 * kills
    stock.publish(reminders)
    for _ in range(kills):
        goal = len(stock.hooks.received) + rng.randrange(1, reminders // kills)
        stock.start()
        wait_until(has_sent(stock, goal), what="some sending")
        pause.wait(rng.uniform(0, 0.03))
        stock.kill()
    stock.start()
    wait_until(stock.is_empty, patience=400, what="emptying the queue")
    unique, raw = len(stock.hooks.keys), sum(stock.hooks.keys.values())
    figure("control A1", reminders=reminders, killed_workers=kills, lost=reminders - unique, repeated=raw - unique)
    assert unique < reminders or raw > unique
