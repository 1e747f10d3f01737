"""Delegating: one person acts for another in an agency until a moment."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import Agency, Delegation, DirectoryVerb, Membership, User
from agencies.models.agency import in_force
from agencies.permissions import sync_person
from agencies.refusals import Conflict, Invalid, require


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    now: dt.datetime,
    delegator: User,
    deputy: User,
    agency: Agency,
    ends_at: dt.datetime,
    reason: str,
    starts_at: dt.datetime | None = None,
) -> Delegation:
    """Let a colleague act for a person in an agency until a moment.

    What is lent is what the absent person holds there by their own memberships, as long as they hold it; what was lent to them is
    not lent on, and the right to decide over people is never lent.

    Raises:
        Forbidden: the actor may not.
        Invalid: no reason, an end in the past or before the start, or to oneself.
        Conflict: one of the two is not a member of the agency, an account is closed, or the same delegation exists at that time.
    """
    people = {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=[delegator.pk, deputy.pk]).order_by("pk")}
    require(policy.may_delegate(actor, delegator=delegator, delegate=deputy, agency=agency))
    starts_at = starts_at or now
    if delegator.pk == deputy.pk:
        raise Invalid(_("Nobody can delegate to themselves."), "deputy")
    if not reason.strip():
        raise Invalid(_("Say why."), "reason")
    if ends_at <= max(starts_at, now):
        raise Invalid(_("A delegation ends after it starts."), "ends_at")
    today = timezone.localdate(now)
    members = set(Membership.objects.filter(in_force(today), agency=agency, user__in=people).values_list("user_id", flat=True))
    for user in people.values():
        if not user.is_active:
            raise Conflict(_("The account of %(person)s is closed.") % {"person": user})
        if user.pk not in members:
            raise Conflict(_("%(person)s is not a member of %(agency)s.") % {"person": user, "agency": agency})
    same = Delegation.objects.filter(delegator=delegator, delegate=deputy, agency=agency, revoked_at__isnull=True)
    if same.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise Conflict(_("This delegation exists already for that time."))
    delegation = Delegation.objects.create(
        delegator=delegator, delegate=deputy, agency=agency, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )
    sync_person(deputy, now=now)
    record(
        DirectoryVerb.DELEGATE,
        actor=actor,
        now=now,
        agency=agency,
        person=delegator,
        comment=delegation.reason,
        delegation=delegation.pk,
        deputy=deputy.pk,
        deputy_name=deputy.name,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    return delegation
