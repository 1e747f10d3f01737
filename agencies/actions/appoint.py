"""Appointing: a person receives a role in an agency."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb, Membership, Role, User
from agencies.permissions import sync_person
from agencies.refusals import Conflict, Invalid, require


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    now: dt.datetime,
    user: User,
    agency: Agency,
    role: Role,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    comment: str = "",
) -> Membership:
    """Give a person a role in an agency, from a day (today when not said) to a day (open when not said), both included.

    Raises:
        Forbidden: the actor may not.
        Invalid: the last day lies before the first.
        Conflict: the account is closed or holds an office, the agency does not exist on those days, or the person holds the role
            then already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require(policy.may_appoint(actor, user=user, agency=agency, role=role))
    starts_on = starts_on or timezone.localdate(now)
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_("The last day lies before the first."), "ends_on")
    if user.office:
        raise Conflict(_("Whoever holds an office holds no membership; the three offices are kept apart."))
    if not user.is_active:
        raise Conflict(_("This account is closed."))
    if not agency.is_in_force(starts_on):
        raise Conflict(_("%(agency)s does not exist on that day.") % {"agency": agency.name})
    overlapping = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), user=user, agency=agency, role=role)
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if overlapping.exists():
        raise Conflict(_("This person already holds this role."))
    membership = Membership.objects.create(user=user, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on)
    sync_person(user, now=now)
    record(
        DirectoryVerb.APPOINT,
        actor=actor,
        now=now,
        agency=agency,
        person=user,
        comment=comment,
        membership=membership.pk,
        role=str(role.value),
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else None,
    )
    return membership
