"""The outbox: one row for each notice on each channel, which is the truth about it; and the day's digests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import User
from notifications.topics import Topic


def as_answered(words: str) -> str:
    """Return what somebody outside answered as it can be kept: in one line of printable characters (a mail server may answer NUL)."""
    return "".join(character if character.isprintable() else " " for character in words)[:500]


class Digest(models.Model):
    """What is not urgent, sent to a person once a day: the unique row is what makes it once."""

    recipient = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("recipient"))
    day = models.DateField(_("day"))
    composer = models.UUIDField(editable=False)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="notifications_digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.day}"


class Message(models.Model):
    """A notice to one recipient by one channel; no foreign key looks the recipient up, see `InboxItem`."""

    class State(models.TextChoices):
        """What has become of it."""

        QUEUED = "queued", _("Queued")
        WAITING = "waiting", _("Waiting for the digest")
        DIGESTED = "digested", _("In a digest")
        SENT = "sent", _("Sent")
        SUPERSEDED = "superseded", _("Superseded")
        WITHHELD = "withheld", _("Withheld")
        GIVEN_UP = "given_up", _("Given up")

    key = models.CharField(_("key"), max_length=200)
    recipient = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", db_index=False, db_constraint=False, verbose_name=_("recipient"),
        help_text=_("Nobody for a channel that speaks to a room."),
    )  # fmt: skip
    channel = models.CharField(_("channel"), max_length=20)
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    urgent = models.BooleanField(_("urgent"), default=False)
    channel_named = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether its channel was named with the notice, so that it is sent whatever the recipient has chosen."""
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    link = models.CharField(_("link"), max_length=300, blank=True)
    subject_ref = models.CharField(_("about"), max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answer = models.CharField(pgettext_lazy("provider", "answer"), max_length=500, blank=True)
    message_id = models.CharField(_("message id"), max_length=120)
    digest = models.ForeignKey(
        Digest, models.PROTECT, null=True, blank=True, related_name="items", db_index=False, verbose_name=_("digest"),
        help_text=_("The digest this notice went into."),
    )  # fmt: skip
    carries = models.OneToOneField(
        Digest, models.PROTECT, null=True, blank=True, related_name="carrier", verbose_name=_("carries"),
        help_text=_("The digest that this message brings."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="notifications_msg_due", condition=Q(state="queued")),
            models.Index(fields=["recipient", "created_at"], name="notifications_msg_waiting", condition=Q(state="waiting")),
            models.Index(fields=["recipient", "channel", "sent_at"], name="notifications_msg_sent", condition=Q(state="sent")),
            models.Index(fields=["digest"], name="notifications_msg_digested", condition=Q(digest__isnull=False)),
            models.Index(fields=["subject_ref"], name="notifications_msg_about", condition=Q(state__in=["queued", "waiting"])),
            models.Index(fields=["created_at", "id"], name="notifications_msg_given_up", condition=Q(state="given_up")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="notifications_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "waiting", "digested", "sent", "superseded", "withheld", "given_up"]),
                name="notifications_message_state_known",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="notifications_message_sent_has_a_time"),
            models.CheckConstraint(condition=~Q(state="digested") | Q(digest__isnull=False), name="notifications_message_digested_where"),
        ]

    def __str__(self) -> str:
        return self.key
