"""When a worker counts as deaf: bells wait, it does nothing, and it has taken none for a while, seen twice."""

from __future__ import annotations

import pytest
from celery.worker.consumer import Consumer as CeleryConsumer

from config import listening
from config.listening import Consumer, Ear, Watchdog


def test_a_worker_that_lets_bells_wait_is_deaf_at_the_second_look() -> None:
    ear = Ear(30, now=0)
    assert not ear.is_deaf(waiting=3, busy=False, now=31)
    assert ear.is_deaf(waiting=3, busy=False, now=38)


@pytest.mark.parametrize(
    ("waiting", "busy", "now"),
    [(0, False, 100.0), (5, True, 100.0), (5, False, 10.0)],
    ids=["nothing waits", "it is at work", "it has heard a bell just now"],
)
def test_a_worker_with_an_excuse_is_not_deaf(waiting: int, busy: bool, now: float) -> None:
    ear = Ear(30, now=0)
    assert not any(ear.is_deaf(waiting=waiting, busy=busy, now=now + turn) for turn in range(3))


def test_a_bell_that_is_taken_clears_the_suspicion() -> None:
    ear = Ear(30, now=0)
    ear.is_deaf(waiting=3, busy=False, now=31)
    ear.heard(35)
    assert not ear.is_deaf(waiting=3, busy=False, now=66)
    assert ear.is_deaf(waiting=3, busy=False, now=70)


class _Channel:
    do_restore = True

    def basic_ack(self, tag: str) -> None:
        raise AttributeError(tag)


def test_nothing_is_put_back_or_acknowledged_through_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = _Channel()
    consumer = Consumer.__new__(Consumer)
    consumer.connection = type("Connection", (), {"_transport": type("Transport", (), {"channels": [channel]})})
    monkeypatch.setattr(CeleryConsumer, "on_connection_error_after_connected", lambda _self, _exc: None)
    consumer.on_connection_error_after_connected(OSError("gone"))
    channel.basic_ack("1")
    assert not channel.do_restore


class _Looks:
    """Ends a watch after its third look."""

    def __init__(self) -> None:
        self._left = 3

    def wait(self, _seconds: float) -> bool:
        self._left -= 1
        return self._left < 0


def starts_of_a_worker_that_lets_bells_wait(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a watchdog look three times at a worker that does nothing while bells wait; return how often it was started anew."""
    started: list[str] = []
    monkeypatch.setattr("config.listening.settings.DUBAN_DEAF_AFTER", 0.0)
    monkeypatch.setattr(listening, "bells_waiting", lambda app: 3)
    monkeypatch.setattr(listening, "start_anew", lambda: started.append("anew"))
    dog = Watchdog(object())
    monkeypatch.setattr(dog, "_stopped", _Looks())
    dog._watch(None)
    return started


def test_b5_a_watchdog_starts_a_worker_anew_that_lets_bells_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert starts_of_a_worker_that_lets_bells_wait(monkeypatch) == ["anew", "anew"], "nobody noticed a deaf worker"


def test_b5_is_red_when_no_worker_is_ever_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ear, "is_deaf", lambda *_self, **_asked: False)
    with pytest.raises(AssertionError, match="nobody noticed"):
        test_b5_a_watchdog_starts_a_worker_anew_that_lets_bells_wait(monkeypatch)
