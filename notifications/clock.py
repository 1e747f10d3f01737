"""The clock by which things are sent: the database's, so that hosts that disagree do the same; and whether it can be trusted now.

A process remembers how the database's clock ran beside its own steady one, which no setting of the time moves. When the two part by more
than five minutes, the clock has jumped: nothing is sent or swept until it has returned, or until somebody has said that the
new time is right (`manage.py accept_clock`). A process that has just started has nothing to remember; it holds the clock against
the last sign of life in the database, and where that does not tell, against the time of its own host.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from notifications import alarms
from notifications.models import Heartbeat

logger = logging.getLogger(__name__)

MOST = dt.timedelta(minutes=5)
"""By how much the clock may part from the steady one."""

ACCEPTED, JUMPED = "clock-accepted", "clock-jumped"


def database_now() -> dt.datetime:
    """Return the moment by the database's clock; on SQLite, which has none, by that of the host."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def steady() -> float:
    """Return seconds of a clock that nobody sets and that runs on while the host sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class _Mark:
    """The two clocks at one moment, and until when a jump was last accepted."""

    at: dt.datetime
    steady: float
    accepted: dt.datetime | None


class Watch:
    """Holds the database's clock against the steady one of this process."""

    def __init__(self) -> None:
        self._mark: _Mark | None = None
        self._lock = threading.Lock()

    def is_right(self, now: dt.datetime) -> bool:
        """Tell whether the clock can be trusted; a jump is logged and told to the system administrators.

        Args:
            now: the moment by the database's clock.
        """
        seen = dict(Heartbeat.objects.filter(name__in=[ACCEPTED, JUMPED, "scheduler"]).values_list("name", "at"))
        ticks, accepted = steady(), seen.get(ACCEPTED)
        with self._lock:
            mark = self._mark
            if mark is not None and mark.accepted == accepted:
                gap = (now - mark.at) - dt.timedelta(seconds=ticks - mark.steady)
            else:
                gap = _gap_at_start(now, seen.get("scheduler"), accepted)
            if abs(gap) <= MOST:
                self._mark = _Mark(now, ticks, accepted)
        if abs(gap) <= MOST:
            if JUMPED in seen and mark is not None:
                _returned(now)
            return True
        _tell(now, gap, known=JUMPED in seen)
        return False


def _gap_at_start(now: dt.datetime, last: dt.datetime | None, accepted: dt.datetime | None) -> dt.timedelta:
    """Return by how much the clock is wrong as far as a process that has just started can know."""
    if accepted is not None and (last is None or accepted >= last or abs(now - accepted) <= MOST):
        last = accepted
    if last is None or abs(now - last) <= MOST:
        return dt.timedelta()
    if now < last:
        return now - last
    apart = now - timezone.now()  # nothing was running for a while, or the clock went forward: the host's own time tells
    return apart if abs(apart) > MOST else dt.timedelta()


def _tell(now: dt.datetime, gap: dt.timedelta, *, known: bool) -> None:
    if known:
        return
    logger.error("The clock of the database has jumped by %s; nothing is sent until it returns or is accepted.", gap)
    Heartbeat.objects.update_or_create(name=JUMPED, defaults={"at": now})
    alarms.clock_jumped(now, gap)


def _returned(now: dt.datetime) -> None:
    if Heartbeat.objects.filter(name=JUMPED).delete()[0]:
        logger.warning("The clock of the database can be trusted again; sending goes on.")


def accept(now: dt.datetime) -> None:
    """Take the database's clock for right from now on: every process marks it anew at its next look."""
    Heartbeat.objects.update_or_create(name=ACCEPTED, defaults={"at": now})
    Heartbeat.objects.filter(name=JUMPED).delete()


def jumped() -> bool:
    """Tell whether a jump is known that has neither passed nor been accepted."""
    return Heartbeat.objects.filter(name=JUMPED).exists()


_watch = Watch()


def trusted_now() -> dt.datetime | None:
    """Return the moment by the database's clock, or None while it cannot be trusted."""
    now = database_now()
    return now if _watch.is_right(now) else None
