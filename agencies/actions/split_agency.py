"""Splitting an agency: several take its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actions.succession import close, locked, move_people, new_agency, succeed
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb, Succession
from agencies.refusals import Invalid, require


@transaction.atomic
def split_agency(
    *, actor: Actor, now: dt.datetime, agency: Agency, parts: Sequence[tuple[str, str]], effective_on: dt.date, basis: str
) -> list[Agency]:
    """Let several new agencies take the place of one from a day on.

    People go to the first part and are appointed anew where they really went; so do places in groups and subordinate agencies.

    Args:
        actor: who does it.
        now: when.
        agency: the one that ends.
        parts: name and short name of each new one, the principal heir first.
        effective_on: their first day.
        basis: the paper that orders it.

    Returns:
        The new agencies, in order.

    Raises:
        Forbidden: the actor may not.
        Invalid: fewer than two parts, or a name is missing.
        Conflict: the agency has ended or not yet begun, or a name is taken.
    """
    require(policy.may_change_directory(actor))
    if len(parts) < 2:  # noqa: PLR2004 - less is a rename
        raise Invalid(_("A split makes at least two agencies."), "parts")
    agency = locked(agency, effective_on=effective_on)
    successors = [new_agency(like=agency, name=name, short_name=short_name, starts_on=effective_on) for name, short_name in parts]
    close(agency, effective_on=effective_on)
    succeed(agency, successors, kind=Succession.Kind.SPLIT, effective_on=effective_on, basis=basis)
    moved = move_people(agency, successors[0], effective_on=effective_on, now=now)
    record(
        DirectoryVerb.SPLIT,
        actor=actor,
        now=now,
        agency=agency,
        comment=basis,
        successors=[{"id": successor.pk, "name": successor.name} for successor in successors],
        effective_on=effective_on.isoformat(),
        memberships_moved=moved,
    )
    return successors
