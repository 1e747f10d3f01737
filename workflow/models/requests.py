"""Decisions as rows: more time, "not ours", a stop of the clock, a leader's instruction; each with who, why, from, to."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from agencies.models import Agency, User
from workflow.models.assignment import Assignment
from workflow.models.task import Task
from workflow.states import ExtensionState, HandBackState


class Extension(models.Model):
    """A request for more time 延期申请; the granted date may differ from the one asked for."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions", verbose_name=_("assignment"))
    state = FSMField(_("state"), choices=ExtensionState.choices, default=ExtensionState.REQUESTED, protected=True)
    due_before = models.DateField(_("due before"))
    asked_for = models.DateField(_("date asked for"))
    granted_to = models.DateField(_("date granted"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by"))
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["due_before", "id"], condition=Q(state="requested"), name="workflow_extension_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="requested"),
                name="workflow_extension_one_open",
                violation_error_message=_("A request for more time is open already."),
            ),
            models.CheckConstraint(
                condition=Q(asked_for__gt=F("due_before")),
                name="workflow_extension_asks_for_later",
                violation_error_message=_("The date asked for must lie after the present due date."),
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(granted_to__gt=F("due_before")),
                name="workflow_extension_grants_later",
                violation_error_message=_("The granted date must lie after the present due date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} → {self.asked_for}"

    @transition(field=state, source=ExtensionState.REQUESTED, target=ExtensionState.GRANTED)
    def grant(self, granted_to: dt.date, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Grant it, to the date given."""
        self.granted_to, self.decided_by_id, self.opinion, self.decided_at = granted_to, decided_by_id, opinion, now

    @transition(field=state, source=ExtensionState.REQUESTED, target=ExtensionState.REFUSED)
    def refuse(self, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Refuse it."""
        self.decided_by_id, self.opinion, self.decided_at = decided_by_id, opinion, now

    @transition(field=state, source=ExtensionState.REQUESTED, target=ExtensionState.WITHDRAWN)
    def withdraw(self, now: dt.datetime) -> None:
        """Take it back."""
        self.decided_at = now


class HandBack(models.Model):
    """An agency says "not ours" 退回改派: raised within ten working days of dispatch, ruled on within seven; the clock stops meanwhile."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="hand_backs", verbose_name=_("assignment"))
    state = FSMField(_("state"), choices=HandBackState.choices, default=HandBackState.RAISED, protected=True)
    reason = models.TextField(_("reason"))
    legal_basis = models.TextField(_("legal basis"))
    suggested = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("suggested agency"))
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("raised by"))
    raised_at = models.DateTimeField(_("raised at"))
    rule_by = models.DateField(_("to be ruled on by"))
    rerouted_to = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rerouted to"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("hand-back")
        verbose_name_plural = _("hand-backs")
        ordering = ["-raised_at", "-pk"]
        indexes = [models.Index(fields=["rule_by", "id"], condition=Q(state="raised"), name="workflow_handback_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="raised"),
                name="workflow_handback_one_open",
                violation_error_message=_("A hand-back is open already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="rerouted") | Q(rerouted_to__isnull=False), name="workflow_handback_rerouted_names_an_agency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.state}"

    @transition(field=state, source=HandBackState.RAISED, target=HandBackState.UPHELD)
    def uphold(self, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Rule that the assignment stands."""
        self.decided_by_id, self.opinion, self.decided_at = decided_by_id, opinion, now

    @transition(field=state, source=HandBackState.RAISED, target=HandBackState.REROUTED)
    def reroute(self, rerouted_to_id: int, decided_by_id: int | None, opinion: str, now: dt.datetime) -> None:
        """Rule that another agency takes it over."""
        self.rerouted_to_id, self.decided_by_id, self.opinion, self.decided_at = rerouted_to_id, decided_by_id, opinion, now

    @transition(field=state, source=HandBackState.RAISED, target=HandBackState.WITHDRAWN)
    def withdraw(self, now: dt.datetime) -> None:
        """Take it back."""
        self.decided_at = now


class Suspension(models.Model):
    """A stop of a task's clock 中止, from a day until it is resumed."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="suspensions", verbose_name=_("task"))
    reason = models.TextField(_("reason"))
    suspended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("suspended by"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["task", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(ends_at__isnull=True), name="workflow_suspension_one_open"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="workflow_suspension_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.starts_at:%F}"


class Instruction(models.Model):
    """A leader's instruction 批示 on a task, which becomes a dated duty of the leads to answer."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="instructions", verbose_name=_("task"))
    text = models.TextField(_("instruction"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("instruction", "leader"))
    written_at = models.DateTimeField(_("written at"))
    answer_by = models.DateField(_("to be answered by"), null=True, blank=True)
    duty = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duty that came of it"))

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]
