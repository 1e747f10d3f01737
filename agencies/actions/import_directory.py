"""Loading a directory from reviewed data: what is missing is added, what differs is brought up to date, twice changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from agencies import policy
from agencies.actions.record import append, line
from agencies.actions.succession import move_people
from agencies.actor import Actor
from agencies.directory import AgencyEntry, DirectoryData
from agencies.models import Agency, AgencyGroup, Alias, DirectoryEvent, DirectoryVerb, GroupMember, Succession
from agencies.refusals import require

FIELDS = ("short_name", "kind", "region", "position", "starts_on", "ends_on")


@dataclass(slots=True)
class Imported:
    """How much an import changed."""

    agencies_added: int = 0
    agencies_amended: int = 0
    aliases_added: int = 0
    groups_added: int = 0
    members_added: int = 0
    successions_added: int = 0

    def __bool__(self) -> bool:
        return any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """Return the numbers by name."""
        return asdict(self)


@transaction.atomic
def import_directory(*, actor: Actor, now: dt.datetime, data: DirectoryData) -> Imported:
    """Bring the directory up to date with reviewed data, in a number of statements that does not depend on its size.

    An agency on which a person has acted (amended, renamed, merged …) is left as that person made it; what the data do not
    mention is left alone.

    Raises:
        Forbidden: the actor may not.
    """
    require(policy.may_change_directory(actor))
    done = Imported()
    agencies, lines = _agencies(data, actor, now, done)
    groups = _groups(data, agencies, done)
    _aliases(data, agencies, groups, done)
    lines += _successions(data, agencies, actor, now, done)
    if done:
        append(*lines, line(DirectoryVerb.IMPORT, actor=actor, now=now, counts=done.counts()))
    return done


def _agencies(data: DirectoryData, actor: Actor, now: dt.datetime, done: Imported) -> tuple[dict[str, Agency], list[DirectoryEvent]]:
    """Add and amend agencies; return them by name, with the lines to be recorded."""
    wanted = {entry.name: entry for entry in data.agencies}
    stored = {agency.name: agency for agency in Agency.objects.filter(name__in=wanted).order_by("starts_on")}
    touched = set(DirectoryEvent.objects.filter(actor__isnull=False, agency__isnull=False).values_list("agency_id", flat=True))
    added = Agency.objects.bulk_create(
        Agency(name=entry.name, **{name: getattr(entry, name) for name in FIELDS}) for entry in data.agencies if entry.name not in stored
    )
    known = stored | {agency.name: agency for agency in added}
    fresh = {agency.pk for agency in added}
    lines = [line(DirectoryVerb.ESTABLISH, actor=actor, now=now, agency=agency, imported=True) for agency in added]
    changed: dict[int, Agency] = {}
    for name, agency in known.items():
        if agency.pk in touched:
            continue
        differing = _bring_up_to_date(agency, wanted[name], known)
        if differing:
            changed[agency.pk] = agency
        if differing and agency.pk not in fresh:
            lines.append(line(DirectoryVerb.AMEND, actor=actor, now=now, agency=agency, changed=differing, imported=True))
    Agency.objects.bulk_update(changed.values(), [*FIELDS, "parent"])
    done.agencies_added, done.agencies_amended = len(added), len(changed.keys() - fresh)
    return known, lines


def _bring_up_to_date(agency: Agency, entry: AgencyEntry, known: dict[str, Agency]) -> list[str]:
    """Set what differs from the data on an agency, unsaved; return the names of those fields."""
    parent = known[entry.parent] if entry.parent else None
    differing = [name for name in FIELDS if getattr(agency, name) != getattr(entry, name)]
    for name in differing:
        setattr(agency, name, getattr(entry, name))
    if agency.parent_id != (parent.pk if parent else None):
        agency.parent = parent
        differing.append("parent")
    return differing


def _groups(data: DirectoryData, agencies: dict[str, Agency], done: Imported) -> dict[str, AgencyGroup]:
    """Add groups and members; a member that left by an act is not brought back."""
    names = [entry.name for entry in data.groups]
    stored = {group.name: group for group in AgencyGroup.objects.filter(name__in=names)}
    added = AgencyGroup.objects.bulk_create(
        AgencyGroup(name=entry.name, region=entry.region) for entry in data.groups if entry.name not in stored
    )
    known = stored | {group.name: group for group in added}
    ids = [group.pk for group in known.values()]
    present = set(GroupMember.objects.filter(group__in=ids).values_list("group_id", "agency_id"))
    members = GroupMember.objects.bulk_create(
        GroupMember(group=known[entry.name], agency=agencies[member], starts_on=agencies[member].starts_on)
        for entry in data.groups
        for member in entry.members
        if (known[entry.name].pk, agencies[member].pk) not in present
    )
    done.groups_added, done.members_added = len(added), len(members)
    return known


def _aliases(data: DirectoryData, agencies: dict[str, Agency], groups: dict[str, AgencyGroup], done: Imported) -> None:
    present: set[tuple[str, int | None, int | None]] = set(Alias.objects.values_list("name", "agency_id", "group_id"))
    of_agencies = [
        Alias(name=alias, agency=agencies[entry.name])
        for entry in data.agencies
        for alias in dict.fromkeys(entry.aliases)
        if (alias, agencies[entry.name].pk, None) not in present
    ]
    of_groups = [
        Alias(name=alias, group=groups[entry.name])
        for entry in data.groups
        for alias in dict.fromkeys(entry.aliases)
        if (alias, None, groups[entry.name].pk) not in present
    ]
    done.aliases_added = len(Alias.objects.bulk_create(of_agencies + of_groups))


def _successions(data: DirectoryData, agencies: dict[str, Agency], actor: Actor, now: dt.datetime, done: Imported) -> list[DirectoryEvent]:
    """Add successions; people who are still members of a predecessor go on in its successor."""
    present = set(Succession.objects.values_list("predecessor_id", "successor_id"))
    lines = []
    for entry in data.successions:
        predecessor, successor = agencies[entry.predecessor], agencies[entry.successor]
        if (predecessor.pk, successor.pk) in present:
            continue
        Succession.objects.create(
            predecessor=predecessor, successor=successor, kind=entry.kind, effective_on=entry.effective_on, basis=entry.basis
        )
        lines.append(
            line(
                DirectoryVerb(entry.kind),
                actor=actor,
                now=now,
                agency=predecessor,
                comment=entry.basis,
                successors=[{"id": successor.pk, "name": successor.name}],
                effective_on=entry.effective_on.isoformat(),
                memberships_moved=move_people(predecessor, successor, effective_on=entry.effective_on, now=now),
            )
        )
        done.successions_added += 1
    return lines
