"""The directory as names: what each name means on a day, for whoever reads documents."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agencies.models import Agency, AgencyGroup, Alias, GroupMember, Succession


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """An agency as matching needs it.

    Attributes:
        id: its key.
        name: in full.
        short_name: as documents usually write it.
        kind: one of `Agency.Kind`.
        region: code of GB/T 2260.
        starts_on: first day of its existence under this name.
        ends_on: last day, None while it exists.
        successors: who followed it directly.
    """

    id: int
    name: str
    short_name: str
    kind: str
    region: str
    starts_on: dt.date
    ends_on: dt.date | None
    successors: tuple[int, ...] = ()

    def exists_on(self, on: dt.date) -> bool:
        """Tell whether it existed under this name on a day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A group as matching needs it, with its members on the day of the index."""

    id: int
    name: str
    region: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: an agency or a group, by which kind of name, and whether it does so on the day of the index.

    Attributes:
        agency_id: the agency, or None.
        group_id: the group, or None.
        by: "name", "short_name", or the source of an alias.
        in_force: whether both the name and what it names were in force on that day.
    """

    agency_id: int | None
    group_id: int | None
    by: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Every name of the directory on a day.

    Attributes:
        on: the day, usually that of the document.
        agencies: by id, also those of other times.
        groups: by id.
        names: meanings by folded name (see `fold`), those in force first.
    """

    on: dt.date
    agencies: Mapping[int, NamedAgency] = field(default_factory=dict)
    groups: Mapping[int, NamedGroup] = field(default_factory=dict)
    names: Mapping[str, tuple[Meaning, ...]] = field(default_factory=dict)

    def meanings(self, name: str) -> tuple[Meaning, ...]:
        """Return what a name may stand for on the day; when nothing does on that day, what it stood for at other times."""
        found = self.names.get(fold(name), ())
        return tuple(meaning for meaning in found if meaning.in_force) or found

    def successors_on(self, agency_id: int, on: dt.date) -> tuple[int, ...]:
        """Return who stands in an agency's place on a day: itself while it exists, else its heirs, through any number of steps."""
        return _heirs(self.agencies, agency_id, on)


def fold(name: str) -> str:
    """Return a name in the form it is compared by: full-width characters as half-width, no spaces, letters small."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def name_index(on: dt.date) -> NameIndex:
    """Load every name of the directory as it stands on a day, in five queries."""
    successors: dict[int, list[int]] = defaultdict(list)
    for predecessor, successor in Succession.objects.values_list("predecessor_id", "successor_id"):
        successors[predecessor].append(successor)
    agencies = {
        agency.pk: NamedAgency(
            id=agency.pk,
            name=agency.name,
            short_name=agency.short_name,
            kind=agency.kind,
            region=agency.region,
            starts_on=agency.starts_on,
            ends_on=agency.ends_on,
            successors=tuple(successors.get(agency.pk, ())),
        )
        for agency in Agency.objects.all()
    }
    members: dict[int, list[int]] = defaultdict(list)
    for row in GroupMember.objects.order_by("agency__position", "agency_id"):
        if row.is_in_force(on) and agencies[row.agency_id].exists_on(on) and row.agency_id not in members[row.group_id]:
            members[row.group_id].append(row.agency_id)
    groups = {
        group.pk: NamedGroup(group.pk, group.name, group.region, tuple(members.get(group.pk, ()))) for group in AgencyGroup.objects.all()
    }
    names: dict[str, dict[tuple[int | None, int | None], Meaning]] = defaultdict(dict)
    for name, meaning in _meanings(on, agencies, groups):
        # Several names that fold into one mean the agency once; the first is its own name, or else one in force.
        known = names[fold(name)].setdefault((meaning.agency_id, meaning.group_id), meaning)
        if meaning.in_force and not known.in_force:
            names[fold(name)][meaning.agency_id, meaning.group_id] = meaning
    ordered = {name: tuple(sorted(found.values(), key=lambda meaning: not meaning.in_force)) for name, found in names.items()}
    return NameIndex(on, agencies, groups, ordered)


def successors_on(agency_ids: Iterable[int], on: dt.date) -> dict[int, tuple[Agency, ...]]:
    """Return for each agency who stands in its place on a day: itself, its heirs, or nobody.

    Args:
        agency_ids: agencies, of any time.
        on: the day.
    """
    index = name_index(on)
    heirs = {agency_id: index.successors_on(agency_id, on) for agency_id in agency_ids}
    loaded = Agency.objects.in_bulk({heir for found in heirs.values() for heir in found})
    return {agency_id: tuple(loaded[heir] for heir in found) for agency_id, found in heirs.items()}


def _meanings(on: dt.date, agencies: Mapping[int, NamedAgency], groups: Mapping[int, NamedGroup]) -> Iterable[tuple[str, Meaning]]:
    for agency in agencies.values():
        exists = agency.exists_on(on)
        yield agency.name, Meaning(agency.id, None, "name", exists)
        yield agency.short_name, Meaning(agency.id, None, "short_name", exists)
    for group in groups.values():
        yield group.name, Meaning(None, group.id, "name", True)
    for alias in Alias.objects.order_by("pk"):
        exists = alias.is_in_force(on) and (alias.agency_id is None or agencies[alias.agency_id].exists_on(on))
        yield alias.name, Meaning(alias.agency_id, alias.group_id, alias.source, exists)


def _heirs(agencies: Mapping[int, NamedAgency], agency_id: int, on: dt.date) -> tuple[int, ...]:
    found: dict[int, None] = {}
    seen: set[int] = set()
    waiting = [agency_id]
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        if agencies[current].exists_on(on):
            found[current] = None
        else:
            waiting.extend(agencies[current].successors)
    return tuple(found)
