"""Issuing slips for the first sign-in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import policy, slips
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import DirectoryVerb, User
from agencies.refusals import Conflict, require


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on one slip."""

    user: User
    code: str
    until: dt.date


@transaction.atomic
def issue_slips(*, actor: Actor, now: dt.datetime, users: Iterable[User]) -> list[Slip]:
    """Issue a slip for each of these accounts, in the order of their names; earlier ones are void.

    Whoever opens accounts does not issue slips, and the other way round: nobody alone makes an account and signs in with it.

    Raises:
        Forbidden: the actor may not.
        Conflict: an account is closed, or has a password; nothing is issued then.
    """
    today = timezone.localdate(now)
    found = []
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=[user.pk for user in users]).order_by("pk")
    for user in sorted(locked, key=attrgetter("username")):
        require(policy.may_issue_slip(actor, user))
        if user.has_usable_password() or not user.is_active:
            raise Conflict(_("%(who)s is closed or has a password already: no slip is issued.") % {"who": f"{user} ({user.username})"})
        user.set_unusable_password()
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        until = today + dt.timedelta(days=slips.VALID_DAYS)
        record(DirectoryVerb.ISSUE_SLIP, actor=actor, now=now, person=user, username=user.username, until=until.isoformat())
        found.append(Slip(user, slips.code_for(user, today), until))
    return found
