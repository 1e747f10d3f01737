"""Upload a document 上传方案: keep the file, and have it read."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Forbidden, Invalid, NotYours, require
from measures import doorbell, policy
from measures.actions.door import record
from measures.importing.unreadable import Refusal, Unreadable
from measures.models import PlanVerb, Upload
from measures.refusals import word

LIMIT_MB = 20
LIMIT = LIMIT_MB * 1024 * 1024
OPEN = (Upload.State.WAITING, Upload.State.READ, Upload.State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The upload, and whether the same file was known already, so that nothing has changed."""

    upload: Upload
    is_new: bool


def refuse_size(size: int) -> None:
    """Refuse a file by its size alone, before anything of it is read.

    Raises:
        Invalid: it is empty or too large.
    """
    if size == 0:
        raise Invalid(word(Unreadable(Refusal.EMPTY)), "file")
    if size > LIMIT:
        raise Invalid(word(Unreadable(Refusal.TOO_LARGE, size=-(-size // (1024 * 1024)), limit=LIMIT_MB)), "file")


@transaction.atomic
def upload_document(*, actor: Actor, agency_id: int, filename: str, content: bytes, now: dt.datetime) -> Uploaded:
    """Keep a file and have it read. A file that the agency has in review or confirmed already is not taken twice.

    Args:
        actor: a coordinator of the agency.
        agency_id: who will coordinate the plan.
        filename: as it was called; only a hint.
        content: its bytes.
        now: when.

    Raises:
        Forbidden: the actor does not coordinate the agency.
        Invalid: the file is empty, too large, or plainly no document.
    """
    require(policy.may_upload(actor, agency_id))
    if actor.user_id is None:
        raise Forbidden(_("Somebody must do this in person."))
    refuse_size(len(content))
    # The agency's row is the lock under which two uploads of one file meet.
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).filter(pk=agency_id).first()
    if agency is None:
        raise NotYours
    digest = hashlib.sha256(content).hexdigest()
    known = Upload.objects.filter(agency=agency, file_sha256=digest, state__in=OPEN).order_by("-state", "-pk").first()
    if known is not None:
        return Uploaded(known, is_new=False)
    name = PurePath(filename.replace("\\", "/")).name.strip() or "document"
    upload = Upload(agency=agency, uploaded_by_id=actor.user_id, uploaded_at=now, filename=name[-255:], file_sha256=digest)
    # The name on disk is ours: what people call their files is no path.
    upload.file.save(f"{digest[:32]}.bin", ContentFile(content), save=False)
    upload.save()
    record(PlanVerb.UPLOAD, actor=actor, now=now, upload=upload, filename=upload.filename, sha256=digest, size=len(content))
    transaction.on_commit(doorbell.ring)
    return Uploaded(upload, is_new=True)
