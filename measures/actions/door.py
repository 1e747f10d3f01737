"""The steps every act on an upload takes: load and lock what the actor may see, refuse a stale page, keep, record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Conflict, NotYours
from measures import policy
from measures.models import Plan, PlanEvent, PlanVerb, Upload


def lock_upload(actor: Actor, upload_id: int, *, version: int | None = None) -> Upload:
    """Return an upload, locked until the transaction ends.

    Args:
        actor: must be able to see it.
        upload_id: primary key.
        version: what the actor's page showed; None when the caller has no page.

    Raises:
        NotYours: there is none that the actor may see.
        Conflict: it has changed since.
    """
    visible = Upload.objects.all() if actor.is_system else policy.uploads_visible_to(actor)
    upload = visible.select_for_update(of=("self",), no_key=True).select_related("agency").filter(pk=upload_id).first()
    if upload is None:
        raise NotYours
    if version is not None and version != upload.version:
        raise Conflict(_("Somebody has corrected this document since you opened the page. Load it again and look at what has changed."))
    return upload


def expect(upload: Upload, *states: str) -> None:
    """Go on when the upload is in one of the states.

    Raises:
        Conflict: it is not.
    """
    if upload.state not in states:
        raise Conflict(_("This is not possible any more: the document is “%(state)s”.") % {"state": upload.get_state_display()})


def record(
    verb: PlanVerb, *, actor: Actor, now: dt.datetime, upload: Upload, plan: Plan | None = None, comment: str = "", **data: Any
) -> PlanEvent:
    """Append an act to the record of plans, in the act's own transaction."""
    agency: Agency = upload.agency
    event = PlanEvent(
        at=now,
        verb=verb.value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        on_behalf_of_id=actor.on_behalf_of("coordinate", agency.pk),
        agency=agency,
        agency_name=agency.name,
        plan=plan,
        upload=upload,
        comment=comment,
        data=data,
    )
    return PlanEvent.append([event])[0]
