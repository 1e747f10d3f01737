"""Closing and reopening an account."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actions.set_office import keep_one_holder, locked_among_offices
from agencies.actor import Actor
from agencies.models import DirectoryVerb, User
from agencies.permissions import sync_person
from agencies.refusals import Conflict, require


@transaction.atomic
def deactivate_user(*, actor: Actor, now: dt.datetime, user: User, comment: str = "") -> User:
    """Close an account: it can no longer sign in, open sessions end, and its permissions go; its memberships stay on record.

    Raises:
        Forbidden: the actor may not.
        Conflict: it is closed already, or holds an office that nobody else holds.
    """
    user = locked_among_offices(user)
    require(policy.may_keep_account(actor, user))
    if not user.is_active:
        raise Conflict(_("This account is closed."))
    keep_one_holder(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sync_person(user, now=now)
    _sync_delegates(user, now=now)
    record(DirectoryVerb.DEACTIVATE_USER, actor=actor, now=now, person=user, comment=comment, username=user.username)
    return user


@transaction.atomic
def reactivate_user(*, actor: Actor, now: dt.datetime, user: User, comment: str = "") -> User:
    """Open a closed account again, with the permissions that its memberships give today.

    Raises:
        Forbidden: the actor may not.
        Conflict: it is open.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require(policy.may_keep_account(actor, user))
    if user.is_active:
        raise Conflict(_("This account is open."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    sync_person(user, now=now)
    record(DirectoryVerb.REACTIVATE_USER, actor=actor, now=now, person=user, comment=comment, username=user.username)
    return user


def _sync_delegates(user: User, *, now: dt.datetime) -> None:
    """Take lent permissions from those who acted for a person whose account has just been closed."""
    delegates = user.delegations_given.filter(ends_at__gt=now, revoked_at__isnull=True).select_related("delegate")
    for delegation in delegates:
        sync_person(delegation.delegate, now=now)
