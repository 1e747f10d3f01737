"""The second wall on PostgreSQL: what a person reads in a request is read under a role that row-level security binds.

The first wall is the scoped queryset (`visible_to`). Should code forget it, the database still gives an agency's person only rows of
tasks that are theirs: reading requests run inside a transaction under the role `ROLE`, with the person's agencies, their key and the
moment as settings of that transaction, and the policies of `workflow` read these. The owner of the tables is not bound by the
policies: acts (which lock what the actor may see, and then must reach every row of a task), workers, commands and migrations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from django.db import Error, connection, transaction

from agencies.actor import Actor
from agencies.models import Agency

ROLE = "duban_reader"
"""The role under which people read; it owns nothing and cannot sign in."""

GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {ROLE};
"""


@cache
def stands(database: str) -> bool:
    """Tell whether there is a second wall: PostgreSQL, the role exists and may read, and the owner may take it."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')"
            " AND has_table_privilege(oid, %s, 'SELECT'))",
            [ROLE, Agency._meta.db_table],
        )
        return bool(cursor.fetchone()[0])


def build() -> bool:
    """Let the role read and write what the policies show it, where somebody has made it and granted it to the owner.

    Returns:
        Whether the wall stands now; processes that run already ask again when they start anew.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [ROLE])
            if cursor.fetchone()[0]:
                cursor.execute(GRANTS)
    stands.cache_clear()
    return stands(str(connection.settings_dict["NAME"]))


def missing() -> str:
    """Return what somebody who may make roles has to say first, where the owner of the tables may not; empty when nothing is missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, oid, 'MEMBER'), quote_ident(current_user) FROM pg_roles WHERE rolname = %s", [ROLE]
        )
        found = cursor.fetchone()
        if found is None:
            cursor.execute("SELECT quote_ident(current_user)")
            return f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO {cursor.fetchone()[0]};"
    is_granted, owner = found
    return "" if is_granted else f"GRANT {ROLE} TO {owner};"


@contextmanager
def behind(actor: Actor, *, now: dt.datetime) -> Iterator[None]:
    """Read as an agency's person may, whatever the query says.

    Args:
        actor: of an agency; the three administrators keep to what their office opens and are not bound.
        now: the moment at which sight granted until a date is judged.
    """
    if actor.is_system or actor.office or not stands(str(connection.settings_dict["NAME"])):
        yield
        return
    agencies, person = ",".join(map(str, sorted(actor.agency_ids))), str(actor.user_id)
    with _transaction():
        _say(role=ROLE, agencies=agencies, person=person, now=now.isoformat())
        try:
            yield
        finally:
            with suppress(Error):  # a transaction that failed, or a connection that is gone, takes its settings along
                _say(role="none", agencies="", person="", now="")


@contextmanager
def lifted() -> Iterator[None]:
    """Act inside a request that reads, as a rehearsal does that is taken back: outside of the wall, which stands again afterwards."""
    if not (connection.in_atomic_block and stands(str(connection.settings_dict["NAME"]))):
        yield
        return
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.execute(
            "SELECT current_setting('role'), current_setting('duban.agencies', true),"
            " current_setting('duban.person', true), current_setting('duban.now', true)"
        )
        role, *settings = cursor.cursor.fetchone()
    agencies, person, now = (value or "" for value in settings)
    _say(role="none", agencies="", person="", now="")
    try:
        yield
    finally:
        with suppress(Error):
            _say(role=role, agencies=agencies, person=person, now=now)


@contextmanager
def _transaction() -> Iterator[None]:
    """Open a transaction unless there is one: settings hold until it ends, and are taken back before."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield


def _say(*, role: str, agencies: str, person: str, now: str) -> None:
    """Set the role and the settings of the transaction, in one statement that is not among the queries of the page."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.execute(
            "SELECT set_config('role', %s, true), set_config('duban.agencies', %s, true),"
            " set_config('duban.person', %s, true), set_config('duban.now', %s, true)",
            [role, agencies, person, now],
        )
