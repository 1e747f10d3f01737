"""PostgreSQL is killed and ended under load; what was acknowledged is there, once, and everybody comes back by themselves."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable

import pytest

from tests.proof.conftest import wait_until
from tests.proof.house import House, percentile
from tests.proof.officials import Log, Officials
from tests.proof.proxy import fault_proxy
from tests.proof.sizes import full
from tests.proof.test_senders import SEED, Figure

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1500)]


def is_back(officials: Officials, moment: float) -> Callable[[], bool]:
    return lambda: officials.log.back_after(moment) is not None


def assert_sound(house: House, log: Log) -> None:
    """Hold what the officials were told against what is in the database (I1 to I8)."""
    on_record = {line: number for line, number in house.clerk("acts").items() if line.split()[1] in {"suspend", "resume", "comment"}}
    assert on_record == dict(log.done), "acknowledged and recorded differ"
    outcome = house.clerk("outcome")
    assert outcome["broken"] == []
    sent = outcome["sent"]
    assert set(outcome["messages"]) <= {"sent", "waiting", "digested"}
    assert len(house.mails.ids) == sent.get("email", 0)
    assert len(house.hooks.keys) == sent.get("webhook", 0)


@pytest.mark.row("C1")
@pytest.mark.parametrize("crashes", [10, pytest.param(full("C1", 100), marks=pytest.mark.proof, id="full")])
def test_c1_a_database_killed_again_and_again_loses_nothing_that_was_acknowledged(
    new_house: Callable[..., House], figure: Figure, crashes: int
) -> None:
    house = new_house(DUBAN_PROOF_BEAT="2")
    house.furnish()
    house.web()
    house.worker()
    house.beat()
    rng, pause = random.Random(SEED), threading.Event()  # noqa: S311
    backs: list[float] = []
    with fault_proxy(house.port) as line:
        officials = Officials(house, seed=SEED, port=line.port)
        wait_until(lambda: officials.log.settled() >= 50, what="the first acts", patience=60)  # every process has served
        for turn in range(crashes):
            house.clerk("remind", count=10, marker=f"c{turn}-")
            pause.wait(rng.uniform(0.1, 1.0))
            line.reset()  # acts under way are done, or not, and nobody is told
            pause.wait(rng.uniform(0.0, 0.3))
            moment = time.monotonic()
            if turn % 4 == 3:  # one session killed: the postmaster ends all others and recovers by itself
                os.kill(rng.choice(house.server.children()), signal.SIGKILL)
            else:
                house.server.crash()
                house.server.start()
            wait_until(is_back(officials, moment), what=f"an act after crash {turn}", patience=60)
            backs.append(officials.log.back_after(moment) or 0.0)
        log = officials.leave()
    wait_until(house.delivered, what="delivery of everything", patience=120)
    repeats = house.arrived()[1]
    figure(
        "C1",
        seed=SEED,
        crashes=crashes,
        acts_done=log.done.total(),
        refused=dict(log.refused),
        unknown_and_asked_again=log.unknown,
        of_these_done_already=log.replayed,
        back_p95_seconds=round(percentile(backs), 1),
        back_longest=round(max(backs), 1),
        reminders=10 * crashes,
        repeated_under_the_same_key=repeats,
        without_an_answer=log.errors().total(),
        wrong_answers=dict(log.wrong()),
    )
    assert_sound(house, log)
    assert log.replayed > 0, "no act was struck between its end and its answer"
    assert log.wrong() == {}
    assert repeats <= 2 * crashes
    share = 0.95 if crashes >= 100 else 0.5  # the 95th of few is the longest of all, on whatever machine
    assert percentile(backs, share) <= 5


@pytest.mark.row("C2")
@pytest.mark.parametrize("restarts", [2, pytest.param(full("C2", 30), marks=pytest.mark.proof, id="full")])
def test_c2_a_database_restarted_at_once_is_answered_with_503_and_everybody_comes_back(
    new_house: Callable[..., House], figure: Figure, restarts: int
) -> None:
    house = new_house()  # the schedule is the product's own
    house.furnish()
    processes = [house.web(), house.worker(), house.beat()]
    rng, pause = random.Random(SEED), threading.Event()  # noqa: S311
    officials = Officials(house, seed=SEED, pace=0.1)
    web: list[float] = []
    worker: list[float] = []
    house.clerk("remind", count=2, marker="first")
    wait_until(told(house, "first"), what="the first delivery", patience=60)
    for turn in range(restarts):
        pause.wait(rng.uniform(0.1, 1.0))
        moment = time.monotonic()
        house.server.end_at_once()
        pause.wait(rng.uniform(0.0, 1.0))
        house.server.start()
        started = time.monotonic()
        wait_until(is_back(officials, moment), what=f"an act after restart {turn}", patience=60)
        web.append((officials.log.back_after(moment) or 0.0) - (started - moment))
        while house.clerk("remind", count=2, marker=f"d{turn}-") is not None:
            assert time.monotonic() < started + 30, "the clerk does not come back"
        wait_until(told(house, f"d{turn}-"), what=f"delivery after restart {turn}", patience=60)
        worker.append(time.monotonic() - started)
    log = officials.leave()
    wait_until(house.delivered, what="delivery of everything", patience=120)
    figure(
        "C2",
        restarts=restarts,
        acts_done=log.done.total(),
        asked_again=log.unknown,
        busy_answers=sum(one.answer.status == 503 for one in log.attempts),
        wrong_answers=dict(log.wrong()),
        without_an_answer=log.errors().total(),
        web_back_longest=round(max(web), 1),
        worker_delivers_longest=round(max(worker), 1),
    )
    assert_sound(house, log)
    assert log.wrong() == {}
    assert log.errors() == {}
    assert any(one.answer.status == 503 for one in log.attempts), "no request fell into the gap"
    assert max(web) <= 30
    assert max(worker) <= 30
    assert all(process.poll() is None for process in processes), "a process had to be started anew"


def told(house: House, marker: str) -> Callable[[], bool]:
    return lambda: house.clerk("sent", marker=marker) == 2
