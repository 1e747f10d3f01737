"""Merging agencies: several become one, new or already there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import append, line
from agencies.actions.succession import close, locked, move_people, new_agency, succeed
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb, Succession
from agencies.refusals import Conflict, Invalid, require


@transaction.atomic
def merge_agencies(
    *,
    actor: Actor,
    now: dt.datetime,
    agencies: Sequence[Agency],
    effective_on: dt.date,
    basis: str,
    into: Agency | None = None,
    name: str = "",
    short_name: str = "",
) -> Agency:
    """Merge agencies from a day on, into one that exists or into a new one named here; people follow.

    Returns:
        The agency that goes on.

    Raises:
        Forbidden: the actor may not.
        Invalid: nothing to merge, or a name is missing.
        Conflict: one of them has ended or not yet begun, or the name is taken.
    """
    require(policy.may_change_directory(actor))
    if not agencies or (into is None and len({agency.pk for agency in agencies}) < 2):  # noqa: PLR2004 - a merger takes two
        raise Invalid(_("A merger takes at least two agencies."), "agencies")
    merged = [locked(agency, effective_on=effective_on) for agency in sorted(agencies, key=lambda agency: agency.pk)]
    if into is None:
        successor = new_agency(like=agencies[0], name=name, short_name=short_name, starts_on=effective_on)
    else:
        successor = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=into.pk)
        if not successor.is_in_force(effective_on):
            raise Conflict(_("%(agency)s does not exist on that day.") % {"agency": successor.name})
        if successor in merged:
            raise Invalid(_("An agency cannot be merged into itself."), "into")
    lines = []
    for agency in merged:
        close(agency, effective_on=effective_on)
        succeed(agency, [successor], kind=Succession.Kind.MERGE, effective_on=effective_on, basis=basis)
        lines.append(
            line(
                DirectoryVerb.MERGE,
                actor=actor,
                now=now,
                agency=agency,
                comment=basis,
                successors=[{"id": successor.pk, "name": successor.name}],
                effective_on=effective_on.isoformat(),
                memberships_moved=move_people(agency, successor, effective_on=effective_on, now=now),
            )
        )
    append(*lines)
    return successor
