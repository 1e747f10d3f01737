"""Operations for migrations of every app: tables that are only ever appended to."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AppendOnly(Operation):
    """Let the database itself refuse to change or delete rows of a table: triggers on PostgreSQL and on SQLite.

    PostgreSQL also refuses TRUNCATE. The owner of a table can still drop the trigger: a service that needs more runs under a role
    that does not own the tables, and the chain shows what was changed all the same.

    Args:
        table: name of the table, for instance `agencies_directoryevent`.
    """

    reduces_to_sql = True
    reversible = True
    elidable = False

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the triggers."""
        for statement in self._statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the triggers."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_append_only" ON "{self.table}"', params=None)
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_no_truncate" ON "{self.table}"', params=None)
            schema_editor.execute(f'DROP FUNCTION IF EXISTS "{self.table}_refuse"()', params=None)
        else:
            for verb in ("update", "delete"):
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_no_{verb}"', params=None)

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Let the database refuse to change or delete rows of {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        """Return a fragment for the name of a migration."""
        return f"{self.table}_append_only"

    def _statements(self, vendor: str) -> list[str]:
        message = f"{self.table} is only ever appended to"
        if vendor == "postgresql":
            function = f'"{self.table}_refuse"()'
            body = f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END"
            row = f'BEFORE UPDATE OR DELETE ON "{self.table}" FOR EACH ROW EXECUTE FUNCTION {function}'
            table = f'BEFORE TRUNCATE ON "{self.table}" FOR EACH STATEMENT EXECUTE FUNCTION {function}'
            return [
                f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
                f'CREATE TRIGGER "{self.table}_append_only" {row}',
                f'CREATE TRIGGER "{self.table}_no_truncate" {table}',
            ]
        refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        return [
            f'CREATE TRIGGER "{self.table}_no_{verb}" BEFORE {verb.upper()} ON "{self.table}" {refuse}' for verb in ("update", "delete")
        ]
