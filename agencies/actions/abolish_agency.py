"""Abolishing an agency: it ends, and others may take over its duties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actions.succession import close, locked, succeed
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb, GroupMember, Membership, Succession
from agencies.permissions import rebuild
from agencies.refusals import Conflict, require


@transaction.atomic
def abolish_agency(
    *, actor: Actor, now: dt.datetime, agency: Agency, effective_on: dt.date, basis: str, duties_to: Sequence[Agency] = ()
) -> None:
    """End an agency from a day on. Its memberships end with it: its people are appointed anew where they go.

    Args:
        actor: who does it.
        now: when.
        agency: the one that ends.
        effective_on: the first day without it.
        basis: the paper that orders it.
        duties_to: who takes over its duties, the principal heir first; nobody when they lapse.

    Raises:
        Forbidden: the actor may not.
        Conflict: the agency has ended or not yet begun, or an heir does not exist on that day.
    """
    require(policy.may_change_directory(actor))
    agency = locked(agency, effective_on=effective_on)
    heirs = list(duties_to)
    for heir in heirs:
        if not heir.is_in_force(effective_on) or heir.pk == agency.pk:
            raise Conflict(_("%(agency)s does not exist on that day.") % {"agency": heir.name})
    close(agency, effective_on=effective_on)
    last_day = effective_on - dt.timedelta(days=1)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=effective_on)
    if heirs:
        succeed(agency, heirs, kind=Succession.Kind.ABOLISH, effective_on=effective_on, basis=basis)
    GroupMember.objects.filter(lasting, agency=agency, starts_on__lte=last_day).update(ends_on=last_day)
    GroupMember.objects.filter(agency=agency, starts_on__gt=last_day).delete()
    members = Membership.objects.filter(lasting, agency=agency)
    people = set(members.values_list("user_id", flat=True))
    deputies = agency.delegations.filter(ends_at__gt=now, revoked_at__isnull=True).values_list("delegate_id", flat=True)
    people.update(deputies)
    members.filter(starts_on__gt=last_day).delete()
    members.update(ends_on=last_day)
    rebuild(now=now, people=people)
    record(
        DirectoryVerb.ABOLISH,
        actor=actor,
        now=now,
        agency=agency,
        comment=basis,
        successors=[{"id": heir.pk, "name": heir.name} for heir in heirs],
        effective_on=effective_on.isoformat(),
    )
