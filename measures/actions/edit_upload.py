"""Correct what was read, and take a correction back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from measures import policy
from measures.actions.door import expect, lock_upload, record
from measures.correction import CannotEdit, Edit, Why
from measures.editing import draft_of
from measures.models import PlanVerb, Upload

MOST_EDITS = 5000
WORDS: dict[Why, Promise] = {
    Why.GONE: _("What you wanted to correct is not there any more."),
    Why.EMPTY: _("This must be filled in."),
    Why.NO_NUMBER: _("This is not a number."),
    Why.NO_DATE: _("This is not a date."),
    Why.NOT_ADJACENT: _("Only measures that follow each other can be merged."),
    Why.NO_SENTENCE: _("Choose the sentences after which a new measure begins; the last one is not among them."),
    Why.NAMED_TWICE: _("This agency has a part in this measure already."),
    Why.NOT_A_ROLE: _("Choose one of the parts."),
    Why.HERE_ALREADY: _("This passage is part of a measure already."),
}


@transaction.atomic
def edit_upload(*, actor: Actor, upload_id: int, edit: Edit, now: dt.datetime, version: int | None = None) -> Upload:
    """Add a correction to those of an upload in review.

    Raises:
        Conflict: it is not in review, or has changed since.
        Invalid: the correction does not fit what is there.
    """
    upload = lock_upload(actor, upload_id, version=version)
    require(policy.may_review(actor, upload))
    expect(upload, Upload.State.READ)
    if len(upload.edits) >= MOST_EDITS:
        raise Conflict(translate("This document has been corrected too often; discard it and upload a better file."))
    try:
        edit.apply(draft_of(upload.reading, upload.edits))
    except CannotEdit as refused:
        raise Invalid(WORDS[refused.why]) from refused
    kept = edit.to_json()
    upload.edits = [*upload.edits, {**kept, "by": actor.user_id, "by_name": actor.name, "at": now.isoformat()}]
    upload.version += 1
    upload.save(update_fields=["edits", "version"])
    record(PlanVerb.EDIT, actor=actor, now=now, upload=upload, edit=kept)
    return upload


@transaction.atomic
def undo_edit(*, actor: Actor, upload_id: int, now: dt.datetime, version: int | None = None) -> Upload:
    """Take the last correction back.

    Raises:
        Conflict: there is none, or the upload has changed since.
    """
    upload = lock_upload(actor, upload_id, version=version)
    require(policy.may_review(actor, upload))
    expect(upload, Upload.State.READ)
    if not upload.edits:
        raise Conflict(translate("There is no correction to take back."))
    *rest, last = upload.edits
    upload.edits = rest
    upload.version += 1
    upload.save(update_fields=["edits", "version"])
    record(PlanVerb.UNDO, actor=actor, now=now, upload=upload, edit=last)
    return upload
