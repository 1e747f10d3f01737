"""Rows as pages send them back: the key of each, with the version that was shown."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 18
"""Digits of a number that every database takes."""


def shown_in(values: Iterable[str]) -> dict[int, int | None]:
    """Return the versions by key out of values like `12:3`, or `12` where nothing was shown; what is neither is left out."""
    found: dict[int, int | None] = {}
    for value in values:
        key, _colon, version = value.partition(":")
        if (pk := number(key)) is not None:
            found[pk] = number(version)
    return found


def number(text: str) -> int | None:
    """Return a number as pages send it, None for what is none or too long for a database."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
