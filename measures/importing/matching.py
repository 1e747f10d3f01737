"""From a name in a document to an agency or group of the directory, with a score and a reason, never in silence.

In this order: the name itself or one of its aliases; the name with the province or city of the issuer filled in; what has become of
an agency that no longer existed at the date of the document; an abbreviation whose letters stand in order inside exactly one name.
Similarity only suggests candidates to a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rapidfuzz import fuzz, process

from measures.importing.clauses import ClauseContext
from measures.importing.clauses.folding import fold

MatchKind = Literal["agency", "group", "unknown", "ambiguous"]
_ALIKE = 60.0  # per cent; below it a name is no candidate
_CANDIDATES = 5


@dataclass(frozen=True)
class Alias:
    """Another name of an entry, and when it was in use (None: no bound; the last day counts)."""

    text: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Entry:
    """An agency or group of the directory.

    Args:
        identifier: its key in the directory.
        since: first day on which it exists, None if always.
        until: last day on which it exists, None if still.
        successors: keys of what took its place.
        province: the province whose directory it belongs to, "" for all.
    """

    identifier: int
    name: str
    kind: Literal["agency", "group"] = "agency"
    aliases: tuple[Alias, ...] = ()
    since: date | None = None
    until: date | None = None
    successors: tuple[int, ...] = ()
    province: str = ""


@dataclass(frozen=True)
class Candidate:
    """An entry that may be meant, with its score from 0 to 1."""

    identifier: int
    name: str
    score: float


@dataclass(frozen=True)
class Match:
    """What a name means: an entry when `kind` is agency or group, else none; why, in the words of the reviewer; and who else may be."""

    kind: MatchKind
    identifier: int | None
    score: float
    reason: str
    candidates: tuple[Candidate, ...] = ()


@dataclass
class DirectoryIndex:
    """The names of a directory, made once for many matches."""

    entries: dict[int, Entry] = field(default_factory=dict)
    by_name: dict[str, list[tuple[Entry, Alias]]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> DirectoryIndex:
        """An index of entries."""
        index = cls()
        for entry in entries:
            index.entries[entry.identifier] = entry
            for alias in (Alias(entry.name), *entry.aliases):
                index.by_name.setdefault(alias.text, []).append((entry, alias))
        return index


def match(name: str, index: DirectoryIndex, on: date, context: ClauseContext) -> Match:
    """Find what a name means in a directory at the date of the document.

    Args:
        name: a full name as a clause gives it, such as 省财政厅.
        index: the directory.
        on: date of the document.
        context: province and city of the issuer, and the names that the document defines.
    """
    for form, how in _forms(name, context):
        held = [
            (entry, alias) for entry, alias in index.by_name.get(form, []) if entry.province in ("", context.province or entry.province)
        ]
        if held:
            return _by_date(form, how, held, index, on)
    return _abbreviated(name, index, on) or _suggested(name, index, on)


def _forms(name: str, context: ClauseContext) -> list[tuple[str, str]]:
    """The spellings under which a name may be in the directory, each with how it came about."""
    name = fold(name)
    forms = [(name, "")]
    if name in context.aliases:
        forms.append((context.aliases[name], f"文件规定“{name}”是“{context.aliases[name]}”的简称"))
    bare, _, note = name.partition("（")
    if note and bare:
        forms += [(bare, "不计括号内的名称"), (note.removesuffix("）"), "按括号内的名称")]
    for mark, place in (("省", context.province), ("自治区", context.province), ("市", context.city)):
        for form, how in tuple(forms):
            if place and form.startswith(mark) and not form.startswith(place):
                unit = "" if place.endswith(mark) else mark
                forms.append((place + unit + form[len(mark) :], how or f"按发文地区补全为“{place}”"))
    return forms


def _by_date(form: str, how: str, held: list[tuple[Entry, Alias]], index: DirectoryIndex, on: date) -> Match:
    current = {
        entry.identifier: entry for entry, alias in held if _valid(entry.since, entry.until, on) and _valid(alias.since, alias.until, on)
    }
    if len(current) == 1:
        entry = next(iter(current.values()))
        reason = how or ("名称一致" if form == entry.name else f"“{form}”是“{entry.name}”的简称")
        return Match(entry.kind, entry.identifier, 1.0, reason)
    if current:
        return Match("ambiguous", None, 0.5, f"“{form}”对应多个单位", tuple(_candidate(entry, 1.0) for entry in current.values()))
    later = {identifier: index.entries[identifier] for entry, _ in held for identifier in _heirs(entry, index, on)}
    names = "、".join(dict.fromkeys(entry.name for entry, _ in held))
    if len(later) == 1:
        entry = next(iter(later.values()))
        return Match(entry.kind, entry.identifier, 0.9, f"“{names}”在成文日期已不存在，由“{entry.name}”承接")
    possible = tuple(_candidate(entry, 0.8) for entry in (*later.values(), *(entry for entry, _ in held if not later)))
    return Match("ambiguous", None, 0.4, f"“{names}”在成文日期不存在", possible)


def _heirs(entry: Entry, index: DirectoryIndex, on: date) -> list[int]:
    """Who stands in the place of an entry at a date; a circle of successions ends where it began."""
    found: list[int] = []
    waiting, seen = list(entry.successors), {entry.identifier}
    while waiting:
        identifier = waiting.pop(0)
        heir = index.entries.get(identifier)
        if heir is None or identifier in seen:
            continue
        seen.add(identifier)
        if _valid(heir.since, heir.until, on):
            found.append(identifier)
        else:
            waiting += heir.successors
    return found


def _abbreviated(name: str, index: DirectoryIndex, on: date) -> Match | None:
    """A name whose letters stand in order inside exactly one longer name that begins and ends alike."""
    fitting = {
        entry.identifier: entry
        for entry in index.entries.values()
        if _valid(entry.since, entry.until, on) and _abbreviates(name, entry.name)
    }
    if len(fitting) == 1:
        entry = next(iter(fitting.values()))
        return Match(entry.kind, entry.identifier, 0.9, f"“{name}”只可能是“{entry.name}”的简称")
    if fitting:
        return Match("ambiguous", None, 0.5, f"“{name}”可能是多个单位的简称", tuple(_candidate(entry, 0.9) for entry in fitting.values()))
    return None


_SHORTEST_ABBREVIATION = 3


def _abbreviates(short: str, full: str) -> bool:
    if not _SHORTEST_ABBREVIATION <= len(short) < len(full):
        return False
    letters = iter(full[full.find(short[0]) :] if short[0] in full else "")
    return all(letter in letters for letter in short)


def _suggested(name: str, index: DirectoryIndex, on: date) -> Match:
    current = {entry.identifier: entry.name for entry in index.entries.values() if _valid(entry.since, entry.until, on)}
    alike = process.extract(name, current, scorer=fuzz.ratio, limit=_CANDIDATES, score_cutoff=_ALIKE)
    candidates = tuple(Candidate(identifier, text, round(score / 100, 2)) for text, score, identifier in alike)
    reason = "单位名录中没有这个名称，列出相近的供选择" if candidates else "单位名录中没有这个名称"
    return Match("unknown", None, candidates[0].score if candidates else 0.0, reason, candidates)


def _valid(since: date | None, until: date | None, on: date) -> bool:
    return (since is None or since <= on) and (until is None or on <= until)


def _candidate(entry: Entry, score: float) -> Candidate:
    return Candidate(entry.identifier, entry.name, score)
