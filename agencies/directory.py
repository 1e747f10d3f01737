"""A directory as data: what a reviewed file says about agencies, their groups and successions, before it is in the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from agencies.models import Agency, Succession

SINCE_EVER = dt.date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """An agency; `parent` is the full name of its superior, empty for none."""

    name: str
    short_name: str
    kind: str
    region: str = ""
    parent: str = ""
    position: int = 1000
    starts_on: dt.date = SINCE_EVER
    ends_on: dt.date | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group; `members` are full names of agencies."""

    name: str
    region: str = ""
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuccessionEntry:
    """One agency follows another; both by full name."""

    predecessor: str
    successor: str
    kind: str
    effective_on: dt.date
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryData:
    """A whole directory, sound in itself: every name it refers to is in it once.

    Build it by `of`, which also gives predecessors their last day and renamed successors their first.
    """

    agencies: tuple[AgencyEntry, ...] = ()
    groups: tuple[GroupEntry, ...] = ()
    successions: tuple[SuccessionEntry, ...] = field(default=())

    @classmethod
    def of(
        cls, agencies: Iterable[AgencyEntry], groups: Iterable[GroupEntry] = (), successions: Iterable[SuccessionEntry] = ()
    ) -> DirectoryData:
        """Put entries together and check them.

        Raises:
            ValueError: naming every entry that is wrong and why.
        """
        agencies, groups, successions = tuple(agencies), tuple(groups), tuple(successions)
        faults = list(_faults(agencies, groups, successions))
        if faults:
            raise ValueError("\n".join(faults))
        last_days = {entry.predecessor: entry.effective_on - dt.timedelta(days=1) for entry in successions}
        first_days = {
            entry.successor: entry.effective_on
            for entry in successions
            if entry.kind in {Succession.Kind.RENAME.value, Succession.Kind.SPLIT.value}
        }
        dated = (
            replace(entry, starts_on=first_days.get(entry.name, entry.starts_on), ends_on=last_days.get(entry.name, entry.ends_on))
            for entry in agencies
        )
        return cls(tuple(dated), groups, successions)


def _faults(agencies: tuple[AgencyEntry, ...], groups: tuple[GroupEntry, ...], successions: tuple[SuccessionEntry, ...]) -> Iterable[str]:
    counted = Counter(entry.name for entry in agencies)
    yield from (f"{name}: listed {times} times" for name, times in counted.items() if times > 1)
    yield from (f"{group}: listed {times} times" for group, times in Counter(entry.name for entry in groups).items() if times > 1)
    for entry in agencies:
        if not entry.name or not entry.short_name:
            yield f"{entry.name or entry.short_name or '?'}: a name or a short name is missing"
        if entry.kind not in Agency.Kind.values:
            yield f"{entry.name}: unknown kind {entry.kind}"
        if entry.parent and entry.parent not in counted:
            yield f"{entry.name}: unknown superior {entry.parent}"
    for group in groups:
        yield from (f"{group.name}: unknown member {member}" for member in group.members if member not in counted)
    for succession in successions:
        if succession.kind not in Succession.Kind.values:
            yield f"{succession.predecessor}: unknown kind of succession {succession.kind}"
        yield from (
            f"succession of {succession.predecessor}: unknown agency {name}"
            for name in (succession.predecessor, succession.successor)
            if name not in counted
        )
