"""Revoking a delegation before its time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import Delegation, DirectoryVerb
from agencies.permissions import sync_person
from agencies.refusals import Conflict, require


@transaction.atomic
def revoke_delegation(*, actor: Actor, now: dt.datetime, delegation: Delegation, comment: str = "") -> Delegation:
    """End a delegation now.

    Raises:
        Forbidden: the actor may not.
        Conflict: it has ended or was revoked already.
    """
    locked = Delegation.objects.select_for_update(of=("self",), no_key=True).select_related("agency", "delegate", "delegator")
    delegation = locked.get(pk=delegation.pk)
    require(policy.may_revoke_delegation(actor, delegation))
    if delegation.revoked_at is not None or delegation.ends_at <= now:
        raise Conflict(_("This delegation has ended already."))
    delegation.revoked_at = now
    delegation.save(update_fields=["revoked_at"])
    sync_person(delegation.delegate, now=now)
    record(
        DirectoryVerb.REVOKE_DELEGATION,
        actor=actor,
        now=now,
        agency=delegation.agency,
        person=delegation.delegator,
        comment=comment,
        delegation=delegation.pk,
        deputy=delegation.delegate_id,
        deputy_name=delegation.delegate.name,
    )
    return delegation
