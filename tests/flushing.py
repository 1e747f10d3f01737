"""Emptying the database between transactional tests, although records refuse to be emptied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


@contextmanager
def records_let_go(kind: str = "no_truncate") -> Iterator[None]:
    """Take away the triggers of append-only tables (see `agencies.migration_operations`) and put them back as they were.

    Args:
        kind: which of the two that a table has on PostgreSQL: `no_truncate` or `append_only`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE right(tgname, %s) = %s", [len(kind), kind])
            off = [f'ALTER TABLE {table} DISABLE TRIGGER "{name}"' for table, name in cursor.fetchall()]
            on = [statement.replace("DISABLE", "ENABLE") for statement in off]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%only ever appended to%'")
            found = cursor.fetchall()
            off, on = [f'DROP TRIGGER "{name}"' for name, _sql in found], [sql for _name, sql in found]
        for statement in off:
            cursor.execute(statement)
        yield
        for statement in on:
            cursor.execute(statement)


@pytest.fixture(autouse=True, scope="session")
def flushing_spares_no_record() -> Iterator[None]:
    """Let the flush after a transactional test empty append-only tables, too: nothing but a flush can."""
    patch = pytest.MonkeyPatch()
    plainly: Any = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with records_let_go():
            plainly(self, sql_list)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
    yield
    patch.undo()
