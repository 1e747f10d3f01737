"""Keyset pagination: a page begins after the last row of the one before, whatever lies further back is never counted over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

Row = TypeVar("Row")
PAGE = 25
"""How many rows a page of a list shows."""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the neighbouring pages are; empty where there is none."""

    previous_url: str
    next_url: str


def neighbours(
    request: HttpRequest, rows: Sequence[Row], key: Callable[[Row], str], *, backwards: bool, has_more: bool, is_first: bool
) -> Pager:
    """Return the pager of a page of rows.

    Args:
        request: carries the filters that the neighbouring pages keep.
        rows: as shown.
        key: of a row, as it stands in the address.
        backwards: whether the page was asked for with `before`.
        has_more: whether there are rows beyond this page, in the direction in which it was read.
        is_first: whether neither `before` nor `after` was given.
    """
    if not rows:
        return Pager("", "")
    earlier = has_more if backwards else not is_first
    later = True if backwards else has_more
    return Pager(_url(request, "before", key(rows[0])) if earlier else "", _url(request, "after", key(rows[-1])) if later else "")


def _url(request: HttpRequest, direction: str, key: str) -> str:
    kept = [(name, value) for name, values in request.GET.lists() if name not in {"before", "after"} for value in values]
    return f"{request.path}?{urlencode([*kept, (direction, key)])}"
