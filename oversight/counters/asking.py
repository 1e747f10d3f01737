"""Questions to the counters, as SQL: sums by some of their keys, under conditions.

They are written here and not by Django, whose compiler takes two milliseconds of processor time over each: a board asks fifteen.
Conditions are Django's `Q` all the same, over columns of the one table, so that a board and a list can share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

Written = tuple[str, list[Any]]
"""A piece of SQL with its parameters."""

COMPARED = {"exact": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(frozen=True, slots=True)
class Cases:
    """A number made from the keys: that of the first condition that holds, else the last number."""

    first: Sequence[tuple[Q, int]]
    otherwise: int


def sums(
    source: str,
    wheres: Sequence[Q],
    by: Sequence[str],
    made: Mapping[str, Cases],
    named: Mapping[str, Q],
    *,
    other_than_nought: bool = False,
) -> list[dict[str, Any]]:
    """Return sums of counters, in one statement.

    Args:
        source: the table, or whatever gives rows like its own, as it stands behind FROM.
        wheres: conditions that all hold.
        by: keys to tell apart.
        made: numbers to tell apart, by name.
        named: the sums by name: each over what meets its condition.
        other_than_nought: leave out groups whose first sum is 0.
    """
    columns, values = list(by), []
    for name, cases in made.items():
        sql, of_cases = _cases(cases)
        columns.append(f"{sql} AS {name}")
        values += of_cases
    for name, condition in named.items():
        sql, of_condition = written(condition)
        columns.append(f'CAST(COALESCE(SUM(CASE WHEN {sql} THEN n END), 0) AS bigint) AS "{name}"')
        values += of_condition
    where, of_where = written(Q(*wheres))
    groups = ", ".join(map(str, range(1, len(by) + len(made) + 1)))
    sql = f"SELECT {', '.join(columns)} FROM {source} WHERE {where} GROUP BY {groups}"
    if other_than_nought:
        sql += " HAVING SUM(n) <> 0"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *of_where])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _cases(cases: Cases) -> Written:
    pieces, values = [], []
    for condition, number in cases.first:
        sql, of_condition = written(condition)
        pieces.append(f"WHEN {sql} THEN {int(number)}")
        values += of_condition
    return f"CASE {' '.join(pieces)} ELSE {int(cases.otherwise)} END", values


def written(condition: Q) -> Written:
    """Return a condition on the columns of one table; what is not known to hold does not, and so its negation does.

    Raises:
        ValueError: a comparison that no question to the counters makes.
        TypeError: something that is no comparison of a column at all, such as a subquery.
    """
    pieces, values = [], []
    for child in condition.children:
        if isinstance(child, Q):
            sql, of_child = written(child)
        elif isinstance(child, tuple):
            sql, of_child = _compared(*child)
        else:
            raise TypeError(f"{child} is no condition on a column.")
        pieces.append(sql)
        values += of_child
    if condition.connector not in {Q.AND, Q.OR}:
        raise ValueError(f"{condition.connector} is not asked of counters.")
    joined = f"({f' {condition.connector} '.join(pieces)})" if pieces else "(1 = 1)"
    return (f"({joined} IS NOT TRUE)" if condition.negated else joined), values


def _compared(path: str, value: Any) -> Written:
    column, _, lookup = path.partition("__")
    match lookup or "exact":
        case "in":
            values = _values(value)
            return (f"{column} IN ({', '.join(['%s'] * len(values))})" if values else "1 = 0"), values
        case "range":
            return f"{column} BETWEEN %s AND %s", _values(value)
        case "isnull":
            return f"{column} IS {'' if value else 'NOT '}NULL", []
        case "contains":
            return f"{column} LIKE %s", [f"%{value}%"]
        case known if known in COMPARED:
            return f"{column} {COMPARED[known]} %s", _values([value])
    raise ValueError(f"{path} is not asked of counters.")


def _values(values: Iterable[Any]) -> list[Any]:
    """Return values as the database takes them: days have no type of their own on SQLite."""
    return [connection.ops.adapt_unknown_value(value) for value in values]
