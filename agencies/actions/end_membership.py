"""Ending a membership: a person leaves a role in an agency."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import DirectoryVerb, Membership, User
from agencies.permissions import sync_person
from agencies.refusals import Conflict, require


@transaction.atomic
def end_membership(*, actor: Actor, now: dt.datetime, membership: Membership, last_day: dt.date | None = None, comment: str = "") -> None:
    """End a membership after a day; when none is said, at once, which makes yesterday its last.

    One that has not lasted a day is removed: the record keeps that it was given and taken.

    Raises:
        Forbidden: the actor may not.
        Conflict: it has ended already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    membership = Membership.objects.select_for_update(no_key=True).select_related("agency").get(pk=membership.pk)
    require(policy.may_end_membership(actor, membership))
    today = timezone.localdate(now)
    last_day = last_day or today - dt.timedelta(days=1)
    if membership.ends_on is not None and membership.ends_on < today:
        raise Conflict(_("This membership has ended already."))
    removed = last_day < membership.starts_on
    if removed:
        Membership.objects.filter(pk=membership.pk).delete()
    else:
        membership.ends_on = last_day
        membership.save(update_fields=["ends_on"])
    sync_person(user, now=now)
    record(
        DirectoryVerb.END_MEMBERSHIP,
        actor=actor,
        now=now,
        agency=membership.agency,
        person=user,
        comment=comment,
        membership=membership.pk,
        role=membership.role,
        last_day=None if removed else last_day.isoformat(),
    )
