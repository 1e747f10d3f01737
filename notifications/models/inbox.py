"""The in-app inbox: a notice lies there from the moment its cause is committed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from notifications.topics import Topic


class InboxItem(models.Model):
    """A notice in a person's in-app inbox.

    No foreign key looks up the recipient of each one, which is dear where a rung tells thousands. On PostgreSQL a trigger looks up those
    of a statement together and refuses an account that does not exist, another one refuses to delete an account to which there are notices;
    everywhere whoever writes notices has read the accounts in the same transaction, and accounts are closed, never deleted.
    """

    key = models.CharField(_("key"), max_length=200)
    recipient = models.ForeignKey(
        User, models.CASCADE, related_name="+", db_index=False, db_constraint=False, verbose_name=_("recipient")
    )  # fmt: skip
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    urgent = models.BooleanField(_("urgent"), default=False)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    link = models.CharField(_("link"), max_length=300, blank=True)
    subject_ref = models.CharField(_("about"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbox notice")
        verbose_name_plural = _("inbox notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notifications_inbox_list"),
            models.Index(fields=["recipient", "-created_at", "-id"], name="notifications_inbox_unread", condition=Q(read_at__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="notifications_inbox_once")]

    def __str__(self) -> str:
        return self.subject

    @property
    def more(self) -> str:
        """Return what the text says beyond the subject, which most texts begin with."""
        return self.body.removeprefix(self.subject).strip()
