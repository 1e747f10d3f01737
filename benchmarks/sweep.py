"""How long a sweep takes: `python -m benchmarks.sweep`, on an empty database.

Two questions: what a sweep costs over `DUBAN_BENCH_TASKS` open tasks (1,000,000 on PostgreSQL, 100,000 on SQLite) on a day on
which nothing is due, against one scan of the assignments; and how many rungs a second fire when a tenth as many are due,
with one sweeper a core (one on SQLite, which has one writer).

A thousand tasks are made by `synthesize` and swept, then copied in the database.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.db.models import Model

TEMPLATE = 1000
SWEEPERS = 2
SLOWEST_IDLE = 3.0
"""Times one scan that an idle sweep may take."""
SLOWEST_FIRING = 5000
"""Rows a second that a sweep is to write when much is due: firings, lines of the record, notices."""


def seconds(act: Callable[[], object], *, times: int = 5) -> float:
    """Return the median time of an act."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        act()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def copy_rows(model: type[Model], copies: int, shifts: dict[str, int], step: int, key: str = "id") -> None:
    """Copy the rows of a model so many times, each copy's keys moved on by `step`, and the columns in `shifts` by theirs."""
    from django.db import connection

    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    moved = {key: step, **shifts}
    picked = ", ".join(f"t.{column} + n.n * {moved[column]}" if column in moved else f"t.{column}" for column in columns)
    numbers = f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {copies})"  # noqa: S608  (numbers of our own)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{numbers} INSERT INTO {table} ({', '.join(columns)}) SELECT {picked} FROM {table} AS t CROSS JOIN n WHERE t.{key} <= {step}"  # noqa: S608  (names and numbers of our own)
        )


