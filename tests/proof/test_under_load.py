"""People go on working while processes are exchanged, reminders come in floods and Redis is away: nobody is refused or kept waiting."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from tests.proof.conftest import seconds_until, wait_until
from tests.proof.house import House, Visit, Visitors, children_of, faults, has_ended, percentile
from tests.proof.sizes import full
from tests.proof.test_senders import Figure

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]


def ended(process: subprocess.Popen[str]) -> Callable[[], bool]:
    return lambda: process.poll() is not None


def all_ended(pids: list[int]) -> Callable[[], bool]:
    return lambda: all(has_ended(pid) for pid in pids)


def between(visits: list[Visit], start: float, end: float) -> list[float]:
    return [visit.seconds for visit in visits if start <= visit.due < end]


def exchange_web(house: House, web: subprocess.Popen[str]) -> tuple[float, float]:
    """Have fresh web processes take over; return how long they loaded, and how long the old ones stayed once they were asked to leave.

    The old ones serve while the fresh ones load, which takes the longer the more is asked of them; only then have they to be gone soon.
    """
    old = children_of(web.pid)
    web.send_signal(signal.SIGHUP)
    began = time.monotonic()
    wait_until(lambda: len(set(children_of(web.pid)) - set(old)) == len(old), patience=150, what="fresh web processes")
    fresh = set(children_of(web.pid)) - set(old)
    wait_until(lambda: all(house.is_at_the_door(pid) for pid in fresh), patience=150, what="the loading of the fresh web processes")
    loaded = time.monotonic()
    wait_until(all_ended(old), patience=150, what="the end of the old web processes")
    return loaded - began, time.monotonic() - loaded


def end(process: subprocess.Popen[str]) -> float:
    """Ask a process to stop; return how long it took."""
    os.kill(process.pid, signal.SIGTERM)
    return wait_until(ended(process), patience=150, what="the end of a process")


@pytest.mark.row("A6")
@pytest.mark.proof
@pytest.mark.timeout(5000)  # fifty restarts of everything, half a minute each
@pytest.mark.parametrize(("restarts", "reminders"), [(2, 200), pytest.param(full("A6", 50), 200 * full("A6", 50), id="full")])
def test_a6_rolling_restarts_under_load_refuse_nobody_and_lose_nothing(
    new_house: Callable[..., House], figure: Figure, restarts: int, reminders: int
) -> None:
    house = new_house(DUBAN_PROOF_BEAT="2")
    house.furnish()
    web, worker, beat = house.web(), house.worker("w0"), house.beat()
    wait_until(functools.partial(house.listens, "w0"), patience=150, what="the first worker")
    visitors = Visitors(house, rate=20 if restarts >= 50 else 5, dawdlers=2)
    pause, stays = threading.Event(), {"loading": 0.0, "web": 0.0, "worker": 0.0, "beat": 0.0}
    for turn in range(restarts):
        house.clerk("remind", count=reminders // restarts, marker=f"a{turn}-")
        loading, leaving = exchange_web(house, web)  # rolling: one after the other, so that none loads beside another
        stays["loading"], stays["web"] = max(stays["loading"], loading), max(stays["web"], leaving)
        fresh_worker, fresh_beat = house.worker(f"w{turn + 1}"), house.beat()
        wait_until(functools.partial(house.listens, f"w{turn + 1}"), patience=150, what="the fresh worker")
        wait_until(lambda: house.arrived()[0] > 0, what="some sending")
        stays["worker"], stays["beat"] = max(stays["worker"], end(worker)), max(stays["beat"], end(beat))
        worker, beat = fresh_worker, fresh_beat
        pause.wait(0.2)
    wait_until(house.delivered, what="delivery of everything", patience=300)
    visits = visitors.leave()
    outcome, repeats = house.clerk("outcome"), house.arrived()[1]
    arrived = house.clerk("sent", marker="a")
    figure(
        "A6",
        restarts=restarts,
        reminders=reminders,
        lost=reminders - arrived,
        repeated=repeats,
        requests=len(visits),
        refused_or_failed=dict(faults(visits)),
        reconnected=sum(visit.reconnected for visit in visits),
        longest_loading_of_the_fresh_web=round(stays.pop("loading"), 1),
        longest_until_the_old_web_was_gone_then=round(stays["web"], 1),
        longest_until_the_worker_was_gone=round(stays["worker"], 1),
        longest_until_beat_was_gone=round(stays["beat"], 1),
    )
    assert faults(visits) == {}, f"visitors met {dict(faults(visits))}"
    assert (arrived, repeats) == (reminders, 0)
    assert len(house.mails.ids) + len(house.hooks.keys) == outcome["sent"]["email"] + outcome["sent"]["webhook"]
    assert outcome["broken"] == []
    if restarts >= 50:
        assert max(stays.values()) <= 10


MINUTE = 60.0


@pytest.mark.row("A10")
@pytest.mark.proof
@pytest.mark.parametrize("reminders", [1000, pytest.param(full("A10", 10_000), id="full")])
def test_a10_ten_thousand_due_in_the_same_second_are_out_within_a_minute_and_nobody_waits(
    new_house: Callable[..., House], figure: Figure, reminders: int
) -> None:
    house = new_house()
    house.furnish()
    house.web()
    house.worker()
    house.beat()
    house.clerk("remind", count=2, marker="first")
    wait_until(house.delivered, what="the first delivery", patience=60)
    visitors, pause = Visitors(house, rate=5), threading.Event()
    pause.wait(10)  # every process has served each address
    idle_from = time.monotonic()
    pause.wait(20)
    house.clerk("remind", count=reminders, marker="herd-")
    began = time.monotonic()
    took = seconds_until(house.delivered, at_most=2 * MINUTE)
    out = house.clerk("sent", marker="herd-")
    visits = visitors.leave()
    idle, busy = between(visits, idle_from, idle_from + 20), between(visits, began, began + took)
    figure(
        "A10",
        reminders=reminders,
        seconds=round(took, 1),
        a_second=round(reminders / took),
        web_p95_idle=round(percentile(idle), 3),
        web_p95_meanwhile=round(percentile(busy), 3),
        ratio=round(percentile(busy) / percentile(idle), 2),
        requests=len(visits),
        refused_or_failed=dict(faults(visits)),
    )
    assert faults(visits) == {}
    assert out == reminders, f"{out} of {reminders} were out after {took:.0f} seconds"
    assert took <= MINUTE
    assert house.arrived()[1] == 0
    if reminders >= 10_000:
        assert percentile(busy) <= 2 * percentile(idle)


@pytest.mark.row("B3")
@pytest.mark.proof
@pytest.mark.parametrize("away", [15, pytest.param(full("B3", 600), id="full")])
def test_b3_while_redis_is_away_nobody_is_refused_and_its_return_brings_everything(
    new_house: Callable[..., House], figure: Figure, away: int
) -> None:
    house = new_house()  # the schedule is the product's own
    house.furnish()
    processes = [house.web(), house.worker(), house.beat()]
    house.clerk("remind", count=2, marker="first")
    wait_until(house.delivered, what="the first delivery", patience=60)
    visitors, pause = Visitors(house, rate=5), threading.Event()
    pause.wait(10)
    there_from = time.monotonic()
    pause.wait(min(away, 60))
    there_until = time.monotonic()
    house.redis.kill()
    written = 0
    while time.monotonic() < there_until + away:
        house.clerk("remind", count=4, marker=f"away{written}-")
        written += 1
        pause.wait(max(1.0, away / 60))
    back = time.monotonic()
    house.redis.start()
    took = wait_until(house.delivered, what="delivery after the return of Redis", patience=180)
    visits = visitors.leave()
    there, gone = between(visits, there_from, there_until), between(visits, there_until, back)
    figure(
        "B3",
        minutes_away=round(away / 60, 1),
        reminders_meanwhile=4 * written,
        requests_meanwhile=len(gone),
        refused_or_failed=dict(faults(visits)),
        web_p95_before=round(percentile(there), 3),
        web_p95_meanwhile=round(percentile(gone), 3),
        ratio=round(percentile(gone) / percentile(there), 2),
        longest_meanwhile=round(max(gone), 2),
        backlog_gone_after_seconds=round(took, 1),
    )
    assert faults(visits) == {}
    assert took <= 60
    assert house.clerk("sent", marker="away") == 4 * written
    assert house.arrived()[1] == 0
    assert all(process.poll() is None for process in processes), "a process had to be started anew"
    if away >= 600:
        assert percentile(gone) <= 1.5 * percentile(there)


@pytest.mark.row("B4")
@pytest.mark.proof
@pytest.mark.parametrize("seconds", [20, pytest.param(full("B4", 60), id="full")])
def test_b4_while_redis_hangs_no_request_waits_two_seconds_for_it(new_house: Callable[..., House], figure: Figure, seconds: int) -> None:
    house = new_house()  # the schedule is the product's own
    house.furnish()
    house.web()
    house.worker()
    house.beat()
    house.clerk("remind", count=2, marker="first")
    wait_until(house.delivered, what="the first delivery", patience=60)
    visitors, pause = Visitors(house, rate=5), threading.Event()
    pause.wait(10)
    usual_from = time.monotonic()
    pause.wait(seconds)
    hung_from = time.monotonic()
    house.redis.freeze()
    pause.wait(seconds)
    hung_until = time.monotonic()
    house.redis.thaw()
    house.clerk("remind", count=10, marker="after-")
    took = wait_until(house.delivered, what="delivery after Redis goes on", patience=120)
    visits = visitors.leave()
    usual, hung = between(visits, usual_from, hung_from), between(visits, hung_from, hung_until)
    figure(
        "B4",
        seconds_hung=seconds,
        requests_meanwhile=len(hung),
        refused_or_failed=dict(faults(visits)),
        longest_usual=round(max(usual), 2),
        longest_meanwhile=round(max(hung), 2),
        delivered_seconds_after=round(took, 1),
    )
    assert faults(visits) == {}
    assert max(hung) <= 2 + max(usual)
    assert house.arrived()[1] == 0
