"""Pages that begin where the last one ended: their cost does not grow with how far one has read."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Key:
    """One column that a list is sorted by.

    Attributes:
        name: a field or annotation that `values()` gives.
        kind: of its values, for reading them back from an address.
        descending: highest first.
        nullable: rows without a value come last.
    """

    name: str
    kind: type = int
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the neighbouring pages are; an empty address where there is none."""

    previous_url: str
    next_url: str


def page_of(
    rows: QuerySet[Any, dict[str, Any]], keys: Sequence[Key], address: QueryDict, *, size: int
) -> tuple[list[dict[str, Any]], Pager]:
    """Return one page of rows and the way to its neighbours, in one query.

    Args:
        rows: a `values()` queryset that gives every key; not sorted.
        keys: what to sort by; the last is unique.
        address: the query string, whose `after` or `before` says where the page begins; what cannot be read means the first page.
        size: rows a page.
    """
    backwards = "before" in address
    start = _read(address.get("before") or address.get("after") or "", keys)
    if start is None:
        backwards = False
    else:
        rows = rows.filter(_beyond(keys, start, backwards=backwards))
    found = list(rows.order_by(*(_order(key, backwards=backwards) for key in keys))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (start is not None, more)
    if not found:
        return [], Pager(_url(address), "") if start is not None else Pager("", "")
    previous_url = _url(address, before=_write(found[0], keys)) if has_previous else ""
    return found, Pager(previous_url, _url(address, after=_write(found[-1], keys)) if has_next else "")


def _order(key: Key, *, backwards: bool) -> OrderBy:
    column = F(key.name)
    descending = key.descending != backwards
    if not key.nullable:
        return column.desc() if descending else column.asc()
    last = not backwards
    return column.desc(nulls_last=last or None, nulls_first=not last or None) if descending else column.asc(
        nulls_last=last or None, nulls_first=not last or None
    )  # fmt: skip


def _beyond(keys: Sequence[Key], start: Mapping[str, Any], *, backwards: bool) -> Q:
    """Return the condition that a row comes after the start, or before it when reading backwards."""
    condition = Q(pk__in=[])
    equal = Q()
    for key in keys:
        value = start[key.name]
        condition |= equal & _strictly(key, value, backwards=backwards)
        equal &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return condition


def _strictly(key: Key, value: object, *, backwards: bool) -> Q:
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if backwards else Q(pk__in=[])
    side = "lt" if key.descending != backwards else "gt"
    condition = Q(**{f"{key.name}__{side}": value})
    if key.nullable and not backwards:
        condition |= Q(**{f"{key.name}__isnull": True})
    return condition


def _write(row: Mapping[str, Any], keys: Sequence[Key]) -> str:
    values = [value.isoformat() if isinstance(value := row[key.name], dt.date) else value for key in keys]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(written: str, keys: Sequence[Key]) -> dict[str, Any] | None:
    """Return the values of a start; None for what nobody here has written."""
    try:
        values = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(values, list) or len(values) != len(keys):
        return None
    start: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        if value is None and key.nullable:
            start[key.name] = None
        elif key.kind is dt.date and isinstance(value, str):
            try:
                start[key.name] = dt.date.fromisoformat(value)
            except ValueError:
                return None
        elif isinstance(value, key.kind) and not isinstance(value, bool) and (not isinstance(value, int) or abs(value) < 2**63):
            start[key.name] = value
        else:
            return None
    return start


def _url(address: QueryDict, **start: str) -> str:
    copy = address.copy()
    for name in ("after", "before"):
        copy.pop(name, None)
    for name, value in start.items():
        copy[name] = value
    return f"?{copy.urlencode()}"
