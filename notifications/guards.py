"""Asks, at the moment of sending, whether a person may still see what a notice is about; the answers come from whoever registered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

Guard = Callable[[Collection[int], Collection[str], dt.datetime], set[tuple[int, str]]]
"""Takes people, refs and the moment; returns which person may (still) be told about which ref."""

_guards: dict[str, Guard] = {}


def register(prefix: str, guard: Guard) -> None:
    """Let a guard answer for all refs of the form `prefix:…`; the last one registered counts."""
    _guards[prefix] = guard


def allowed(pairs: Iterable[tuple[int, str]], now: dt.datetime) -> set[tuple[int, str]]:
    """Return those pairs of person and ref that may be told.

    A notice about nothing (an empty ref) may always be told; one whose prefix nobody answers for never.
    """
    wanted = set(pairs)
    told = {pair for pair in wanted if not pair[1]}
    by_prefix: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for person, ref in wanted - told:
        by_prefix[ref.partition(":")[0]].add((person, ref))
    for prefix, asked in by_prefix.items():
        guard = _guards.get(prefix)
        if guard is not None:
            told |= asked & guard({person for person, _ref in asked}, {ref for _person, ref in asked}, now)
    return told
