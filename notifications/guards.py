"""Asks, at the moment of sending, whether a person may still see what a notice is about, and whether it is still so.

The answers come from whoever registered: this app knows neither tasks nor ladders.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

Guard = Callable[[Collection[int], Collection[str], dt.datetime], set[tuple[int, str]]]
"""Takes people, refs and the moment; returns which person may (still) be told about which ref."""

Relevance = Callable[[Collection[str], dt.datetime], set[str]]
"""Takes keys of messages and the moment; returns those that still say what is so."""

Keepers = Callable[[str, dt.datetime], Collection[int]]
"""Takes a ref and the moment; returns the people who keep the matter and are told when nobody could be told of it."""

Reasons = Callable[[Collection[int], Collection[str], dt.datetime], dict[tuple[int, str], str]]
"""Takes people, refs and the moment; returns why somebody who may still see the matter is not told, in words for that person."""

_relevance: dict[str, Relevance] = {}
_keepers: dict[str, Keepers] = {}
_guards: dict[str, Guard] = {}
_reasons: dict[str, Reasons] = {}


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


def register_reasons(prefix: str, reasons: Reasons) -> None:
    """Let somebody say why notices about refs of the form `prefix:…` are not told any more to people who may see the matter."""
    _reasons[prefix] = reasons


def why_not(pairs: Iterable[tuple[int, str]], now: dt.datetime) -> dict[tuple[int, str], str]:
    """Return why pairs of person and ref are not told, where somebody says it: these may see the matter and its name all the same.

    Where nothing is said, the matter is not for them to see, and nothing is to be shown of it.
    """
    by_prefix: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for person, ref in pairs:
        by_prefix[ref.partition(":")[0]].add((person, ref))
    said: dict[tuple[int, str], str] = {}
    for prefix in by_prefix.keys() & _reasons.keys():
        asked = by_prefix[prefix]
        found = _reasons[prefix]({person for person, _ref in asked}, {ref for _person, ref in asked}, now)
        said |= {pair: why for pair, why in found.items() if pair in asked}
    return said


def register_relevance(prefix: str, still_true: Relevance) -> None:
    """Let somebody say whether messages with keys `prefix:…` still say what is so, which a reminder of a moved date does not."""
    _relevance[prefix] = still_true


def still_true(keys: Iterable[str], now: dt.datetime) -> set[str]:
    """Return the keys of those messages that still say what is so; those nobody answers for always do."""
    by_prefix: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        by_prefix[key.partition(":")[0]].add(key)
    return {
        key for prefix, asked in by_prefix.items() for key in (asked & _relevance[prefix](asked, now) if prefix in _relevance else asked)
    }


def register_keepers(prefix: str, keepers: Keepers) -> None:
    """Let somebody say who keeps the matters of refs of the form `prefix:…`."""
    _keepers[prefix] = keepers


def keepers(ref: str, now: dt.datetime) -> set[int]:
    """Return who is told that a notice about a matter could not be delivered; nobody where nobody says."""
    said = _keepers.get(ref.partition(":")[0])
    return set(said(ref, now)) if said is not None else set()
