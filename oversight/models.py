"""The only rows this room writes: views of the ledger that people keep, and the counters that the database keeps for its boards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from measures.models import Plan, Target
from workflow.models import Task
from workflow.states import TaskState


class ReturnedSheet(models.Model):
    """A sheet of the ledger that came back: its rows, kept between the look at what they would change and the doing of it."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="returned_sheets", verbose_name=_("owner"))
    filename = models.CharField(_("file name"), max_length=255)
    returned_at = models.DateTimeField(_("returned at"))
    rows = models.JSONField(_("rows"), default=list)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    outcome = models.JSONField(_("outcome"), default=dict)

    class Meta:
        verbose_name = _("returned sheet")
        verbose_name_plural = _("returned sheets")
        ordering = ["-returned_at", "-pk"]

    def __str__(self) -> str:
        return self.filename


class SavedView(models.Model):
    """Filters and columns of the ledger under a name 常用视图, one person's, or shared inside an agency."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("owner"))
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared inside"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=40)
    query = models.TextField(_("query"), blank=True)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="oversight_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="oversight_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """How a task stands, kept by triggers (`oversight.counters`): its state, its place, and the earliest clock that runs.

    Attributes:
        began_on: the day it was dispatched, in Asia/Shanghai.
        alarm_on: the earliest due date among its own and those of its parts whose clock runs; None when no clock runs.
        closed_on: the day it was signed off; None while it is not.
    """

    task = models.OneToOneField(Task, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="standing")
    state = models.CharField(max_length=12, choices=TaskState)
    plan_id = models.BigIntegerField(null=True)
    section_id = models.BigIntegerField(null=True)
    began_on = models.DateField(null=True)
    alarm_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["alarm_on", "task"], name="oversight_standing_by_alarm"),
            models.Index(fields=["due_on", "task"], name="oversight_standing_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.state}"


class Tally(models.Model):
    """A counter, or a change to one that has not been folded into it yet; kept by triggers, read as the sum of `n`.

    Attributes:
        bin: all its keys in one text.
        grain: which keys it has, see `oversight.counters.facts`; the others are 0, empty or None.
        tie: whether the overseer issued the tasks or stands above their issuer.
    """

    bin = models.CharField(max_length=160)
    grain = models.CharField(max_length=16)
    tie = models.CharField(max_length=8)
    overseer_id = models.BigIntegerField()
    plan_id = models.BigIntegerField()
    section_id = models.BigIntegerField()
    agency_id = models.BigIntegerField()
    part = models.CharField(max_length=8)
    task_state = models.CharField(max_length=12)
    state = models.CharField(max_length=16)
    flags = models.CharField(max_length=8)
    due_on = models.DateField(null=True)
    began_on = models.DateField(null=True)
    n = models.BigIntegerField()
    fresh = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["grain", "overseer_id", "plan_id", "due_on"], name="oversight_tally_read"),
            models.Index(fields=["grain", "overseer_id", "agency_id"], name="oversight_tally_agency"),
            models.Index(fields=["bin"], name="oversight_tally_bin"),
            models.Index(fields=["id"], condition=Q(fresh=True), name="oversight_tally_fresh"),
        ]

    def __str__(self) -> str:
        return f"{self.bin} {self.n:+d}"


class TargetReading(models.Model):
    """How far a target had come on a day 指标完成值, as somebody reported it; never changed, a later reading of the same day stands."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="readings", verbose_name=_("target"))
    read_on = models.DateField(_("as of"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    source = models.CharField(_("source"), max_length=200, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("target reading")
        verbose_name_plural = _("target readings")
        ordering = ["target", "read_on", "pk"]

    def __str__(self) -> str:
        return f"{self.target_id} {self.read_on} {self.value}"


class Charge(models.Model):
    """What a leader is in charge of 分管: a plan or an agency, chosen by themselves; it makes their portfolio on the cockpit."""

    user = models.ForeignKey(User, models.CASCADE, related_name="charges", verbose_name=_("leader"))
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("plan"))
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("agency"))

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "plan"], name="oversight_charge_plan_once"),
            models.UniqueConstraint(fields=["user", "agency"], name="oversight_charge_agency_once"),
            models.CheckConstraint(condition=Q(plan__isnull=True) ^ Q(agency__isnull=True), name="oversight_charge_names_one"),
        ]

    def __str__(self) -> str:
        return str(self.plan or self.agency)
