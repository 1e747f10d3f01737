"""The abstract chained record: each row carries the hash of the one before, so that no change goes unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.db import models, router, transaction
from django.utils.translation import gettext_lazy as _

from agencies.models import bulk

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


def locked_head(chain: str, using: str) -> ChainHead:
    """Return the head of a chain, locked until the caller's transaction ends; the first caller makes it."""
    heads = ChainHead.objects.using(using).select_for_update()
    head = heads.filter(chain=chain).first()
    if head is None:
        # Two first writers may meet here: one inserts, the other waits for it, inserts nothing and takes the same row.
        ChainHead.objects.using(using).bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        head = heads.get(chain=chain)
    return head


class ChainedEvent(models.Model):
    """One line of a record that is only ever appended to.

    A concrete subclass lists in `CHAINED_FIELDS` what else its hash covers (by attribute name, `task_id` rather than `task`),
    puts `AppendOnly` into a migration, and is written by `append` only.
    Names are copied in, so that a line still reads as it did when people and agencies have changed.
    """

    CHAINED_FIELDS: tuple[str, ...] = ()

    sequence = models.BigIntegerField(_("number"), unique=True, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    at = models.DateTimeField(_("at"), db_index=True)
    verb = models.CharField(_("act"), max_length=40)
    actor = models.ForeignKey("agencies.User", models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    actor_name = models.CharField(_("person"), max_length=150, blank=True)
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
    def chain(cls) -> str:
        """Return the name of the chain that the rows of this model form."""
        return cls._meta.label

    @classmethod
    def lines(cls) -> models.QuerySet[Self]:
        """Return the rows from the first to the last."""
        return cls._default_manager.order_by("sequence")

    @classmethod
    def append(cls, rows: list[Self]) -> list[Self]:
        """Append rows to the chain, in order, inside the caller's transaction.

        The head stays locked until that transaction ends. Whoever appends to several chains in one transaction appends to the
        directory's first, then to the plans', then to the tasks'.

        Args:
            rows: unsaved rows with everything set but `sequence`, `previous` and `digest`.

        Returns:
            The rows as saved.

        Raises:
            TransactionManagementError: outside a transaction.
            ValueError: a value that the databases would not give back as it was (a naive time, NUL, NaN, half a surrogate pair).
            TypeError: a value in `data` that JSON does not know.
        """
        if not rows:
            return []
        using = router.db_for_write(cls)
        if not transaction.get_connection(using).in_atomic_block:
            raise transaction.TransactionManagementError("A record is appended in the transaction of the act it records.")
        head = locked_head(cls.chain(), using)
        for row in rows:
            head.sequence += 1
            row.data = as_stored(row.data)
            row.sequence, row.previous = head.sequence, head.digest
            row.digest = head.digest = row.compute_digest()
        cls._default_manager.using(using).bulk_create(rows)
        head.save(using=using, update_fields=["sequence", "digest"])
        return rows

    @classmethod
    def append_lines(cls, lines: Sequence[Mapping[str, Any]], *, at: dt.datetime) -> None:
        """Append lines given by their values, as `append` does rows, without making a model of each; for sweeps.

        Args:
            lines: values by attribute (`task_id`, not `task`); what is left out is empty.
            at: when all of it happened.

        Raises:
            TransactionManagementError, ValueError, TypeError: as `append`.
        """
        if not lines:
            return
        using = router.db_for_write(cls)
        if not transaction.get_connection(using).in_atomic_block:
            raise transaction.TransactionManagementError("A record is appended in the transaction of the act it records.")
        empty = {field.attname: field.get_default() for field in cls._meta.concrete_fields if not field.primary_key}
        columns = sorted({"sequence", "previous", "digest", "data"}.union(*lines))
        shared = {name: at if name == "at" else value for name, value in empty.items() if name not in columns}
        head = locked_head(cls.chain(), using)
        rows = []
        for line in lines:
            head.sequence += 1
            values = {**empty, **line, "at": at, "sequence": head.sequence, "previous": head.digest}
            values["data"] = as_stored(values["data"])
            values["digest"] = head.digest = _digest(values, cls.CHAINED_FIELDS)
            rows.append([values[name] for name in columns])
        bulk.insert(cls, columns, rows, shared=shared)
        head.save(using=using, update_fields=["sequence", "digest"])

    def compute_digest(self) -> str:
        """Return the SHA-256 over the previous digest and everything the database stores of this row."""
        return _digest({name: getattr(self, name) for name in (*COVERED, *self.CHAINED_FIELDS)}, self.CHAINED_FIELDS)


COVERED = (
    "sequence", "previous", "at", "verb", "actor_id", "actor_name", "on_behalf_of_id", "agency_id", "agency_name", "comment", "data",
)  # fmt: skip
"""What the hash of every record covers, by attribute; a key stands there under the name of its field."""


def _digest(values: Mapping[str, Any], chained: Sequence[str]) -> str:
    """Return the SHA-256 over a row's values."""
    if values["at"].tzinfo is None:
        raise ValueError("The time of a record needs its time zone.")
    fields = {name.removesuffix("_id"): values[name] for name in COVERED}
    fields["at"] = values["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields.update({name: values[name] for name in chained})
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if "\\u0000" in canonical.replace(r"\\", ""):
        raise ValueError("A record cannot hold the character NUL.")
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_stored(value: object) -> Any:
    """Return a JSON value as every database gives it back.

    Keys become text and tuples lists. A number without a fraction becomes an integer, for PostgreSQL keeps decimal numbers and
    knows neither 1e16 nor -0.0; text stays as it is, never normalised.

    Raises:
        TypeError: for what JSON does not know (dates, decimals, models: turn them into text first).
        ValueError: for NaN and the infinities.
    """
    if isinstance(value, dict) and all(type(key) is str and type(entry) is str for key, entry in value.items()):
        return dict(value)
    return json.loads(json.dumps(value, allow_nan=False), parse_float=_number)


def _number(written: str) -> int | float:
    number = float(written)
    return int(number) if number.is_integer() else number
