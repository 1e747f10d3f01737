"""The counters after a migration or a flush: triggers in place, numbers right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, connections

from oversight.counters import account, triggers
from oversight.models import Tally
from oversight.words import upkeep as words
from oversight.words.kinds import KINDS
from workflow.models import Participation


def after_migration(using: str, *, migrated: bool) -> None:
    """Put the triggers in place; count anew what may have changed without them.

    Args:
        using: alias of the database.
        migrated: whether migrations were applied, which may have written rows.
    """
    connection = connections[using]
    if not set(triggers.COLUMNS) | {Tally._meta.db_table} <= set(connection.introspection.table_names()):
        return
    triggers.install(connection)
    if not Participation.objects.using(using).exists():
        account.clear()
    elif migrated:
        account.rebuild()


@contextmanager
def uncounted() -> Iterator[None]:
    """Load rows by the hundred thousand while nobody else is at work; count and index them once at the end."""
    triggers.remove(connection)
    words.remove(connection)
    tables = sorted({*triggers.COLUMNS, *(table for kind in KINDS for table in kind.sources)})
    _switch(tables, on=False)
    try:
        yield
    finally:
        triggers.install(connection)
        words.install(connection)
        _switch(tables, on=True)
        account.rebuild()
        words.rebuild(connection, using=connection.alias)


def _switch(tables: Iterable[str], *, on: bool) -> None:
    """Switch the triggers of counters and words on or off; on PostgreSQL, which keeps them in place."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relname = ANY (%s) AND (starts_with(t.tgname, %s) OR starts_with(t.tgname, %s))",
            [list(tables), triggers.PREFIX, words.PREFIX],
        )
        found = cursor.fetchall()
        connection.check_constraints()  # a table whose keys are still to be checked cannot be altered
        for table, name in found:
            cursor.execute(f'ALTER TABLE "{table}" {"ENABLE" if on else "DISABLE"} TRIGGER "{name}"')
