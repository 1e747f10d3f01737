"""The index tables and the triggers that keep them, in the transaction and the statement that changes a text.

On PostgreSQL a row's terms are one `tsvector` under a GIN index, and a statement's rows are indexed together; on SQLite they are a row
of an FTS5 table, written row by row. A row whose words have not changed is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from oversight import statement_triggers
from oversight.statement_triggers import Watched
from oversight.words.kinds import KINDS, LONGEST, Kind, Source

PREFIX = "duban_words"

TERMS = f"""
CREATE OR REPLACE FUNCTION duban_terms(title text, body text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    small text := lower(left(title || chr(10) || body, {LONGEST}) COLLATE "C");
BEGIN
    RETURN (
        SELECT COALESCE(string_agg(
            chr(39) || replace(replace(mark || pair, chr(92), chr(92) || chr(92)), chr(39), chr(39) || chr(39)) || chr(39) || ':' || n, ' '
        ), '')::tsvector
        FROM (
            SELECT '' AS mark, substr(small, n, 2) AS pair, n FROM generate_series(1, length(small) - 1) n
            UNION ALL
            SELECT '=', substr(small, n, 2), n FROM generate_series(1, length(title) - 1) n
            UNION ALL
            SELECT '^', substr(small, 1, 2), 1 WHERE length(title) > 1
        ) terms
    );
END $$
"""
"""The terms of a row on PostgreSQL, each with its place: the pairs; those of the title once more with "=", its first one with "^" too."""


def make_tables(connection: BaseDatabaseWrapper) -> None:
    """Make the index tables, empty."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TERMS)
            for kind in KINDS:
                table = "(object_id bigint PRIMARY KEY, place_id bigint NOT NULL, terms tsvector NOT NULL)"
                cursor.execute(f"CREATE TABLE {kind.index} {table}")
                cursor.execute(f"CREATE INDEX {kind.index}_terms ON {kind.index} USING gin (terms) WITH (gin_pending_list_limit = 512)")
            return
        cursor.execute("CREATE TABLE oversight_words_place (n INTEGER PRIMARY KEY)")
        cursor.execute(
            f"INSERT INTO oversight_words_place WITH RECURSIVE p (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM p WHERE n < {LONGEST})"
            " SELECT n FROM p"
        )
        for kind in KINDS:
            cursor.execute(f"CREATE VIRTUAL TABLE {kind.index} USING fts5 (title, body, place_id UNINDEXED, tokenize = 'ascii')")


def drop_tables(connection: BaseDatabaseWrapper) -> None:
    """Take the index tables away, with what writes them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for kind in KINDS:
                for source in kind.sources:
                    for verb in ("insert", "update", "delete"):
                        cursor.execute(f'DROP FUNCTION IF EXISTS "{PREFIX}_{kind.name}_{source}_{verb}" CASCADE')
        for kind in KINDS:
            cursor.execute(f"DROP TABLE {kind.index}")
        cursor.execute("DROP FUNCTION duban_terms" if connection.vendor == "postgresql" else "DROP TABLE oversight_words_place")


def _entering(kind: Kind, keys: str, vendor: str) -> str:
    """Return the statement that writes the words of rows; `keys` is a SELECT of their keys, empty for all."""
    rows = f"{kind.select} AND {kind.key} IN ({keys})" if keys else kind.select
    if vendor == "postgresql":
        said = "ON CONFLICT (object_id) DO UPDATE SET place_id = excluded.place_id, terms = excluded.terms"
        return (
            f"INSERT INTO {kind.index} (object_id, place_id, terms)"
            f" SELECT k.object_id, k.place_id, duban_terms(k.title, k.body) FROM ({rows}) k {said}"
        )
    title, body = (
        f"(SELECT group_concat(hex(lower(substr(k.{column}, p.n, 2))), ' ') FROM oversight_words_place p WHERE p.n < length(k.{column}))"
        for column in ("title", "body")
    )
    return f"INSERT INTO {kind.index} (rowid, title, body, place_id) SELECT k.object_id, {title}, {body}, k.place_id FROM ({rows}) k"


def _statements(kind: Kind, source: Source, vendor: str, old: str, new: str) -> list[str]:
    """Return what a change of a source writes.

    Args:
        kind: whose words they are.
        source: the table that changed.
        vendor: of the database.
        old: its old rows, empty when there are none.
        new: its new rows, empty when there are none.
    """
    key = "object_id" if vendor == "postgresql" else "rowid"
    leaving = [f"DELETE FROM {kind.index} WHERE {key} IN ({source.touched.format(old)})"] if old else []
    return leaving + ([_entering(kind, source.touched.format(new), vendor)] if new else [])


def _watched(vendor: str) -> Iterator[Watched]:
    for kind in KINDS:
        for table, source in kind.sources.items():
            yield Watched(f"{PREFIX}_{kind.name}_{table}", table, source.columns, partial(_statements, kind, source, vendor))


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place, over those that are there."""
    statement_triggers.install(connection, PREFIX, _watched(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away on SQLite, before a migration."""
    statement_triggers.remove(connection, PREFIX)


def rebuild(connection: BaseDatabaseWrapper, *, using: str) -> None:
    """Write the whole index anew."""
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        for kind in KINDS:
            cursor.execute(f"DELETE FROM {kind.index}")
            cursor.execute(_entering(kind, "", connection.vendor))


def after_migration(connection: BaseDatabaseWrapper, *, using: str, migrated: bool) -> None:
    """Put the triggers in place; index anew what a migration may have written, and forget what a flush has emptied.

    Args:
        connection: to the database.
        using: its alias.
        migrated: whether migrations were applied.
    """
    names = set(connection.introspection.table_names())
    if not {kind.index for kind in KINDS} | {table for kind in KINDS for table in kind.sources} <= names:
        return
    install(connection)
    if migrated:
        rebuild(connection, using=using)
        return
    with connection.cursor() as cursor:
        for kind in KINDS:
            cursor.execute(f"DELETE FROM {kind.index} WHERE NOT EXISTS (SELECT 1 FROM {kind.table})")
