"""A plan 方案 as it was confirmed: its exact text, and what it orders, each with its span in that text."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, AgencyGroup
from measures.numbering import numbered


class Plan(models.Model):
    """An action plan: the document and who sees to it."""

    title = models.CharField(_("title"), max_length=300)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    issuer = models.ForeignKey(Agency, models.PROTECT, related_name="plans_issued", verbose_name=pgettext_lazy("paper", "issuer"))
    coordinator = models.ForeignKey(
        Agency,
        models.PROTECT,
        related_name="plans_coordinated",
        verbose_name=_("coordinating agency"),
        help_text=_("The office that dispatches and signs off; often that of the issuer."),
    )
    issued_on = models.DateField(_("date of the document"), null=True, blank=True)
    horizon = models.DateField(_("horizon"), null=True, blank=True, help_text=_("The day by which the plan is to be done."))
    text = models.TextField(_("text"))
    sha256 = models.CharField("SHA-256", max_length=64)
    basis = models.JSONField(_("basis documents"), default=list, blank=True)
    aliases = models.JSONField(_("names defined by the document"), default=list, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"))
    earlier = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("edition before this one")
    )

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-confirmed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["coordinator", "sha256"],
                name="measures_plan_text_once",
                violation_error_message=_("This text has been confirmed already."),
            ),
            models.CheckConstraint(condition=Q(earlier__isnull=True) | ~Q(earlier=F("pk")), name="measures_plan_not_its_own_edition"),
        ]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A heading of a plan and what stands under it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections", verbose_name=_("plan"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("parent"))
    number = models.CharField(_("number"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=300)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["plan", "start", "pk"]
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="measures_section_span")]

    def __str__(self) -> str:
        return numbered(self.number, self.title)


class Measure(models.Model):
    """A measure 措施: a numbered item of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures", verbose_name=_("plan"))
    section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="measures", verbose_name=_("section"))
    number = models.CharField(_("number"), max_length=40)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"))
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    deadline_text = models.CharField(_("deadline as written"), max_length=200, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["plan", "start", "pk"]
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="measures_measure_span")]

    def __str__(self) -> str:
        return numbered(self.number, self.title)


class Responsibility(models.Model):
    """A responsibility 责任分工: which agency or group has which part in a measure, and where the text says so."""

    class Role(models.TextChoices):
        """The part an agency has."""

        LEAD = "lead", _("Lead")
        SUPPORT = "support", _("Support")
        GUIDING = "guiding", _("Guiding")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="responsibilities", verbose_name=_("measure"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name=_("agency"))
    group = models.ForeignKey(AgencyGroup, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name=_("group"))
    name_as_written = models.CharField(_("name as written"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    rank = models.PositiveSmallIntegerField(_("rank"))
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    confidence = models.FloatField(pgettext_lazy("reading", "confidence"), default=1.0)
    read_as = models.CharField(_("how it was read"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["measure", "rank", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="measures_responsibility_span"),
            models.CheckConstraint(
                condition=~Q(agency__isnull=False, group__isnull=False),
                name="measures_responsibility_names_one",
                violation_error_message=_("A responsibility lies with an agency or with a group, not with both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_as_written} · {self.get_role_display()}"

    @property
    def is_resolved(self) -> bool:
        """Tell whether the directory knows whom the name means."""
        return self.agency_id is not None or self.group_id is not None


class Target(models.Model):
    """A quantified target 目标指标."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="targets", verbose_name=_("plan"))
    metric = models.CharField(_("metric"), max_length=200)
    comparator = models.CharField(_("comparator"), max_length=20)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["plan", "start", "pk"]

    def __str__(self) -> str:
        return f"{self.metric} {self.comparator} {self.amount}{self.unit}"

    @property
    def amount(self) -> str:
        """Return the value as it is written, without the zeros that the database adds."""
        return f"{self.value.normalize():f}"
