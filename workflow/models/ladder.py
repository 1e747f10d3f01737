"""The ladder as data, what it has fired, and the working days that the calendar package does not know."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from measures.models import Plan
from workflow.models.assignment import Assignment


class CalendarDay(models.Model):
    """A day that is worked or not against what the calendar package says, with the notice that ordered it."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("is a working day"))
    notice = models.CharField(_("notice"), max_length=200)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class RungSetting(models.Model):
    """A rung of a plan's ladder where it differs from the house's; without a plan, of the house's where it differs from the built-in one.

    A row stands for the whole rung: what it leaves out is as in the built-in ladder, not as in the ladder above.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="rungs", verbose_name=_("plan"))
    rung = models.CharField(_("rung"), max_length=40)
    enabled = models.BooleanField(_("enabled"), default=True)
    working_days = models.SmallIntegerField(_("working days"), null=True, blank=True)
    audiences = models.JSONField(_("who is told"), null=True, blank=True, help_text=_("Left out, as in the built-in ladder."))

    makes_paper = models.BooleanField(_("makes its paper"), null=True, blank=True)
    channels = models.JSONField(_("channels"), null=True, blank=True, help_text=_("Empty leaves it to what each person has chosen."))

    class Meta:
        verbose_name = _("ladder rung")
        verbose_name_plural = _("ladder rungs")
        ordering = ["plan", "rung"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "rung"], name="workflow_rung_once_a_plan"),
            models.UniqueConstraint(fields=["rung"], condition=Q(plan__isnull=True), name="workflow_rung_once_by_default"),
        ]

    def __str__(self) -> str:
        return self.rung


class PlanTiming(models.Model):
    """Whether the ladder of a plan is switched on, and its own thresholds of the lights, empty for the house's.

    The row without a plan is the house's: only its thresholds are read.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, null=True, blank=True, related_name="timing", verbose_name=_("plan"))
    is_on = models.BooleanField(_("the ladder is switched on"), default=True)
    thresholds = models.JSONField(_("thresholds of the lights"), default=list, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("timing of a plan")
        verbose_name_plural = _("timings of plans")
        constraints = [models.UniqueConstraint(Coalesce("plan", 0), name="workflow_timing_once_a_plan")]

    def __str__(self) -> str:
        return str(self.plan or "")


class Firing(models.Model):
    """A rung has fired for an assignment and a due date; the unique key is what makes it fire once."""

    key = models.CharField(max_length=120)
    rung = models.CharField(_("rung"), max_length=40)
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, blank=True, related_name="firings", verbose_name=_("assignment"))
    fired_at = models.DateTimeField(_("fired at"))

    class Meta:
        verbose_name = _("fired rung")
        verbose_name_plural = _("fired rungs")
        ordering = ["-fired_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["key"], name="workflow_firing_once")]

    def __str__(self) -> str:
        return self.key
