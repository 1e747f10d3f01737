"""Say whom a name of a document means, and, when asked, teach it to the directory."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actions.teach_alias import teach_alias
from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup
from agencies.refusals import Invalid
from measures.actions.door import lock_upload
from measures.actions.edit_upload import edit_upload
from measures.editing import SettleName, draft_of
from measures.models import Upload
from measures.reviewing import directory_day


@transaction.atomic
def settle_name(
    *,
    actor: Actor,
    upload_id: int,
    name: str,
    agency_id: int | None,
    group_id: int | None,
    remember: bool,
    now: dt.datetime,
    version: int | None = None,
) -> Upload:
    """Say whom a name means wherever the document uses it.

    Args:
        actor: a coordinator of the upload's agency.
        upload_id: the document.
        name: as the document means it.
        agency_id: the agency, or
        group_id: the group it means.
        remember: also teach the directory, so that the next document is understood by itself.
        now: when.
        version: what the actor's page showed.

    Raises:
        Invalid: there is no such agency or group.
        Conflict: the directory knows the name as that of another.
    """
    upload = lock_upload(actor, upload_id, version=version)
    agency = Agency.objects.filter(pk=agency_id).first() if agency_id is not None else None
    group = AgencyGroup.objects.filter(pk=group_id).first() if group_id is not None else None
    if agency is None and group is None:
        raise Invalid(_("Choose an agency or a group of the directory."), "target")
    if remember:
        on = directory_day(draft_of(upload.reading, upload.edits), timezone.localdate(now))
        teach_alias(actor=actor, now=now, name=name, agency=agency, group=group, on=on)
    edit = SettleName(name=name, agency_id=agency_id, group_id=group_id, label=agency.name if agency else str(group))
    return edit_upload(actor=actor, upload_id=upload_id, edit=edit, now=now, version=version)
