"""Renaming an agency: a new one takes its place from a day, and papers of before keep the old name."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies import policy
from agencies.actions.record import record
from agencies.actions.succession import close, locked, move_people, new_agency, succeed
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb, Succession
from agencies.refusals import require


@transaction.atomic
def rename_agency(
    *, actor: Actor, now: dt.datetime, agency: Agency, name: str, short_name: str, effective_on: dt.date, basis: str
) -> Agency:
    """Give an agency another name from a day on; people, places in groups and subordinate agencies follow on that day.

    What it owes moves by another act, that of the coordinator.

    Returns:
        The agency under its new name.

    Raises:
        Forbidden: the actor may not.
        Invalid: a name is missing.
        Conflict: the agency has ended or not yet begun, or the name is taken.
    """
    require(policy.may_change_directory(actor))
    agency = locked(agency, effective_on=effective_on)
    successor = new_agency(like=agency, name=name, short_name=short_name, starts_on=effective_on)
    close(agency, effective_on=effective_on)
    succeed(agency, [successor], kind=Succession.Kind.RENAME, effective_on=effective_on, basis=basis)
    moved = move_people(agency, successor, effective_on=effective_on, now=now)
    record(
        DirectoryVerb.RENAME,
        actor=actor,
        now=now,
        agency=agency,
        comment=basis,
        successors=[{"id": successor.pk, "name": successor.name}],
        effective_on=effective_on.isoformat(),
        memberships_moved=moved,
    )
    return successor
