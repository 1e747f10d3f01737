"""The ladder as data, what it has fired, and the working days that the calendar package does not know."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from measures.models import Plan
from workflow.models.assignment import Assignment
from workflow.models.task import Task


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
    """A rung of a plan's ladder where it differs from the default ladder; `plan` empty is the house default."""

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="rungs", verbose_name=_("plan"))
    rung = models.CharField(_("rung"), max_length=40)
    enabled = models.BooleanField(_("enabled"), default=True)
    working_days = models.SmallIntegerField(_("working days"), null=True, blank=True)

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


class Firing(models.Model):
    """A rung has fired for an assignment and a due date; the unique key is what makes it fire once."""

    key = models.CharField(max_length=120)
    rung = models.CharField(_("rung"), max_length=40)
    task = models.ForeignKey(Task, models.CASCADE, related_name="firings", verbose_name=_("task"))
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, blank=True, related_name="firings", verbose_name=_("assignment"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency"))
    fired_at = models.DateTimeField(_("fired at"))

    class Meta:
        verbose_name = _("fired rung")
        verbose_name_plural = _("fired rungs")
        ordering = ["-fired_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["key"], name="workflow_firing_once")]

    def __str__(self) -> str:
        return self.key
