"""What a second version of a plan changes: measures added, changed and dropped. Free of Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rapidfuzz import fuzz, process

ALIKE = 60.0
"""From which similarity, of 100, two measures are taken for versions of one."""

AIMS_ALIKE = 75.0
"""From which similarity, of 100, two metrics are taken for one."""

OPENING = 160
"""How many characters of a measure are compared where its title has changed altogether."""


class Kind(StrEnum):
    """What became of a measure."""

    ADDED = "added"
    CHANGED = "changed"
    DROPPED = "dropped"
    SAME = "same"


class Facet(StrEnum):
    """What of a measure has changed."""

    TITLE = "title"
    TEXT = "text"
    DEADLINE = "deadline"
    LEAD = "lead"
    FIRST_LEAD = "first_lead"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a measure names: an agency, a group, or a name that nobody knows (then neither)."""

    name: str
    agency_id: int | None = None
    group_id: int | None = None

    @property
    def identity(self) -> str:
        """Return what two versions are compared by: whom the name means, else the name."""
        if self.agency_id is not None:
            return f"agency {self.agency_id}"
        return f"group {self.group_id}" if self.group_id is not None else self.name


@dataclass(frozen=True, slots=True)
class Side:
    """A measure as one version has it.

    Attributes:
        key: names it for whoever compares.
        leads: by identity, in their order, whom it names.
        supports: likewise.
    """

    key: int | str
    number: str
    title: str
    text: str
    deadline: dt.date | None = None
    leads: dict[str, Named] = field(default_factory=dict)
    supports: dict[str, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one measure, and whom it loses and gains."""

    kind: Kind
    before: Side | None
    after: Side | None
    facets: tuple[Facet, ...] = ()
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """A quantified target as one version has it; `reach` is its comparator, value, unit and date, written out."""

    metric: str
    reach: str


@dataclass(frozen=True, slots=True)
class AimChange:
    """What became of a target."""

    kind: Kind
    before: Aim | None
    after: Aim | None


def compare_aims(before: Sequence[Aim], after: Sequence[Aim]) -> list[AimChange]:
    """Compare the targets of two versions, paired by their metrics; those that are the same are left out."""
    left = list(before)
    changes: list[AimChange] = []
    for aim in after:
        same = aim if aim in left else next((old for old in left if old.metric == aim.metric), None) or _alike(aim, left, after)
        if same is not None:
            left.remove(same)
        if same != aim:
            changes.append(AimChange(Kind.CHANGED if same else Kind.ADDED, same, aim))
    return changes + [AimChange(Kind.DROPPED, aim, None) for aim in left]


def _alike(aim: Aim, left: Sequence[Aim], after: Sequence[Aim]) -> Aim | None:
    """Return the old target whose metric is most like that of a new one, but none that the new version names itself."""
    named = {one.metric for one in after}
    choices = {position: old.metric for position, old in enumerate(left) if old.metric not in named}
    found = process.extractOne(aim.metric, choices, scorer=fuzz.ratio, score_cutoff=AIMS_ALIKE)
    return left[found[2]] if found is not None else None


def compare(before: Sequence[Side], after: Sequence[Side]) -> list[Change]:
    """Compare two versions: in the order of the new one, each dropped measure behind the last that stood before it.

    Measures are paired by their titles, else by likeness, each at most once; a changed number alone is no change.
    """
    pairs = _pairs(before, after)
    origin = {new: old for old, new in pairs.items()}
    changes: list[Change] = []
    told = 0
    for position, side in enumerate(after):
        old = origin.get(position)
        if old is None:
            changes.append(Change(Kind.ADDED, None, side))
            continue
        changes += [Change(Kind.DROPPED, before[gone], None) for gone in range(told, old) if gone not in pairs]
        told = max(told, old + 1)
        changes.append(_change(before[old], side))
    named = {id(change.before) for change in changes}
    return changes + [Change(Kind.DROPPED, side, None) for side in before if id(side) not in named]


def _pairs(before: Sequence[Side], after: Sequence[Side]) -> dict[int, int]:
    """Return the position of the new version of each old measure that has one."""
    pairs: dict[int, int] = {}
    free = dict(enumerate(after))
    by_title: dict[str, list[int]] = {}
    for position, side in free.items():
        by_title.setdefault(side.title, []).append(position)
    for position, side in enumerate(before):
        if by_title.get(side.title):
            pairs[position] = by_title[side.title].pop(0)
            del free[pairs[position]]
    likely: list[tuple[float, int, int]] = []
    for position, side in enumerate(before):
        if position in pairs:
            continue
        titles = {new: one.title for new, one in free.items()}
        openings = {new: one.text[:OPENING] for new, one in free.items()}
        for words, choices in ((side.title, titles), (side.text[:OPENING], openings)):
            found = process.extractOne(words, choices, scorer=fuzz.ratio, score_cutoff=ALIKE)
            if found is not None:
                likely.append((-found[1], position, found[2]))
    for _score, old, new in sorted(likely):
        if old not in pairs and new in free:
            pairs[old] = new
            del free[new]
    return pairs


def _aligned(before: Side, after: Side) -> Side:
    """Return the new side in which a name that both versions write is the same agency in both, whoever it was taken for."""
    written = {named.name: (key, named) for key, named in (before.leads | before.supports).items()}

    def align(names: Mapping[str, Named]) -> dict[str, Named]:
        found = {}
        for key, named in names.items():
            old = None if key in before.leads or key in before.supports else written.get(named.name)
            same, one = old if old is not None and old[0] not in names else (key, named)
            found[same] = one
        return found

    return replace(after, leads=align(after.leads), supports=align(after.supports))


def _change(before: Side, after: Side) -> Change:
    after = _aligned(before, after)
    facets = [
        facet
        for facet, differs in (
            (Facet.TITLE, before.title != after.title),
            (Facet.TEXT, _words(before.text) != _words(after.text)),
            (Facet.DEADLINE, before.deadline != after.deadline),
            (Facet.LEAD, before.leads.keys() != after.leads.keys()),
            (Facet.FIRST_LEAD, before.leads.keys() == after.leads.keys() and next(iter(before.leads), "") != next(iter(after.leads), "")),
            (Facet.SUPPORT, before.supports.keys() != after.supports.keys()),
        )
        if differs
    ]
    if not facets:
        return Change(Kind.SAME, before, after)
    had, has = before.leads | before.supports, after.leads | after.supports
    lost = tuple(named.name for key, named in had.items() if key not in has)
    gained = tuple(named.name for key, named in has.items() if key not in had)
    return Change(Kind.CHANGED, before, after, tuple(facets), lost, gained)


def _words(text: str) -> str:
    """Return a text without its spaces and its own number, which move when measures are added before it."""
    return "".join(text.split()).lstrip("0123456789.．、（）()一二三四五六七八九十")
