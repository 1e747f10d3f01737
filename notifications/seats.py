"""How many senders may speak by one channel at once: a receiver that hangs holds some of them for ten seconds, and never all.

By each channel half of the senders on duty, and at least one. A channel that failed when it was last tried is in doubt: one sender
tries it, and one alone tries all that are in doubt, until it answers or rests. A seat is an advisory lock of the transaction in which the
message is held: whoever is killed lets go of both. Where one channel alone is installed nobody has to be kept free for another, and on
SQLite, which has no such locks and few senders, nobody is.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import Error, connection

_DUTY, _SEAT, _PERSON = 4_470_001, 4_470_002, 4_470_003
"""Families of advisory locks: one for being on duty, which everybody shares, one for the seats, and one for people who are written to."""
_MOST = 64
"""Seats of a channel, however many senders there are."""
_DOUBT = "in doubt"


def _counts() -> bool:
    return connection.vendor == "postgresql" and len({*settings.DUBAN_CHANNELS} - {"inbox"}) > 1


class OtherSenderError(Exception):
    """Another sender writes to the same person at this moment."""


@contextlib.contextmanager
def on_duty() -> Iterator[None]:
    """Count as a sender while the block runs."""
    if not _counts():
        yield
        return
    _ask("SELECT pg_advisory_lock_shared(%s, 0)", _DUTY)
    try:
        yield
    finally:
        with contextlib.suppress(Error):  # a connection that was lost has let go by itself
            _ask("SELECT pg_advisory_unlock_shared(%s, 0)", _DUTY)


def by_channel() -> int:
    """Return how many senders may speak by one channel now: half of those on duty, one at least."""
    if not _counts():
        return _MOST
    on_duty_now = _ask(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = 0 AND objsubid = 2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        _DUTY,
    )
    return min(_MOST, max(1, (int(on_duty_now) + 1) // 2))


def take(channel: str, seats: int, *, in_doubt: bool) -> bool:
    """Take a seat until the transaction ends; False when there is none.

    Args:
        channel: by which a message is to be sent.
        seats: how many it has, see `by_channel`.
        in_doubt: whether it failed when it was last tried.
    """
    if not _counts():
        return True
    first = zlib.crc32((_DOUBT if in_doubt else channel).encode()) % 2**24 * _MOST
    numbers = [first + number for number in range(1 if in_doubt else seats)]
    tries = " ".join("WHEN pg_try_advisory_xact_lock(%s, %s) THEN true" for _number in numbers)
    return bool(_ask(f"SELECT CASE {tries} ELSE false END", *(value for number in numbers for value in (_SEAT, number))))


def be_alone_with(person: int | None) -> None:
    """Be the only one of the senders that ask so who writes to a person, until the transaction ends.

    Raises:
        OtherSenderError: another is.
    """
    if person is None or connection.vendor != "postgresql":
        return
    if not _ask("SELECT pg_try_advisory_xact_lock(%s, %s::int)", _PERSON, person % 2**31):
        raise OtherSenderError(person)


def _ask(question: str, *values: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]
