"""The record of acts on the directory: who joined, left, delegated, was renamed, which alias was taught."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.models.chain import ChainedEvent


class DirectoryEvent(ChainedEvent):
    """One act on the directory."""

    class Meta(ChainedEvent.Meta):
        verbose_name = _("directory record")
        verbose_name_plural = _("directory records")
