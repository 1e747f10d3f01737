"""Files that people attach: how large they may be, the digest that tells one from another, and how they are taken away again."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.refusals import Invalid
from workflow.models import Evidence, Material

EVIDENCE_LIMIT = 20 * 1024 * 1024
"""The largest file, in bytes."""


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file that can be taken.

    Raises:
        Invalid: it is empty or larger than `EVIDENCE_LIMIT`.
    """
    if not content:
        raise Invalid(_("The file is empty."), "file")
    if len(content) > EVIDENCE_LIMIT:
        raise Invalid(_("The file is larger than %(limit)d MB.") % {"limit": EVIDENCE_LIMIT // 1024 // 1024}, "file")
    return hashlib.sha256(content).hexdigest()


def store(row: Evidence | Material, content: bytes) -> None:
    """Write the file and save its row."""
    row.file.save(row.sha256, ContentFile(content), save=False)
    row.save()


def remove(row: Evidence | Material) -> None:
    """Delete a row, and after the commit its file, unless another row has the same one."""
    stored = row.file
    row.delete()

    def delete_unused() -> None:
        if not any(model.objects.filter(file=stored.name).exists() for model in (Evidence, Material)):
            stored.delete(save=False)

    transaction.on_commit(delete_unused)
