"""Progress reports 进展报告, one a period that an assignment owes, and their evidence."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agencies.models import User
from workflow.models.assignment import Assignment
from workflow.states import ReportState


class Report(models.Model):
    """What one agency reports for one period; the row is made ahead, so that a missing report is a row too."""

    class Confidence(models.TextChoices):
        """How sure the owner is of the forecast."""

        HIGH = "high", _("On course")
        MEDIUM = "medium", _("Some risk")
        LOW = "low", _("At risk")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reports", verbose_name=_("assignment"))
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"))
    on_demand = models.BooleanField(_("on demand"), default=False)
    due_on = models.DateField(_("due on"))
    state = FSMField(_("state"), choices=ReportState.choices, default=ReportState.DUE, protected=True)
    was_missed = models.BooleanField(_("was missed"), default=False)
    done = models.TextField(_("done"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    problems = models.TextField(_("problems"), blank=True)
    help_needed = models.TextField(_("help needed"), blank=True)
    percent = models.PositiveSmallIntegerField(_("progress in percent"), null=True, blank=True)
    forecast_on = models.DateField(_("expected to be done on"), null=True, blank=True)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence, blank=True)
    reviewer_confidence = models.CharField(_("confidence of the reviewer"), max_length=8, choices=Confidence, blank=True)
    stage = models.CharField(_("stage"), max_length=100, blank=True)
    written_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name=_("written together with"),
    )  # fmt: skip
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("written by"))
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    remark = models.TextField(_("remark of the reviewer"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["assignment", "period_start", "pk"]
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["due", "draft", "agency_review"], was_missed=False),
                name="workflow_report_not_missed",
            ),
            models.Index(fields=["submitted_at", "id"], condition=Q(state="submitted"), name="workflow_report_to_accept"),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=["submitted", "accepted"]) & ~Q(help_needed=""),
                name="workflow_report_asks_help",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "period_start", "period_end"], condition=Q(on_demand=False), name="workflow_report_once_a_period"
            ),
            models.CheckConstraint(condition=Q(written_with__isnull=True) | ~Q(written_with=F("pk")), name="workflow_report_with_another"),
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="workflow_report_period"),
            models.CheckConstraint(condition=Q(percent__isnull=True) | Q(percent__lte=100), name="workflow_report_percent"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="workflow_report_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"]) | Q(submitted_at__isnull=False),
                name="workflow_report_submitted_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.period_start}–{self.period_end}"

    @transition(field=state, source=[ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED], target=ReportState.DRAFT)
    def save_draft(self, author_id: int | None) -> None:
        """Keep what has been written so far; nobody has released it, whoever released what was returned."""
        self.author_id = author_id
        self.reviewer_id, self.reviewer_confidence = None, ""

    @transition(field=state, source=ReportState.DRAFT, target=ReportState.AGENCY_REVIEW)
    def send_for_review(self) -> None:
        """Hand it to the agency's reviewer."""

    @transition(field=state, source=ReportState.AGENCY_REVIEW, target=ReportState.DRAFT)
    def send_back(self, remark: str) -> None:
        """Give it back to the officer inside the agency."""
        self.remark = remark

    @transition(field=state, source=ReportState.AGENCY_REVIEW, target=ReportState.SUBMITTED)
    def submit(self, reviewer_id: int | None, confidence: str, now: dt.datetime) -> None:
        """Release it to the issuer 报送, with what the reviewer thinks of the forecast."""
        self.reviewer_confidence = confidence
        self.reviewer_id, self.submitted_at, self.remark = reviewer_id, now, ""

    @transition(field=state, source=ReportState.SUBMITTED, target=ReportState.ACCEPTED)
    def accept(self) -> None:
        """Take it into the ledger 采用."""

    @transition(field=state, source=ReportState.SUBMITTED, target=ReportState.RETURNED)
    def return_for_more(self, remark: str) -> None:
        """Ask for more 退回补报."""
        self.remark = remark

    @transition(field=state, source=[ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED], target=ReportState.WAIVED)
    def waive(self) -> None:
        """Do without it 免报."""


class StoredFile(models.Model):
    """A file that somebody has attached, with who and when, and the digest that tells it from any other."""

    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/")
    filename = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename


class Evidence(StoredFile):
    """A file that supports a report 佐证材料."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="evidence", verbose_name=_("report"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "sha256"], name="workflow_evidence_once")]
