"""Creating an account."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actions.validation import check, give_password
from agencies.actor import Actor
from agencies.models import DirectoryVerb, Office, User
from agencies.refusals import Conflict, require


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    now: dt.datetime,
    username: str,
    name: str,
    password: str | None = None,
    email: str = "",
    phone: str = "",
    office: Office | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account; without a password nobody can sign in with it until one is set.

    An office is given by the system itself only (at installation): later it is the security administrator's act `set_office`.

    Raises:
        Forbidden: the actor may not.
        Conflict: the user name is taken.
        Invalid: a value is malformed, or the password too weak.
    """
    require(policy.may_keep_account(actor))
    user = User(username=username, name=name, email=email, phone=phone, must_change_password=must_change_password)
    user.date_joined = now
    if office is not None:
        require(policy.may_set_office(actor, user))
        user.office, user.is_staff = office.value, True
    if User.objects.filter(username=username).exists():
        raise Conflict(_("This user name is taken."))
    give_password(user, password)
    check(user, exclude=["password"])
    user.save()
    record(DirectoryVerb.CREATE_USER, actor=actor, now=now, person=user, username=username, office=user.office)
    return user
