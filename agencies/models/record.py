"""The record of acts on the directory: who joined, left, delegated, was renamed, which alias was taught."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.chain import ChainedEvent


class DirectoryEvent(ChainedEvent):
    """One act on the directory: on an agency, on a person, or on a person in an agency."""

    CHAINED_FIELDS = ("person_id",)

    person = models.ForeignKey("agencies.User", models.PROTECT, null=True, related_name="+", verbose_name=_("concerning"))

    class Meta(ChainedEvent.Meta):
        verbose_name = _("directory record")
        verbose_name_plural = _("directory records")
