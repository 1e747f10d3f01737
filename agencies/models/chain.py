"""The abstract chained record: each row carries the hash of the one before, so that no change goes unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

GENESIS = "0" * 64


class ChainHead(models.Model):
    """The tip of one chain; appending locks this row, so that a chain never forks."""

    chain = models.CharField(max_length=40, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        verbose_name = _("chain head")
        verbose_name_plural = _("chain heads")

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"


class ChainedEvent(models.Model):
    """One line of a record that is only ever appended to.

    A concrete subclass lists in `CHAINED_FIELDS` what else its hash covers, and is written by `append` only.
    Names are copied in, so that a line still reads as it did when people and agencies have changed.
    """

    CHAINED_FIELDS: tuple[str, ...] = ()

    sequence = models.BigIntegerField(_("number"), unique=True, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    at = models.DateTimeField(_("at"), db_index=True)
    verb = models.CharField(_("act"), max_length=40)
    actor = models.ForeignKey("agencies.User", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    actor_name = models.CharField(_("person"), max_length=60, blank=True)
    on_behalf_of = models.ForeignKey("agencies.User", models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of"))
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    agency_name = models.CharField(_("agency"), max_length=120, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        abstract = True
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"

    @classmethod
    def append(cls, rows: list[Self]) -> list[Self]:
        """Append rows to the chain, in order, inside the caller's transaction.

        Args:
            rows: unsaved rows with everything set but `sequence`, `previous` and `digest`.

        Returns:
            The rows as saved.
        """
        if not rows:
            return []
        ChainHead.objects.get_or_create(chain=cls._meta.label)
        head = ChainHead.objects.select_for_update().get(chain=cls._meta.label)
        for row in rows:
            head.sequence += 1
            row.sequence, row.previous = head.sequence, head.digest
            row.digest = head.digest = row.compute_digest()
        cls._default_manager.bulk_create(rows)
        head.save(update_fields=["sequence", "digest"])
        return rows

    def compute_digest(self) -> str:
        """Return the SHA-256 over the previous digest and everything the database stores of this row."""
        fields: dict[str, Any] = {
            "sequence": self.sequence,
            "previous": self.previous,
            "at": self.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "verb": self.verb,
            "actor": self.actor_id,
            "actor_name": self.actor_name,
            "on_behalf_of": self.on_behalf_of_id,
            "agency": self.agency_id,
            "agency_name": self.agency_name,
            "comment": self.comment,
            "data": self.data,
            **{name: getattr(self, name) for name in self.CHAINED_FIELDS},
        }
        canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
