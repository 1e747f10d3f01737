"""What every reorganisation has in common: an agency ends, another stands in its place, and what hung on it follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Delegation, GroupMember, Membership, Succession
from agencies.permissions import rebuild
from agencies.refusals import Conflict, Invalid


def locked(agency: Agency, *, effective_on: dt.date) -> Agency:
    """Return an agency locked for its own end.

    Raises:
        Conflict: it has ended already, or begins only on that day or later.
    """
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    if agency.ends_on is not None:
        raise Conflict(_("%(agency)s has ended already.") % {"agency": agency.name})
    if effective_on <= agency.starts_on:
        raise Conflict(_("%(agency)s begins only on %(date)s.") % {"agency": agency.name, "date": agency.starts_on.isoformat()})
    return agency


def new_agency(*, like: Agency, name: str, short_name: str, starts_on: dt.date, position: int | None = None) -> Agency:
    """Make the agency that takes another's place: the same kind, region, superior and place in lists.

    Raises:
        Invalid: a name is missing.
        Conflict: an agency of this name exists on that day.
    """
    name, short_name = name.strip(), short_name.strip()
    if not name or not short_name:
        raise Invalid(_("An agency needs a name and a short name."), "name" if not name else "short_name")
    if Agency.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), name=name).exists():
        raise Conflict(_("An agency of this name exists already."))
    return Agency.objects.create(
        name=name,
        short_name=short_name,
        kind=like.kind,
        region=like.region,
        parent=like.parent,
        position=like.position if position is None else position,
        starts_on=starts_on,
    )


def close(agency: Agency, *, effective_on: dt.date) -> None:
    """End an agency on the day before."""
    agency.ends_on = effective_on - dt.timedelta(days=1)
    agency.save(update_fields=["ends_on"])


def succeed(predecessor: Agency, successors: Sequence[Agency], *, kind: Succession.Kind, effective_on: dt.date, basis: str) -> None:
    """Write down who follows whom. Places in groups and subordinate agencies go to the first successor."""
    Succession.objects.bulk_create(
        Succession(predecessor=predecessor, successor=successor, kind=kind, effective_on=effective_on, basis=basis)
        for successor in successors
    )
    last_day = effective_on - dt.timedelta(days=1)
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=effective_on)
    rows = GroupMember.objects.filter(still, agency=predecessor)
    there = set(GroupMember.objects.filter(still, agency=successors[0]).values_list("group_id", flat=True))
    for row in rows:
        if row.group_id not in there:
            GroupMember.objects.create(
                group_id=row.group_id, agency=successors[0], starts_on=max(row.starts_on, effective_on), ends_on=row.ends_on
            )
        if row.starts_on > last_day:
            row.delete()
        else:
            row.ends_on = last_day
            row.save(update_fields=["ends_on"])
    Agency.objects.filter(still, parent=predecessor).exclude(pk=successors[0].pk).update(parent=successors[0])


def move_people(predecessor: Agency, successor: Agency, *, effective_on: dt.date, now: dt.datetime) -> int:
    """Let memberships and delegations go on in the successor from a day; what lay before stays where it was.

    Returns:
        How many memberships went on.
    """
    last_day = effective_on - dt.timedelta(days=1)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=effective_on)
    memberships = list(Membership.objects.select_for_update(of=("self",), no_key=True).filter(lasting, agency=predecessor))
    people = {membership.user_id for membership in memberships}
    held = set(Membership.objects.filter(lasting, agency=successor, user__in=people).values_list("user_id", "role"))
    Membership.objects.bulk_create(
        Membership(user_id=old.user_id, agency=successor, role=old.role, starts_on=max(old.starts_on, effective_on), ends_on=old.ends_on)
        for old in memberships
        if (old.user_id, old.role) not in held
    )
    ids = [membership.pk for membership in memberships]
    Membership.objects.filter(pk__in=ids, starts_on__gt=last_day).delete()
    Membership.objects.filter(pk__in=ids).update(ends_on=last_day)
    people |= _move_delegations(predecessor, successor, effective_on=effective_on)
    rebuild(now=now, people=people)
    return len(memberships)


def _move_delegations(predecessor: Agency, successor: Agency, *, effective_on: dt.date) -> set[int]:
    """Split delegations at the first moment of a day; return the people in them."""
    moment = dt.datetime.combine(effective_on, dt.time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    delegations = list(
        Delegation.objects.select_for_update(of=("self",), no_key=True).filter(
            agency=predecessor, ends_at__gt=moment, revoked_at__isnull=True
        )
    )
    Delegation.objects.bulk_create(
        Delegation(
            delegator_id=old.delegator_id,
            delegate_id=old.delegate_id,
            agency=successor,
            starts_at=max(old.starts_at, moment),
            ends_at=old.ends_at,
            reason=old.reason,
        )
        for old in delegations
    )
    ids = [delegation.pk for delegation in delegations]
    Delegation.objects.filter(pk__in=ids, starts_at__gte=moment).delete()
    Delegation.objects.filter(pk__in=ids).update(ends_at=moment)
    return {person for old in delegations for person in (old.delegate_id, old.delegator_id)}
