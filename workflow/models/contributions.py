"""What supporting agencies contribute to the report of the leads 配合材料: one a period that a supporter is asked for."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from agencies.models import User
from workflow.models.assignment import Assignment
from workflow.models.reports import StoredFile
from workflow.states import OPEN_CONTRIBUTION_STATES, ContributionState


class Contribution(models.Model):
    """What one supporting agency contributes for one period of its task.

    It belongs to the supporter's own part, so that it stays its words; every lead that reports on the same period collects the
    same row, so that nobody is asked twice for the same material.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="contributions", verbose_name=_("assignment"))
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"))
    on_demand = models.BooleanField(_("on demand"), default=False)
    due_on = models.DateField(_("due on"))
    state = FSMField(_("state"), choices=ContributionState.choices, default=ContributionState.ASKED, protected=True)
    text = models.TextField(_("contribution"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by"))
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by"))
    sent_at = models.DateTimeField(pgettext_lazy("contribution", "sent at"), null=True, blank=True)
    was_late = models.BooleanField(_("was late"), default=False)
    remark = models.TextField(_("remark"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["assignment", "period_start", "pk"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "period_start", "period_end", "on_demand"], name="workflow_contribution_once_a_period"
            ),
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="workflow_contribution_period"),
            models.CheckConstraint(condition=Q(state__in=ContributionState.values), name="workflow_contribution_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False) & ~Q(text=""), name="workflow_contribution_sent_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(author=F("reviewer")),
                name="workflow_contribution_released_by_another",
                violation_error_message=_("Nobody can approve their own work; ask a colleague."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.period_start}–{self.period_end}"

    @transition(
        field=state,
        source=[ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED],
        target=ContributionState.DRAFT,
    )
    def save_draft(self, author_id: int | None) -> None:
        """Keep what has been written so far; nobody has released it, whoever released what was returned."""
        self.author_id, self.reviewer_id = author_id, None

    @transition(field=state, source=ContributionState.DRAFT, target=ContributionState.AGENCY_REVIEW)
    def send_for_review(self) -> None:
        """Hand it to the agency's reviewer."""

    @transition(field=state, source=ContributionState.AGENCY_REVIEW, target=ContributionState.DRAFT)
    def send_back(self, remark: str) -> None:
        """Give it back to the officer inside the agency."""
        self.remark = remark

    @transition(field=state, source=ContributionState.AGENCY_REVIEW, target=ContributionState.SENT)
    def send(self, reviewer_id: int | None, now: dt.datetime, *, is_late: bool) -> None:
        """Release it to the leads 报送; late once stays late."""
        self.reviewer_id, self.sent_at, self.remark = reviewer_id, now, ""
        self.was_late = self.was_late or is_late

    @transition(field=state, source=ContributionState.SENT, target=ContributionState.RETURNED)
    def return_for_more(self, remark: str) -> None:
        """Be asked for more by a lead 退回补充."""
        self.remark = remark

    @transition(
        field=state,
        source=[ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED],
        target=ContributionState.WAIVED,
    )
    def waive(self) -> None:
        """Be told by a lead that nothing is needed 无需提供."""

    @transition(
        field=state,
        source=list(OPEN_CONTRIBUTION_STATES),
        target=ContributionState.PASSED_ON,
    )
    def pass_on(self) -> None:
        """Be asked of who takes the part over from now on; what was begun stays where it was written."""


class Material(StoredFile):
    """A file that a supporting agency sends with its contribution 配合材料附件."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="files", verbose_name=_("contribution"))

    class Meta:
        verbose_name = _("file of a contribution")
        verbose_name_plural = _("files of contributions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["contribution", "sha256"], name="workflow_material_once")]
