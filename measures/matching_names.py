"""Whom the names of a document mean: looked up in the directory as it stood on the day of the document, never guessed in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process

from agencies.names import Meaning, NameIndex, fold

SUGGESTIONS = 5
SHORTEST = 3
"""Letters that an abbreviation has at least."""

ALIKE = 70.0
"""From which similarity, of 100, a name of the directory is suggested."""


class How(StrEnum):
    """How a name was found in the directory."""

    NAME = "name"
    ALIAS = "alias"
    DEFINED = "defined"
    NOT_IN_FORCE = "not_in_force"
    SETTLED = "settled"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


CONFIDENCE = {
    How.NAME: 1.0,
    How.SETTLED: 1.0,
    How.ALIAS: 0.98,
    How.DEFINED: 0.95,
    How.NOT_IN_FORCE: 0.6,
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
    """Whom a name means: an agency, a group, or nobody that the directory knows, then with candidates."""

    agency_id: int | None
    group_id: int | None
    how: How
    label: str = ""
    candidates: tuple[Candidate, ...] = ()

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
    """Looks names up. Made for one document, with the names it defines itself (以下简称) and what the reviewer has settled."""

    index: NameIndex
    defined: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _known: dict[str, Match] = field(default_factory=dict)

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
        found = self._found(name, self.index.meanings(name))
        if found is None and name in self.defined:
            found = self._found(name, self.index.meanings(self.defined[name]))
            if found is not None and found.how in {How.NAME, How.ALIAS}:
                found = Match(found.agency_id, found.group_id, How.DEFINED, found.label)
        return found or Match(None, None, How.UNKNOWN, candidates=self._alike(name))

    def _found(self, name: str, meanings: tuple[Meaning, ...]) -> Match | None:
        if not meanings:
            return None
        if len(meanings) > 1:
            return Match(None, None, How.AMBIGUOUS, candidates=tuple(self._candidate(meaning, 100) for meaning in meanings))
        [meaning] = meanings
        how = How.NAME if meaning.by == "name" else How.ALIAS
        return Match(
            meaning.agency_id,
            meaning.group_id,
            how if meaning.in_force else How.NOT_IN_FORCE,
            self.label(meaning.agency_id, meaning.group_id),
        )

    def _candidate(self, meaning: Meaning, score: int) -> Candidate:
        return Candidate(meaning.agency_id, meaning.group_id, self.label(meaning.agency_id, meaning.group_id), score)

    def _alike(self, name: str) -> tuple[Candidate, ...]:
        """Suggest names that hold all its letters in their order, then those that look like it."""
        folded = fold(name)
        if not folded:
            return ()
        scored = {
            full: max(score, 90.0) if _abbreviates(folded, full) else score
            for full, score, _ in process.extract(folded, list(self.index.names), scorer=fuzz.ratio, limit=40)
        }
        scored |= {full: 85.0 for full in self.index.names if full not in scored and _abbreviates(folded, full)}
        return tuple(self._best(scored.items()))[:SUGGESTIONS]

    def _best(self, scored: Iterable[tuple[str, float]]) -> Iterable[Candidate]:
        seen: set[tuple[int | None, int | None]] = set()
        for full, score in sorted(scored, key=lambda pair: -pair[1]):
            if score < ALIKE:
                continue
            for meaning in self.index.names[full]:
                whom = (meaning.agency_id, meaning.group_id)
                if meaning.in_force and whom not in seen:
                    seen.add(whom)
                    yield self._candidate(meaning, round(score))


def _abbreviates(short: str, full: str) -> bool:
    """Tell whether all letters of the short name stand in the full one, in their order, beginning with the same."""
    if len(short) < SHORTEST or len(full) <= len(short) or short[0] != full[0]:
        return False
    letters = iter(full)
    return all(letter in letters for letter in short)
