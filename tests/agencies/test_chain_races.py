"""What only PostgreSQL can show: many writers at one record."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.chain_check import head_of, verify
from agencies.models import ChainHead, DirectoryEvent

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 3, 18, 10, 0, tzinfo=dt.UTC)
WRITERS, ROUNDS = 8, 25


def write(barrier: threading.Barrier, rounds: int) -> None:
    """Append in as many transactions, each of one to three lines, every fourth of them given up."""
    try:
        barrier.wait(timeout=30)
        for number in range(rounds):
            with transaction.atomic():
                DirectoryEvent.append([DirectoryEvent(at=NOW, verb="amend", data={"n": number}) for _ in range(number % 3 + 1)])
                transaction.set_rollback(number % 4 == 3)
    finally:
        connection.close()


def write_together(rounds: int) -> None:
    barrier = threading.Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, barrier, rounds) for _ in range(WRITERS)]:
            done.result()


def test_many_writers_make_one_chain_without_fork_or_gap() -> None:
    write_together(ROUNDS)
    lines = WRITERS * sum(number % 3 + 1 for number in range(ROUNDS) if number % 4 != 3)
    assert list(DirectoryEvent.objects.values_list("sequence", flat=True)) == list(range(1, lines + 1))
    assert head_of(DirectoryEvent)[0] == lines
    assert verify(DirectoryEvent) == []


@pytest.mark.parametrize("attempt", range(10))
def test_the_very_first_writers_meet_at_one_head(attempt: int) -> None:
    write_together(1)
    assert ChainHead.objects.count() == 1
    assert DirectoryEvent.objects.count() == WRITERS
    assert verify(DirectoryEvent) == []


def test_a_record_is_proved_while_others_append() -> None:
    stop, found = threading.Event(), []

    def prove() -> None:
        try:
            while not stop.is_set():
                found.extend(verify(DirectoryEvent))
        finally:
            connection.close()

    prover = threading.Thread(target=prove)
    prover.start()
    write_together(ROUNDS)
    stop.set()
    prover.join(timeout=30)
    assert not prover.is_alive()
    assert found == []


def test_the_record_is_not_truncated() -> None:
    write_together(1)
    with pytest.raises(DatabaseError, match="only ever appended to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE agencies_directoryevent CASCADE")
    assert DirectoryEvent.objects.count() == WRITERS
