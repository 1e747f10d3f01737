"""The counters after a migration or a flush: triggers in place, numbers right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from oversight.counters import account, triggers
from oversight.models import Tally
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
    """Load rows by the hundred thousand while nobody else is at work, and count them once at the end."""
    triggers.remove(connection)
    try:
        yield
    finally:
        triggers.install(connection)
        account.rebuild()
