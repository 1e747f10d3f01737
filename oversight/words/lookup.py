"""Asking the index of words: conditions for querysets, and the best of what is found."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from oversight.words.kinds import Kind

TITLE, START = "=", "^"
"""Marks of the terms of a title, and of its first."""


def containing(kind: Kind, words: Sequence[str]) -> RawSQL:
    """Return the subquery of the keys of those that contain every word, for `…__in`; every word has two characters or more."""
    return RawSQL(f"SELECT {_key()} FROM {kind.index} WHERE {_condition(kind)}", [_asked(words)])


def anywhere(kind: Kind, words: Sequence[str]) -> bool:
    """Tell whether anything contains every word, whoever may see it: what nothing contains need not be looked for by its sight."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {kind.index} WHERE {_condition(kind)})", [_asked(words)])
        return bool(cursor.fetchone()[0])


def best(
    kind: Kind, words: Sequence[str], *, places: QuerySet[Any, Any], without: QuerySet[Any, Any] | None = None, most: int
) -> list[int]:
    """Return the keys of the best that contain every word: those whose title begins with the first, then those with all in the title.

    Those of one rank come the latest first. One statement, over the index and `places` alone.

    Args:
        kind: what is looked for.
        words: of two characters or more each.
        places: a query of one column: the tasks or plans to which what is found may belong.
        without: one of those to which it may not.
        most: how many at most.
    """
    ranked, values = _ranked(kind, words)
    try:
        inside, of_inside = places.query.sql_with_params()
    except EmptyResultSet:  # whoever belongs to no agency sees nothing
        return []
    condition = f"w.place_id IN ({inside})"
    values += of_inside
    if without is not None:
        with suppress(EmptyResultSet):
            outside, of_outside = without.query.sql_with_params()
            condition += f" AND w.place_id NOT IN ({outside})"
            values += of_outside
    # The best stand first before it is asked where they belong, so that no more are asked than are shown.
    sql = f"SELECT w.object_id FROM ({ranked}) w WHERE {condition} ORDER BY w.rank, w.object_id DESC LIMIT {int(most)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]


def _ranked(kind: Kind, words: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the query of those that contain every word, with their rank, the best first, and its parameters."""
    start, title, anywhere = _asked(words[:1], START), _asked(words, TITLE), _asked(words)
    order = "ORDER BY rank, object_id DESC"
    if connection.vendor == "postgresql":
        rank = "CASE WHEN terms @@ %s::tsquery THEN 0 WHEN terms @@ %s::tsquery THEN 1 ELSE 2 END"
        # A view for the planner: the order of the inside is kept, and its rows are not joined before they are in order.
        inner = f"SELECT object_id, place_id, {rank} AS rank FROM {kind.index} WHERE {_condition(kind)} {order} OFFSET 0"
        return inner, [start, title, anywhere]
    each = " UNION ALL ".join(
        f"SELECT rowid AS object_id, place_id, {rank} AS rank FROM {kind.index} WHERE {_condition(kind)}" for rank in range(3)
    )
    grouped = f"SELECT object_id, place_id, MIN(rank) AS rank FROM ({each}) GROUP BY object_id, place_id {order}"
    return grouped, [f"({start}) AND ({anywhere})", title, anywhere]


def _key() -> str:
    return "object_id" if connection.vendor == "postgresql" else "rowid"


def _condition(kind: Kind) -> str:
    return "terms @@ %s::tsquery" if connection.vendor == "postgresql" else f"{kind.index} MATCH %s"


def _asked(words: Sequence[str], mark: str = "") -> str:
    """Return the question to the index: every word as its pairs of characters, one after the other."""
    return _on_postgresql(words, mark) if connection.vendor == "postgresql" else _on_sqlite(words, mark)


def _pairs(word: str) -> list[str]:
    """Return the pairs of a word, its Latin letters small: what the databases make of a text."""
    small = "".join(character.lower() if character.isascii() else character for character in word)
    return [small[place : place + 2] for place in range(len(small) - 1)]


def _on_postgresql(words: Sequence[str], mark: str) -> str:
    phrases = []
    for word in words:
        marks = [mark, *([TITLE] * len(word))] if mark else [""] * len(word)
        terms = (f"{one}{pair}".replace("\\", "\\\\").replace("'", "''") for one, pair in zip(marks, _pairs(word), strict=False))
        phrases.append(" <-> ".join(f"'{term}'" for term in terms))
    return " & ".join(f"({phrase})" for phrase in phrases)


def _on_sqlite(words: Sequence[str], mark: str) -> str:
    column = "title : " if mark else ""
    start = "^ " if mark == START else ""
    return " AND ".join(f'{column}{start}"{" ".join(pair.encode().hex().upper() for pair in _pairs(word))}"' for word in words)
