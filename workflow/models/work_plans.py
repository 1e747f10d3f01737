"""A lead's own plan 落实方案: how it will get its part done, in steps with a day each, kept beside the stages of the coordinator."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agencies.models import User
from workflow.models.assignment import Assignment
from workflow.models.reports import StoredFile
from workflow.states import OPEN_WORK_PLAN_STATES, RECORDED_WORK_PLAN_STATES, WorkPlanState


class WorkPlan(models.Model):
    """One version of the plan of one lead.

    It belongs to the lead's part. Its reviewer puts it on record, where it takes the next number; the version before stays to be read.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="work_plans", verbose_name=_("assignment"))
    number = models.PositiveSmallIntegerField(_("number of the version"), null=True, blank=True)
    state = FSMField(_("state"), choices=WorkPlanState.choices, default=WorkPlanState.DRAFT, protected=True)
    text = models.TextField(_("how it will be done"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by"))
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by"))
    filed_at = models.DateTimeField(_("put on record at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("work plan")
        verbose_name_plural = _("work plans")
        ordering = ["assignment", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="workflow_workplan_number_once"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state__in=OPEN_WORK_PLAN_STATES),
                name="workflow_workplan_one_open",
                violation_error_message=_("A work plan is being written already."),
            ),
            models.UniqueConstraint(fields=["assignment"], condition=Q(state="filed"), name="workflow_workplan_one_in_force"),
            models.CheckConstraint(condition=Q(state__in=WorkPlanState.values), name="workflow_workplan_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=RECORDED_WORK_PLAN_STATES) | Q(filed_at__isnull=False, number__gte=1) & ~Q(text=""),
                name="workflow_workplan_filed_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=RECORDED_WORK_PLAN_STATES) | ~Q(author=F("reviewer")),
                name="workflow_workplan_released_by_another",
                violation_error_message=_("Nobody can approve their own work; ask a colleague."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.number or self.state}"

    @transition(field=state, source=WorkPlanState.DRAFT, target=WorkPlanState.DRAFT)
    def save_draft(self, author_id: int | None) -> None:
        """Keep what has been written so far."""
        self.author_id = author_id

    @transition(field=state, source=WorkPlanState.DRAFT, target=WorkPlanState.AGENCY_REVIEW)
    def send_for_review(self) -> None:
        """Hand it to the agency's reviewer."""

    @transition(field=state, source=WorkPlanState.AGENCY_REVIEW, target=WorkPlanState.DRAFT)
    def send_back(self, remark: str) -> None:
        """Give it back to the officer inside the agency."""
        self.remark = remark

    @transition(field=state, source=WorkPlanState.AGENCY_REVIEW, target=WorkPlanState.FILED)
    def file(self, number: int, reviewer_id: int | None, now: dt.datetime) -> None:
        """Put it on record 报备, as the version that is in force from now on."""
        self.number, self.reviewer_id, self.filed_at, self.remark = number, reviewer_id, now, ""

    @transition(field=state, source=WorkPlanState.FILED, target=WorkPlanState.REPLACED)
    def replace(self) -> None:
        """Give way to a later version; it stays to be read."""


class WorkStep(models.Model):
    """A step of a lead's plan: what is to be done until which day, and who is responsible for it inside the agency."""

    work_plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="steps", verbose_name=_("work plan"))
    day = models.DateField(_("day"))
    what = models.CharField(_("what is done until then"), max_length=300)
    responsible = models.CharField(_("who is responsible"), max_length=100)

    class Meta:
        verbose_name = _("step of a work plan")
        verbose_name_plural = _("steps of work plans")
        ordering = ["work_plan", "day", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what="") & ~Q(responsible=""), name="workflow_workstep_says_what_and_who"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what}"


class WorkPlanFile(StoredFile):
    """A file that a lead keeps with its plan 落实方案附件."""

    work_plan = models.ForeignKey(WorkPlan, models.PROTECT, related_name="files", verbose_name=_("work plan"))

    class Meta:
        verbose_name = _("file of a work plan")
        verbose_name_plural = _("files of work plans")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["work_plan", "sha256"], name="workflow_workplanfile_once")]
