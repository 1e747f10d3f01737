"""What each person wants to be told by which channel."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from notifications.topics import Topic


class Preference(models.Model):
    """A person's choice for one topic on one channel; without a row the default holds, and never less than the floor."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    channel = models.CharField(_("channel"), max_length=20)
    enabled = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [models.UniqueConstraint(fields=["user", "topic", "channel"], name="notifications_preference_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.topic} {self.channel}"
