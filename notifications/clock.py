"""The clock by which things are sent: the database's, so that hosts that disagree do the same; and whether it can be trusted now.

Each host keeps, in the database, when it was started by the database's clock: that moment less what its own steady clock, which no setting
of the time moves, has counted since. All processes of the host, forked or started anew, hold the clock against that one mark. When the two
part by more than five minutes, the clock has jumped: nothing is sent or swept until it has returned, or until somebody has said
that the new time is right (`manage.py accept_clock`). A host without a mark holds the clock against the last sign of life in the
database, and where that does not tell, against its own time.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from notifications import alarms
from notifications.models import Heartbeat

logger = logging.getLogger(__name__)

MOST = dt.timedelta(minutes=5)
"""By how much the clock may part from the steady one."""

DRIFT = dt.timedelta(minutes=1)
"""By how much it may part before the mark follows: clocks that run at slightly different speeds are no jump."""

ACCEPTED, JUMPED, MARK = "clock-accepted", "clock-jumped", "clock|"


def database_now() -> dt.datetime:
    """Return the moment by the database's clock; on SQLite, which has none, by that of the host."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def host_apart() -> dt.timedelta:
    """Return by how much this host's clock, by which pages date what people do, is ahead of the database's."""
    return timezone.now() - database_now()


def steady() -> float:
    """Return seconds of a clock that nobody sets and that runs on while the host sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@cache
def _mark() -> str:
    """Return the name of this host's mark, another one each time the host is started; where that cannot be told, this process's."""
    started = uuid.uuid4().hex
    with suppress(OSError):
        started = Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
    return f"{MARK}{started}"


def is_right(now: dt.datetime) -> bool:
    """Tell whether the clock can be trusted; a jump is logged and told to the system administrators.

    Args:
        now: the moment by the database's clock.
    """
    started = now - dt.timedelta(seconds=steady())
    seen = dict(Heartbeat.objects.filter(name__in=[_mark(), ACCEPTED, JUMPED, "scheduler"]).values_list("name", "at"))
    mark = seen.get(_mark())
    gap = _gap_at_start(now, seen) if mark is None else started - mark
    if abs(gap) > MOST:
        _tell(now, gap, known=JUMPED in seen)
        return False
    if mark is None or abs(gap) > DRIFT:
        Heartbeat.objects.update_or_create(name=_mark(), defaults={"at": started})
    if JUMPED in seen:
        _returned()
    return True


def _gap_at_start(now: dt.datetime, seen: Mapping[str, dt.datetime]) -> dt.timedelta:
    """Return by how much the clock is wrong as far as a host that has no mark can know.

    Args:
        now: the moment.
        seen: when the schedule last lived, when a jump was last accepted and one was noticed, by the clock of those moments.
    """
    last, accepted, jumped_at = seen.get("scheduler"), seen.get(ACCEPTED), seen.get(JUMPED)
    if accepted is not None and (last is None or accepted >= last or abs(now - accepted) <= MOST):
        last = accepted
    if last is None or abs(now - last) <= MOST:
        return dt.timedelta()
    if now < last or (jumped_at is not None and last < jumped_at <= now):
        return now - last  # back, or still as far forward as others found it
    apart = now - timezone.now()  # nothing was running for a while, or the clock went forward: the host's own time tells
    return apart if abs(apart) > MOST else dt.timedelta()


def _tell(now: dt.datetime, gap: dt.timedelta, *, known: bool) -> None:
    if known:
        return
    logger.error("The clock of the database has jumped by %s; nothing is sent until it returns or is accepted.", gap)
    Heartbeat.objects.update_or_create(name=JUMPED, defaults={"at": now})
    alarms.clock_jumped(now, gap)


def _returned() -> None:
    if Heartbeat.objects.filter(name=JUMPED).delete()[0]:
        logger.warning("The clock of the database can be trusted again; sending goes on.")


def accept(now: dt.datetime) -> None:
    """Take the database's clock for right from now on: every host marks it anew at its next look."""
    Heartbeat.objects.update_or_create(name=ACCEPTED, defaults={"at": now})
    Heartbeat.objects.filter(Q(name=JUMPED) | Q(name__startswith=MARK)).delete()


def jumped() -> bool:
    """Tell whether a jump is known that has neither passed nor been accepted."""
    return Heartbeat.objects.filter(name=JUMPED).exists()


def trusted_now() -> dt.datetime | None:
    """Return the moment by the database's clock, or None while it cannot be trusted."""
    now = database_now()
    return now if is_right(now) else None
