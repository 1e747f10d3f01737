"""Correcting what is written about a person, and giving an account a new password."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies import policy
from agencies.actions.record import record
from agencies.actions.validation import check, give_password
from agencies.actor import Actor
from agencies.models import DirectoryVerb, User
from agencies.refusals import require


@transaction.atomic
def amend_user(
    *, actor: Actor, now: dt.datetime, user: User, name: str | None = None, email: str | None = None, phone: str | None = None
) -> User:
    """Correct name, address or telephone of a person; what is not given stays.

    Raises:
        Forbidden: the actor may not.
        Invalid: a value is malformed.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require(policy.may_keep_account(actor, user))
    given = {"name": name, "email": email, "phone": phone}
    changed = {field: value for field, value in given.items() if value is not None and value != getattr(user, field)}
    if not changed:
        return user
    for field, value in changed.items():
        setattr(user, field, value)
    check(user, exclude=["password"])
    user.save(update_fields=list(changed))
    # Addresses and telephones stay out of the record, which is never erased.
    record(DirectoryVerb.AMEND_USER, actor=actor, now=now, person=user, changed=sorted(changed))
    return user


@transaction.atomic
def set_password(*, actor: Actor, now: dt.datetime, user: User, password: str) -> User:
    """Give an account a new password, which its holder must change at the next sign-in; open sessions end.

    Raises:
        Forbidden: the actor may not.
        Invalid: the password is too weak.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require(policy.may_keep_account(actor, user))
    give_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record(DirectoryVerb.SET_PASSWORD, actor=actor, now=now, person=user, username=user.username)
    return user
