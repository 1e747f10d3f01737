"""The triggers that book every change to what is counted, in the transaction and the statement that makes it.

On PostgreSQL a statement is booked as a whole, from its tables of old and new rows; on SQLite row by row. A row that changed in nothing
that counts is not booked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper

from oversight import statement_triggers
from oversight.counters.facts import DIALECTS, KEYS, Dialect, Fact, Source, bin_of, facts, standing
from oversight.statement_triggers import Watched
from oversight.tables import (
    EXTENSIONS,
    HAND_BACKS,
    LINKS,
    MEASURES,
    PARTS,
    REPORTS,
    SIGN_OFFS,
    STANDINGS,
    TALLIES,
    TASKS,
    TIMINGS,
)

PREFIX = "duban_tally"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    PARTS: ("id", "task_id", "agency_id", "part", "state", "due_on", "assigned_at", "signed_at", "moved_at", "was_overdue"),
    TASKS: ("id", "plan_id", "measure_id", "state", "due_on", "dispatched_at", "closed_at"),
    LINKS: ("id", "task_id", "agency_id", "tie"),
    REPORTS: ("id", "assignment_id", "state", "due_on", "submitted_at", "on_demand"),
    EXTENSIONS: ("id", "assignment_id", "state"),
    HAND_BACKS: ("id", "assignment_id", "state"),
    SIGN_OFFS: ("id", "task_id", "state"),
    MEASURES: ("id", "section_id"),
    TIMINGS: ("id", "plan_id", "thresholds"),
    STANDINGS: ("task_id", "state", "plan_id", "section_id", "began_on", "alarm_on", "due_on", "closed_on"),
}
"""The columns that count, the key first."""

TOUCHED_TASKS: Mapping[str, str] = {
    TASKS: "SELECT c.id FROM {} c",
    PARTS: "SELECT c.task_id FROM {} c",
    EXTENSIONS: f"SELECT p.task_id FROM {PARTS} p WHERE p.id IN (SELECT c.assignment_id FROM {{}} c)",
    MEASURES: f"SELECT t.id FROM {TASKS} t WHERE t.measure_id IN (SELECT c.id FROM {{}} c)",
}
"""The tasks whose standing a change can move."""

STANDING_COLUMNS = ("state", "plan_id", "section_id", "began_on", "alarm_on", "due_on", "closed_on")


def book(rows: str, fact: Fact, dialect: Dialect) -> str:
    """Return the statement that books what rows of a fact come to."""
    keys = ", ".join(KEYS)
    return (
        f"INSERT INTO {TALLIES} (bin, {keys}, n, fresh) SELECT {bin_of()}, {keys}, n, {dialect.true} FROM ({fact.counted(rows, dialect)}) b"
    )


def refresh(tasks: str, dialect: Dialect) -> str:
    """Return the statement that brings the standing of tasks up to date.

    Only rows that differ are written: writing would lock the others, too, and acts on different parts of one task would meet there.
    """
    names = ", ".join(("task_id", *STANDING_COLUMNS))
    same = "IS NOT DISTINCT FROM" if dialect.name == "postgresql" else "IS"
    kept, real = (f"({', '.join(f'{side}.{name}' for name in STANDING_COLUMNS)})" for side in ("k", "r"))
    sets = ", ".join(f"{column} = excluded.{column}" for column in STANDING_COLUMNS)
    return (
        f"INSERT INTO {STANDINGS} ({names}) SELECT {names} FROM ({standing(dialect)} WHERE t.id IN ({tasks})) r"
        f" WHERE NOT EXISTS (SELECT 1 FROM {STANDINGS} k WHERE k.task_id = r.task_id AND {kept} {same} {real})"
        f" ON CONFLICT (task_id) DO UPDATE SET {sets}"
    )


def _statements(table: str, dialect: Dialect, old: str, new: str) -> list[str]:
    """Return what a change of a table books.

    Args:
        table: its name.
        dialect: of the database.
        old: its old rows, empty when there are none.
        new: its new rows, empty when there are none.
    """
    touched = ((fact, source) for fact in facts(dialect) for source in fact.sources if source.table == table)
    found = [book(_difference(fact, source, old, new), fact, dialect) for fact, source in touched]
    if table in TOUCHED_TASKS:
        tasks = " UNION ".join(TOUCHED_TASKS[table].format(rows) for rows in (old, new) if rows)
        found.append(refresh(tasks, dialect))
        if table == TASKS and not new:
            found.append(f"DELETE FROM {STANDINGS} WHERE task_id IN ({tasks})")
    return found


def _difference(fact: Fact, source: Source, old: str, new: str) -> str:
    """Return the rows of a fact before the change, each counting -1, and after it, each counting 1."""
    if not source.may_miss:
        sides = [fact.rows(sign, {source.alias: rows}) for sign, rows in (("-1", old), ("1", new)) if rows]
        return " UNION ALL ".join(sides)
    seen = " OR ".join(source.seen_by.format(rows) for rows in (old, new) if rows)
    nothing = f"(SELECT * FROM {source.table} WHERE 1 = 0)"
    sides = [f"{fact.rows(sign, {source.alias: rows or nothing})} AND ({seen})" for sign, rows in (("-1", old), ("1", new))]
    return " UNION ALL ".join(sides)


def _watched(dialect: Dialect) -> Iterator[Watched]:
    for table, columns in COLUMNS.items():
        yield Watched(f"{PREFIX}_{table}", table, columns, partial(_statements, table, dialect))


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place, over those that are there."""
    statement_triggers.install(connection, PREFIX, _watched(DIALECTS[connection.vendor]))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away on SQLite, before a migration."""
    statement_triggers.remove(connection, PREFIX)
