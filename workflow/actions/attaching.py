"""Files that people attach: how large they may be, the digest that tells one from another, and how they are taken away again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid
from workflow.actions.door import log, person
from workflow.models import Evidence, Material, WorkPlanFile
from workflow.timeline import Entry, Verb

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

EVIDENCE_LIMIT = 20 * 1024 * 1024
"""The largest file, in bytes."""

KEPT_AS = (Evidence, Material, WorkPlanFile)
"""What files are kept as; the same content is one file, whoever attaches it to what."""

File = TypeVar("File", Evidence, Material, WorkPlanFile)

Noted = Callable[..., Entry]
"""Makes the line of the record from the verb and the name and digest of the file."""


def attach(files: RelatedManager[File], filename: str, content: bytes, *, actor: Actor, now: dt.datetime, noted: Noted) -> File:
    """Keep a file with those that something has already, and put it on record; the same content is kept once.

    Args:
        files: those it has.
        filename: as it was named by who attaches it.
        content: what is in it.
        actor: who attaches it.
        now: the moment.
        noted: makes the line of the record.

    Raises:
        Invalid: it is empty or larger than `EVIDENCE_LIMIT`.
    """
    if not content:
        raise Invalid(_("The file is empty."), "file")
    if len(content) > EVIDENCE_LIMIT:
        raise Invalid(_("The file is larger than %(limit)d MB.") % {"limit": EVIDENCE_LIMIT // 1024 // 1024}, "file")
    digest = hashlib.sha256(content).hexdigest()
    known = files.filter(sha256=digest).first()
    if known is not None:
        return known
    kept = files.create(
        file=ContentFile(content, name=digest),
        filename=filename[:255],
        size=len(content),
        sha256=digest,
        uploaded_by_id=person(actor),
        uploaded_at=now,
    )
    log(actor, now, noted(Verb.ATTACH, filename=kept.filename, sha256=kept.sha256))
    return kept


def detach(files: RelatedManager[File], file_id: int, *, actor: Actor, now: dt.datetime, noted: Noted) -> None:
    """Remove a file from those that something has; the record keeps its name and digest.

    Raises:
        Conflict: it is not there any more.
    """
    row = files.filter(pk=file_id).first()
    if row is None:
        raise Conflict(_("The file has been removed already."))
    log(actor, now, noted(Verb.DETACH, filename=row.filename, sha256=row.sha256))
    _remove(row)


def _remove(row: Evidence | Material | WorkPlanFile) -> None:
    """Delete a row, and after the commit its file, unless another row has the same one."""
    stored = row.file
    row.delete()

    def delete_unused() -> None:
        if not any(model.objects.filter(file=stored.name).exists() for model in KEPT_AS):
            stored.delete(save=False)

    transaction.on_commit(delete_unused)
