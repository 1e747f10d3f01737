"""Statements over whole batches for which the ORM has none: rows that decide by being new, and a different date for each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from agencies.models.bulk import rows_as_source
from workflow.models.assignment import Assignment, NextRung
from workflow.models.ladder import Firing
from workflow.models.task import Task

NEVER = dt.date(9999, 12, 31)
"""Stands in a column of days for "not again by itself"."""


@dataclass(frozen=True, slots=True)
class NewFiring:
    """A rung about to fire; see `Firing`."""

    key: str
    rung: str
    assignment_id: int


def fire(rows: Sequence[NewFiring], fired_at: dt.datetime) -> set[str]:
    """Insert firings and return the keys of those that were new: whoever inserts a key is the one who tells.

    One statement, however many rows there are.
    """
    if not rows:
        return set()
    source, told = rows_as_source([(row.key, row.rung, row.assignment_id) for row in rows], ("text", "text", "bigint"), connection.vendor)
    table = Firing._meta.db_table
    moment = connection.ops.adapt_datetimefield_value(fired_at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, rung, assignment_id, fired_at) "  # noqa: S608  (names of our own)
            f"SELECT c0, c1, c2, %s FROM {source} WHERE true ON CONFLICT (key) DO NOTHING RETURNING key",
            [moment, told],
        )
        return {key for (key,) in cursor.fetchall()}


def check_references_now() -> None:
    """Have PostgreSQL check the references of all rows written so far, not at the end, when the record's head is locked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def set_ladder_days(days: Mapping[int, dt.date]) -> None:
    """Write the day of each assignment's next rung, in one statement."""
    source, told = _days_as_source(days)
    table = NextRung._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (assignment_id, day) SELECT c0, c1 FROM {source} WHERE true "  # noqa: S608  (names of our own)
            "ON CONFLICT (assignment_id) DO UPDATE SET day = excluded.day",
            [told],
        )


def set_report_days(days: Mapping[int, dt.date]) -> None:
    """Write the day on which each assignment's next report is opened, in one statement."""
    if not days:
        return
    source, told = _days_as_source(days)
    table = Assignment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET report_on = v.c1 FROM {source} WHERE {table}.id = v.c0", [told])  # noqa: S608  (names of our own)


def _days_as_source(days: Mapping[int, dt.date]) -> tuple[str, str]:
    return rows_as_source([(pk, day.isoformat()) for pk, day in days.items()], ("bigint", "date"), connection.vendor)


AT_ONCE = 1000
"""Rows changed by one statement: the triggers of the counters compare all it changed, which does not get cheaper by being more."""


def lock_tasks_of(parts: QuerySet[Assignment]) -> None:
    """Lock the tasks of parts, in the order of their keys: as acts lock them, before anything of their parts."""
    last = 0
    while ids := list(parts.filter(task_id__gt=last).order_by("task_id").values_list("task_id", flat=True).distinct()[:AT_ONCE]):
        rows = Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
        list(rows.order_by("pk").values_list("pk", flat=True))
        last = ids[-1]


def forget_ladder_days(parts: QuerySet[Assignment]) -> None:
    """Have the next sweep compute anew on which days the ladder fires for these parts, those too that waited for nothing till now.

    Their tasks are locked (`lock_tasks_of`). Parts whose day is forgotten already are written as well: a sweep that computes it at this
    moment is waited for, or its day would stand.
    """
    last = 0
    while ids := list(parts.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        Assignment.objects.filter(pk__in=ids).update(climbs_anew=True)
        last = ids[-1]
