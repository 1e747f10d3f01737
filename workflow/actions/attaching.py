"""Files that people attach: how large they may be, the digest that tells one from another, and how they are taken away again."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.refusals import Invalid
from workflow.models import Evidence, Material, WorkPlanFile

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

EVIDENCE_LIMIT = 20 * 1024 * 1024
"""The largest file, in bytes."""

KEPT_AS = (Evidence, Material, WorkPlanFile)
"""What files are kept as; the same content is one file, whoever attaches it to what."""

File = TypeVar("File", Evidence, Material, WorkPlanFile)


def take(files: RelatedManager[File], filename: str, content: bytes, *, by: int, now: dt.datetime) -> tuple[File, bool]:
    """Keep a file with those that something has already, and tell whether it is new: the same content is kept once.

    Args:
        files: those it has.
        filename: as it was named by who attaches it.
        content: what is in it.
        by: the person who attaches it.
        now: the moment.

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
        return known, False
    kept = files.create(
        file=ContentFile(content, name=digest),
        filename=filename[:255],
        size=len(content),
        sha256=digest,
        uploaded_by_id=by,
        uploaded_at=now,
    )
    return kept, True


def remove(row: Evidence | Material | WorkPlanFile) -> None:
    """Delete a row, and after the commit its file, unless another row has the same one."""
    stored = row.file
    row.delete()

    def delete_unused() -> None:
        if not any(model.objects.filter(file=stored.name).exists() for model in KEPT_AS):
            stored.delete(save=False)

    transaction.on_commit(delete_unused)
