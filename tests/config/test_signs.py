"""What beat rings is answered with a sign of life; what it rang before the worker listened shows nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from kombu import Connection, Exchange, Producer

from config import signs


@pytest.fixture
def line() -> Iterator[Any]:
    with Connection("memory://", transport_options={"polling_interval": 0.01}) as line:
        yield line


def ring(line: Any) -> None:
    Producer(line.channel(), Exchange(signs.QUEUE), routing_key=signs.QUEUE).publish({})


def test_a_worker_answers_what_is_rung_while_it_listens_even_after_its_database_was_away(
    line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, left = 0, threading.Semaphore(0)

    def beat() -> None:
        nonlocal answers
        answers += 1
        left.release()
        if answers == 1:
            raise DatabaseError("away")

    monkeypatch.setattr(signs, "beat", beat)
    signs.Pulse(None).get_consumers(line.channel())  # a worker of before, whose queue is there
    ring(line)
    listener: Any = signs.Pulse(None).get_consumers(line.channel())[0]
    listener.consume()
    with pytest.raises(TimeoutError):
        line.drain_events(timeout=0.2)
    for _ring in range(2):
        ring(line)
        line.drain_events(timeout=10)
        assert left.acquire(timeout=10)
    assert answers == 2
