"""Giving one of the three offices 三员, and taking it away."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import DirectoryVerb, Office, User
from agencies.refusals import Conflict, require


@transaction.atomic
def set_office(*, actor: Actor, now: dt.datetime, user: User, office: Office | None, comment: str = "") -> User:
    """Give a person an office, or take it away (None). An office comes alone: no membership, no delegation beside it.

    Raises:
        Forbidden: the actor may not.
        Conflict: the person is a member of an agency now or later, stands in a delegation, or is the last holder of the office.
    """
    user = locked_among_offices(user)
    require(policy.may_set_office(actor, user))
    before = user.office
    if before:
        keep_one_holder(user)
    if office is not None:
        if not user.is_active:
            raise Conflict(_("This account is closed."))
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate(now))
        if user.memberships.filter(lasting).exists():
            raise Conflict(_("Whoever is a member of an agency holds no office; the three offices are kept apart."))
        if user.delegations_received.filter(ends_at__gt=now, revoked_at__isnull=True).exists():
            raise Conflict(_("Whoever acts for another person holds no office; the three offices are kept apart."))
    user.office = office.value if office else ""
    user.is_staff = office is not None
    user.save(update_fields=["office", "is_staff"])
    record(DirectoryVerb.SET_OFFICE, actor=actor, now=now, person=user, comment=comment, before=before, after=user.office)
    return user


def locked_among_offices(user: User) -> User:
    """Return a person locked together with every holder of an office, in one order, so that two acts never wait for each other."""
    rows = User.objects.select_for_update(no_key=True).filter(Q(pk=user.pk) | ~Q(office="")).order_by("pk")
    return {row.pk: row for row in rows}[user.pk]


def keep_one_holder(user: User) -> None:
    """Refuse to leave an office without an open account; call it under the lock of `locked_among_offices`.

    Raises:
        Conflict: nobody else holds this person's office.
    """
    if user.office and not User.objects.filter(office=user.office, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict(_("Nobody else holds this office; give it to another person first."))
