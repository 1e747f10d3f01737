"""Put an uploaded document aside."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from measures import policy
from measures.actions.door import expect, lock_upload, record
from measures.models import PlanVerb, Upload


@transaction.atomic
def discard_upload(*, actor: Actor, upload_id: int, now: dt.datetime, version: int | None = None) -> Upload:
    """Put an upload aside that has not been confirmed; the file and the record stay.

    Raises:
        Conflict: it has become a plan already, or was discarded before.
    """
    upload = lock_upload(actor, upload_id, version=version)
    require(policy.may_review(actor, upload))
    expect(upload, Upload.State.WAITING, Upload.State.READ, Upload.State.FAILED)
    upload.discard()
    upload.version += 1
    upload.save()
    record(PlanVerb.DISCARD, actor=actor, now=now, upload=upload)
    return upload
