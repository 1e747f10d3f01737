"""How long a sweep takes: `python -m benchmarks.sweep`, on an empty database, with `DUBAN_BENCH_TASKS` tasks (100,000).

Two questions: what a sweep costs on a day on which nothing is due, against one scan of the assignments; and
how many assignments a second it handles when their rungs are due.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

ENOUGH = 100_000
"""Tasks from which the ratio means something."""


def seconds(act: Callable[[], object], *, times: int = 3) -> float:
    """Return the median time of an act."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        act()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def main() -> None:
    """Load, sweep, print, and fail when an idle sweep costs more than three scans."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from notifications.models import InboxItem
    from workflow.actions.climb import climb
    from workflow.actions.sweep import sweep
    from workflow.deadlines import next_working_day, official_calendar
    from workflow.models import Assignment

    tasks = int(os.environ.get("DUBAN_BENCH_TASKS", "100000"))
    call_command("migrate", verbosity=0)
    call_command("synthesize", agencies=200, users=600, tasks=tasks, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    today = next_working_day(timezone.localdate(), official_calendar())
    now = timezone.make_aware(dt.datetime.combine(today, dt.time(10)))
    parts = Assignment.objects.count()
    began = time.monotonic()
    fired = climb(now)
    took = time.monotonic() - began
    told = InboxItem.objects.count()
    print(f"{parts} assignments: first climb {took:.1f} s, {fired} rungs told, {told} notices: {(parts + told) / took:.0f} rows/s")
    sweep(now)
    table = Assignment._meta.db_table

    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(moved_at), max(version) FROM {table} WHERE state <> 'withdrawn'")  # noqa: S608  (our table)
            cursor.fetchone()

    scanned, idle = seconds(scan), seconds(lambda: sweep(now))
    print(f"nothing due: sweep {idle * 1000:.1f} ms, one scan {scanned * 1000:.1f} ms, ratio {idle / scanned:.2f}")
    if tasks >= ENOUGH and idle > 3 * scanned:
        sys.exit("An idle sweep costs more than three scans.")


if __name__ == "__main__":
    main()