def load(tasks: int, now: dt.datetime) -> None:
    """Fill the database with open tasks of which nothing is due."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.models import Max

    from agencies.models import User
    from workflow.actions.sweep import sweep
    from workflow.models import Assignment, NextRung, Participation, Report, Task

    call_command("synthesize", agencies=200, users=600, tasks=TEMPLATE, verbosity=0)
    User.objects.filter(username__startswith="s").update(email="somebody@example.test")
    Task.objects.exclude(state="draft").update(state="dispatched", closed_at=None)
    Task.objects.filter(state="draft").update(state="dispatched", dispatched_at=now, moved_at=now)
    Assignment.objects.filter(state="confirmed").update(state="accepted", declared_at=None)
    sweep(now)
    steps = {model: model._default_manager.aggregate(top=Max("pk"))["top"] for model in (Task, Assignment, Report, Participation)}
    of_task = {"task_id": steps[Task]}
    with connection.cursor() as cursor, transaction.atomic():
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("ANALYZE")  # else the triggers that count what is copied are planned for tables without rows
        copies = tasks // TEMPLATE - 1
        copy_rows(Task, copies, {}, steps[Task])
        copy_rows(Assignment, copies, of_task, steps[Assignment])
        copy_rows(NextRung, copies, {}, steps[Assignment], key="assignment_id")
        copy_rows(Report, copies, {"assignment_id": steps[Assignment]}, steps[Report])
        copy_rows(Participation, copies, {**of_task, "assignment_id": steps[Assignment]}, steps[Participation])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def make_due(rungs: int, now: dt.datetime) -> int:
    """Make so many rungs due, in equal parts: due soon (one rung), not signed for (one), overdue (one told, two passed over).

    Returns:
        The number of assignments.
    """
    from django.utils import timezone

    from workflow.deadlines import add_working_days, official_calendar
    from workflow.models import Assignment, NextRung, Report

    calendar, today = official_calendar(), timezone.localdate(now)
    last_week = now - dt.timedelta(days=8)
    fresh = {"due_version": 9, "assigned_at": last_week, "moved_at": now, "signed_at": now, "state": "accepted"}
    leads = list(
        Assignment.objects.filter(part="lead", state__in=["accepted", "pending"]).order_by("-pk").values_list("pk", flat=True)[:rungs]
    )
    supporters = list(
        Assignment.objects.filter(part="support", state__in=["accepted", "pending"]).order_by("-pk").values_list("pk", flat=True)[:rungs]
    )
    a_third = rungs // 3
    soon, overdue, unsigned = leads[:a_third], leads[a_third : a_third + a_third // 3], supporters[:a_third]
    Report.objects.filter(assignment__in=[*soon, *overdue], state__in=["due", "draft"]).update(state="waived")
    Assignment.objects.filter(pk__in=soon).update(**fresh, due_on=add_working_days(today, 3, calendar))
    Assignment.objects.filter(pk__in=overdue).update(**fresh, due_on=add_working_days(today, -1, calendar), was_overdue=True)
    Assignment.objects.filter(pk__in=unsigned).update(
        state="pending",
        signed_at=None,
        assigned_at=dt.datetime.combine(add_working_days(today, -3, calendar), dt.time(9), now.tzinfo),
    )
    return NextRung.objects.filter(assignment__in=[*soon, *overdue, *unsigned]).update(day=today)


def climb_once(now: dt.datetime) -> None:
    """Climb, as one of several sweepers."""
    from django.db import connection

    from workflow.actions.climb import climb

    connection.close()
    climb(now)


def climb_together(now: dt.datetime, sweepers: int) -> float:
    """Let so many processes climb at the same time; returns how long they took."""
    from django.db import connections

    from config.serving import settle

    settle()  # as every worker does
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=climb_once, args=(now,)) for _ in range(sweepers)]
    began = time.monotonic()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            sys.exit("A sweeper failed.")
    return time.monotonic() - began


def main() -> None:
    """Load, sweep, print, and fail when a goal is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from notifications.models import InboxItem, Message
    from workflow.actions.climb import climb
    from workflow.actions.sweep import Swept, sweep
    from workflow.deadlines import next_working_day, official_calendar
    from workflow.models import Assignment, Event, Firing, Task

    on_postgresql = connection.vendor == "postgresql"
    tasks = int(os.environ.get("DUBAN_BENCH_TASKS", "1000000" if on_postgresql else "100000"))
    call_command("migrate", verbosity=0)
    today = next_working_day(timezone.localdate(), official_calendar())
    now = timezone.make_aware(dt.datetime.combine(today, dt.time(10)))
    load(tasks, now)
    table = Assignment._meta.db_table

    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(moved_at), max(version) FROM {table} WHERE state <> 'withdrawn'")  # noqa: S608  (our table)
            cursor.fetchone()

    if sweep(now) != Swept(became_overdue=0, reports_opened=0, reports_missed=0, rungs_fired=0):
        sys.exit("The copies were not at rest.")
    scanned, idle = seconds(scan), seconds(lambda: sweep(now))
    print(
        f"{Task.objects.count()} open tasks, {Assignment.objects.count()} assignments, nothing due: "
        f"sweep {idle * 1000:.1f} ms, one scan {scanned * 1000:.1f} ms, ratio {idle / scanned:.2f}"
    )

    def rows() -> int:
        return sum(model._default_manager.count() for model in (Firing, Event, InboxItem, Message))

    due, before, fired_before = make_due(tasks // 10, now), rows(), Firing.objects.count()
    sweepers = SWEEPERS if on_postgresql else 1
    took = climb_together(now, sweepers)
    fired, written = Firing.objects.count() - fired_before, rows() - before
    print(
        f"{due} assignments, {fired} rungs due, {sweepers} sweepers: {took:.1f} s, {fired / took:.0f} rungs/s, "
        f"{written / took:.0f} rows written/s"
    )
    if climb(now):
        sys.exit("Something was left to fire.")
    if idle > SLOWEST_IDLE * scanned:
        sys.exit(f"An idle sweep costs more than {SLOWEST_IDLE:.0f} scans.")
    if on_postgresql and written / took < SLOWEST_FIRING:
        sys.exit(f"Fewer than {SLOWEST_FIRING} rows a second.")


if __name__ == "__main__":
    main()
