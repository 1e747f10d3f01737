"""The closing round 办结销号: the leads declare, the others co-sign 会签, the coordinator signs off or returns."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from agencies.models import User
from workflow.models.assignment import Assignment
from workflow.models.task import Task
from workflow.states import SignOffState, Verdict


class SignOff(models.Model):
    """One closing round of a task; a returned task gets another."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="sign_offs", verbose_name=_("task"))
    round = models.PositiveSmallIntegerField(_("round"))
    state = FSMField(_("state"), choices=SignOffState.choices, default=SignOffState.COLLECTING, protected=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by"))
    requested_at = models.DateTimeField(_("requested at"))
    summary = models.TextField(_("summary of the result"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        ordering = ["task", "round"]
        constraints = [
            models.UniqueConstraint(fields=["task", "round"], name="workflow_signoff_round_once"),
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(state__in=["collecting", "under_review"]),
                name="workflow_signoff_one_open",
                violation_error_message=_("A closing round is open already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} #{self.round}"

    @transition(field=state, source=SignOffState.COLLECTING, target=SignOffState.UNDER_REVIEW)
    def submit(self) -> None:
        """Put it before the coordinator, with the answers there are."""

    @transition(field=state, source=SignOffState.UNDER_REVIEW, target=SignOffState.APPROVED)
    def approve(self, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Sign off 销号."""
        self.decided_by_id, self.opinion, self.decided_at = decided_by_id, opinion, now

    @transition(field=state, source=[SignOffState.COLLECTING, SignOffState.UNDER_REVIEW], target=SignOffState.RETURNED)
    def return_to_leads(self, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Send it back with an opinion."""
        self.decided_by_id, self.opinion, self.decided_at = decided_by_id, opinion, now

    @transition(field=state, source=[SignOffState.COLLECTING, SignOffState.UNDER_REVIEW], target=SignOffState.WITHDRAWN)
    def withdraw(self, now: dt.datetime) -> None:
        """Take it back."""
        self.decided_at = now


class CoSignature(models.Model):
    """What one agency answered in a closing round."""

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="co_signatures", verbose_name=_("sign-off"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="co_signatures", verbose_name=_("assignment"))
    verdict = models.CharField(pgettext_lazy("co-signature", "answer"), max_length=8, choices=Verdict, default=Verdict.WAITING)
    remark = models.TextField(_("remark"), blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("co-signature")
        verbose_name_plural = _("co-signatures")
        ordering = ["sign_off", "assignment__rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sign_off", "assignment"], name="workflow_cosignature_once"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.WAITING) | Q(signed_at__isnull=False), name="workflow_cosignature_answer_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["remark", "object"]) | ~Q(remark=""),
                name="workflow_cosignature_says_why",
                violation_error_message=_("Say what the remark or the objection is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.verdict}"
