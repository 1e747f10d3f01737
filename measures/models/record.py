"""The record of acts on plans: uploaded, read, corrected, confirmed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import ChainedEvent


class PlanVerb(models.TextChoices):
    """The acts that the plans' record knows."""

    UPLOAD = "upload", _("Uploaded")
    READ = "read", _("Read")
    FAIL = "fail", _("Could not be read")
    EDIT = "edit", _("Corrected")
    UNDO = "undo", _("Correction undone")
    CONFIRM = "confirm", _("Confirmed")
    DISCARD = "discard", _("Discarded")
    SET_LADDER = "set_ladder", _("Reminders set")
    SET_CALENDAR = "set_calendar", _("Working days set")
    TAKE_OVER = "take_over", _("Taken over from the predecessor")


class PlanEvent(ChainedEvent):
    """One act on a plan or on an upload."""

    CHAINED_FIELDS = ("plan_id", "upload_id")

    plan = models.ForeignKey("measures.Plan", models.PROTECT, null=True, related_name="events", verbose_name=_("plan"))
    upload = models.ForeignKey("measures.Upload", models.PROTECT, null=True, related_name="events", verbose_name=_("upload"))

    class Meta(ChainedEvent.Meta):
        verbose_name = _("plan record")
        verbose_name_plural = _("plan records")
