"""The index tables and the triggers that keep them, in the transaction and the statement that changes a text.

On PostgreSQL a row's terms are one `tsvector` under a GIN index, and a statement's rows are indexed together; on SQLite they are a row
of an FTS5 table, written row by row. A row whose words have not changed is not written.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

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


def _statements(kind: Kind, source: Source, old: str, new: str, vendor: str) -> list[str]:
    """Return what a change of a source writes.

    Args:
        kind: whose words they are.
        source: the table that changed.
        old: its old rows, empty when there are none.
        new: its new rows, empty when there are none.
        vendor: of the database.
    """
    key = "object_id" if vendor == "postgresql" else "rowid"
    leaving = [f"DELETE FROM {kind.index} WHERE {key} IN ({source.touched.format(old)})"] if old else []
    return leaving + ([_entering(kind, source.touched.format(new), vendor)] if new else [])


def _on_postgresql() -> Iterator[str]:
    for kind in KINDS:
        for table, source in kind.sources.items():
            before, after = (f"({', '.join(f'{side}.{name}' for name in source.columns)})" for side in ("b", "a"))
            both = f"old_rows b JOIN new_rows a ON a.id = b.id WHERE {before} IS DISTINCT FROM {after}"
            changed = f"IF NOT EXISTS (SELECT 1 FROM {both}) THEN RETURN NULL; END IF; "
            sources = {
                "insert": ("", "new_rows", "NEW TABLE AS new_rows", ""),
                "update": (
                    f"(SELECT b.* FROM {both})",
                    f"(SELECT a.* FROM {both})",
                    "OLD TABLE AS old_rows NEW TABLE AS new_rows",
                    changed,
                ),
                "delete": ("old_rows", "", "OLD TABLE AS old_rows", ""),
            }
            for verb, (old, new, tables, guard) in sources.items():
                name, body = f"{PREFIX}_{kind.name}_{table}_{verb}", "; ".join(_statements(kind, source, old, new, "postgresql"))
                yield (
                    f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {guard}{body}; RETURN NULL; END $$'
                )
                yield (
                    f'CREATE OR REPLACE TRIGGER "{name}" AFTER {verb.upper()} ON "{table}" REFERENCING {tables}'
                    f' FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
                )


def _on_sqlite() -> Iterator[str]:
    for kind in KINDS:
        for table, source in kind.sources.items():
            before, after = (f"({', '.join(f'{side}.{name}' for name in source.columns)})" for side in ("OLD", "NEW"))
            old, new = "(SELECT OLD.id AS id)", "(SELECT NEW.id AS id)"
            for verb, sides, when in (
                ("insert", ("", new), ""),
                ("update", (old, new), f" WHEN {before} IS NOT {after}"),
                ("delete", (old, ""), ""),
            ):
                body = "; ".join(_statements(kind, source, *sides, "sqlite"))
                name = f"{PREFIX}_{kind.name}_{table}_{verb}"
                yield f'CREATE TRIGGER "{name}" AFTER {verb.upper()} ON "{table}" FOR EACH ROW{when} BEGIN {body}; END'


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place, over those that are there."""
    if connection.vendor == "sqlite":
        remove(connection)
    with connection.cursor() as cursor:
        for statement in _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away on SQLite, where a table cannot be rebuilt under them; PostgreSQL keeps them through migrations."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


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
