"""Triggers that keep a table of the product's own in the statement that changes what it is made from.

On PostgreSQL they run once a statement, with its old and its new rows; on SQLite row by row. What has not changed writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Watched:
    """A table that is watched.

    Attributes:
        name: of its triggers, without what happened.
        table: its name.
        columns: those of which a change counts, the primary key first.
        written: the statements to run, given table expressions of the old and of the new rows, empty where there are none.
    """

    name: str
    table: str
    columns: Sequence[str]
    written: Callable[[str, str], Sequence[str]]

    def of(self, side: str) -> str:
        """Return the columns that count, of one side, as a row to compare."""
        return f"({', '.join(f'{side}.{column}' for column in self.columns)})"


def _on_postgresql(watched: Watched) -> Iterator[str]:
    key = watched.columns[0]
    both = f"old_rows b JOIN new_rows a ON a.{key} = b.{key} WHERE {watched.of('b')} IS DISTINCT FROM {watched.of('a')}"
    # Asked as a difference of sets, which hashes: asked as EXISTS over the join, every old row is held against every new one.
    columns = ", ".join(watched.columns)
    changed = f"IF NOT EXISTS (SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows) THEN RETURN NULL; END IF; "
    sources = {
        "insert": ("", "new_rows", "NEW TABLE AS new_rows", ""),
        "update": (f"(SELECT b.* FROM {both})", f"(SELECT a.* FROM {both})", "OLD TABLE AS old_rows NEW TABLE AS new_rows", changed),
        "delete": ("old_rows", "", "OLD TABLE AS old_rows", ""),
    }
    for verb, (old, new, tables, guard) in sources.items():
        name, body = f"{watched.name}_{verb}", "; ".join(watched.written(old, new))
        yield f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {guard}{body}; RETURN NULL; END $$'
        yield (
            f'CREATE OR REPLACE TRIGGER "{name}" AFTER {verb.upper()} ON "{watched.table}" REFERENCING {tables}'
            f' FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
        )


def _on_sqlite(watched: Watched) -> Iterator[str]:
    old, new = (f"(SELECT {', '.join(f'{side}.{column} AS {column}' for column in watched.columns)})" for side in ("OLD", "NEW"))
    for verb, sides, when in (
        ("insert", ("", new), ""),
        ("update", (old, new), f" WHEN {watched.of('OLD')} IS NOT {watched.of('NEW')}"),
        ("delete", (old, ""), ""),
    ):
        body = "; ".join(watched.written(*sides))
        yield f'CREATE TRIGGER "{watched.name}_{verb}" AFTER {verb.upper()} ON "{watched.table}" FOR EACH ROW{when} BEGIN {body}; END'


def install(connection: BaseDatabaseWrapper, prefix: str, tables: Iterable[Watched]) -> None:
    """Put the triggers in place, over those that are there.

    Args:
        connection: to the database.
        prefix: with which the names of all of them begin, and no other's.
        tables: what is watched.
    """
    remove(connection, prefix)
    statements = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    with connection.cursor() as cursor:
        for watched in tables:
            for statement in statements(watched):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, prefix: str) -> None:
    """Take the triggers away on SQLite, where a table cannot be rebuilt under them; PostgreSQL keeps them through migrations."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{prefix}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
