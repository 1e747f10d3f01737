"""Whom the names of a document mean: the directory of the document's day, asked for what is exact, then for what can be deduced.

Deduction and suggestion are those of `measures.importing.matching`; here the directory is put into its form, and the names that the
document defines and the answers of the reviewer come in. Nothing is guessed in silence: what was deduced is a doubt, too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agencies.names import Meaning, NameIndex
from measures.importing import matching
from measures.importing.clauses import ClauseContext


class How(StrEnum):
    """How a name was found in the directory."""

    NAME = "name"
    ALIAS = "alias"
    DEFINED = "defined"
    DEDUCED = "deduced"
    SETTLED = "settled"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


CONFIDENCE = {
    How.NAME: 1.0,
    How.SETTLED: 1.0,
    How.ALIAS: 0.98,
    How.DEFINED: 0.95,
    How.DEDUCED: 0.7,
    How.AMBIGUOUS: 0.3,
    How.UNKNOWN: 0.0,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a name might mean; `score` of 100."""

    agency_id: int | None
    group_id: int | None
    label: str
    score: int

    @property
    def key(self) -> str:
        """Return the candidate as forms send it."""
        return f"agency:{self.agency_id}" if self.agency_id is not None else f"group:{self.group_id}"


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a name means: an agency, a group, or nobody that the directory knows, then with candidates; `why` in the reader's words."""

    agency_id: int | None
    group_id: int | None
    how: How
    label: str = ""
    candidates: tuple[Candidate, ...] = ()
    why: str = ""

    @property
    def is_resolved(self) -> bool:
        """Tell whether the directory knows whom the name means."""
        return self.agency_id is not None or self.group_id is not None

    @property
    def confidence(self) -> float:
        """Return how sure the match is, from 0 to 1."""
        return CONFIDENCE[self.how]


@dataclass(slots=True)
class Matcher:
    """Looks names up. Made for one document.

    Attributes:
        index: the directory as it stood on the day of the document.
        context: the issuer's province and city, and the names that the document defines itself (以下简称).
        settled: what the reviewer has said, by name.
    """

    index: NameIndex
    context: ClauseContext = field(default_factory=ClauseContext)
    settled: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _known: dict[str, Match] = field(default_factory=dict)
    _directory: matching.DirectoryIndex | None = None

    def match(self, name: str) -> Match:
        """Return whom a name means."""
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def told(self, agency_id: int | None, group_id: int | None) -> Match:
        """Return the match for what a person has said."""
        return Match(agency_id, group_id, How.SETTLED, self.label(agency_id, group_id))

    def label(self, agency_id: int | None, group_id: int | None) -> str:
        """Name an agency or a group as it is shown."""
        if agency_id is not None and agency_id in self.index.agencies:
            return self.index.agencies[agency_id].name
        if group_id is not None and group_id in self.index.groups:
            group = self.index.groups[group_id]
            return f"{group.name}（{len(group.members)}）"
        return ""

    def size(self, match: Match) -> int:
        """Count the agencies that a match stands for on the day of the index."""
        if match.group_id is not None and match.group_id in self.index.groups:
            return len(self.index.groups[match.group_id].members)
        return 1 if match.agency_id is not None else 0

    def _look_up(self, name: str) -> Match:
        if name in self.settled:
            return self.told(*self.settled[name])
        exact = self._exact(name)
        if exact is not None:
            return exact
        meant = self._exact(self.context.aliases[name]) if name in self.context.aliases else None
        if meant is not None and meant.is_resolved:
            return Match(meant.agency_id, meant.group_id, How.DEFINED, meant.label)
        return self._deduced(name)

    def _exact(self, name: str) -> Match | None:
        """Return what a name of the directory means on the day; nothing when none is in force."""
        meanings = [meaning for meaning in self.index.meanings(name) if meaning.in_force]
        if not meanings:
            return None
        if len(meanings) > 1:
            return Match(None, None, How.AMBIGUOUS, candidates=tuple(self._meant(meaning) for meaning in meanings))
        [meaning] = meanings
        how = How.NAME if meaning.by == "name" else How.ALIAS
        return Match(meaning.agency_id, meaning.group_id, how, self.label(meaning.agency_id, meaning.group_id))

    def _deduced(self, name: str) -> Match:
        if self._directory is None:
            self._directory = _as_directory(self.index)
        found = matching.match(name, self._directory, self.index.on, self.context)
        if found.identifier is not None:
            agency_id, group_id = _whom(found.identifier)
            return Match(agency_id, group_id, How.DEDUCED, self.label(agency_id, group_id), why=found.reason)
        candidates = tuple(self._candidate(*_whom(one.identifier), score=one.score) for one in found.candidates)
        how = How.AMBIGUOUS if found.kind == "ambiguous" else How.UNKNOWN
        return Match(None, None, how, candidates=candidates, why=found.reason)

    def _meant(self, meaning: Meaning) -> Candidate:
        return self._candidate(meaning.agency_id, meaning.group_id, score=1.0)

    def _candidate(self, agency_id: int | None, group_id: int | None, *, score: float) -> Candidate:
        return Candidate(agency_id, group_id, self.label(agency_id, group_id), round(score * 100))


def _whom(identifier: int) -> tuple[int | None, int | None]:
    """Return the agency or the group behind a key of the deduction: groups are counted below zero."""
    return (identifier, None) if identifier > 0 else (None, -identifier)


def _as_directory(index: NameIndex) -> matching.DirectoryIndex:
    """Return the directory in the form that the deduction takes.

    A name that is not in force on the day of the index is given an end before it, so that it still leads to the heirs.
    """
    before = index.on - dt.timedelta(days=1)
    aliases: dict[int, list[matching.Alias]] = defaultdict(list)
    for name, meanings in index.names.items():
        for meaning in meanings:
            identifier = meaning.agency_id if meaning.agency_id is not None else -(meaning.group_id or 0)
            aliases[identifier].append(matching.Alias(name, until=None if meaning.in_force else before))
    agencies = [
        matching.Entry(
            agency.id,
            agency.name,
            aliases=tuple(aliases[agency.id]),
            since=agency.starts_on,
            until=agency.ends_on,
            successors=agency.successors,
        )
        for agency in index.agencies.values()
    ]
    groups = [matching.Entry(-group.id, group.name, "group", tuple(aliases[-group.id])) for group in index.groups.values()]
    return matching.DirectoryIndex.of([*agencies, *groups])
