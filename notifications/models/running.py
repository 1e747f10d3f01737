"""How the running of it goes: signs of life of the scheduler, and which channels answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When something that runs by itself last showed that it does."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class ChannelHealth(models.Model):
    """Whether a channel can be reached; after some failures in a row it rests, so that the others are not held up."""

    channel = models.CharField(_("channel"), max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    answer = models.CharField(_("last answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("channel state")
        verbose_name_plural = _("channel states")

    def __str__(self) -> str:
        return self.channel
