"""Rows by the thousand in one statement: values, or keys to find them by, travel as one text, without a model or a parameter each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_KEPT = {"CharField": "text", "TextField": "text", "FSMField": "text"}
"""Types that a row's value is read as on PostgreSQL where the column's own would cut it short in silence."""


@models.Field.register_lookup
class Among(models.Lookup[Any]):
    """`task__pk__among=keys`: as `__in` with keys of rows, which travel as one text however many they are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        """Return the condition and its parameters."""
        column, parameters = self.process_lhs(compiler, connection)
        keys = ",".join(str(int(key)) for key in self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::bigint[])", (*parameters, f"{{{keys}}}")
        return f"{column} IN (SELECT value FROM json_each(%s))", (*parameters, f"[{keys}]")  # noqa: S608 (a name of our own)


def rows_as_source(rows: Iterable[Sequence[Any]], types: Sequence[str], vendor: str) -> tuple[str, str]:
    """Return a table expression `v (c0, c1, …)` of rows, with one parameter, and that parameter.

    Args:
        rows: values that JSON knows, days and moments in ISO form.
        types: of the columns, as PostgreSQL calls them.
        vendor: of the database.
    """
    names = [f"c{number}" for number in range(len(types))]
    if vendor == "postgresql":
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
        told: list[Any] = [dict(zip(names, row, strict=True)) for row in rows]
        return f"json_to_recordset(%s::json) AS v ({columns})", json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    fields = ", ".join(f"json_extract(value, '$[{number}]') AS {name}" for number, name in enumerate(names))
    return f"(SELECT {fields} FROM json_each(%s)) AS v", json.dumps(list(rows), ensure_ascii=False)  # noqa: S608 (names of our own)


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    shared: Mapping[str, Any],
) -> None:
    """Insert rows, in one statement however many there are; nothing is read back.

    Args:
        model: whose rows they are.
        columns: names of attributes (`task_id`, not `task`) in which the rows differ; their values are text, numbers, truth values
            and JSON, moments not among them.
        rows: their values.
        shared: what is the same in all rows, by attribute; every other column takes what the database gives it by itself.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    types = [_KEPT.get(fields[name].get_internal_type()) or str(fields[name].db_type(connection)) for name in columns]
    source, told = rows_as_source(rows, types, connection.vendor)
    insert_from(model, source, told, {name: f"c{number}" for number, name in enumerate(columns)}, shared=shared)


def insert_from(
    model: type[models.Model], source: str, told: str, made: Mapping[str, str], *, shared: Mapping[str, Any], once_by: str = ""
) -> None:
    """Insert what a table expression gives, in one statement.

    Args:
        model: whose rows they are.
        source: the table expression, with one parameter; see `rows_as_source`.
        told: that parameter.
        made: expressions over its columns, by attribute.
        shared: what is the same in all rows, by attribute; every other column takes what the database gives it by itself.
        once_by: a unique column; rows with which it would be there twice are left out.
    """
    connection = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    names = ", ".join(f'"{fields[name].column}"' for name in (*made, *shared))
    picked = ", ".join([*made.values(), *("%s" for _name in shared)])
    values = [fields[name].get_db_prep_save(value, connection) for name, value in shared.items()]
    known = f' ON CONFLICT ("{fields[once_by].column}") DO NOTHING' if once_by else ""  # naming one index spares looking into the others
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {picked} FROM {source} WHERE true{known}'  # noqa: S608 (names of our own)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, told])
