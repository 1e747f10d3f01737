"""More decisions as rows: a dispute meeting, an outsider's look at sign-off, a re-check after closing, an answer owed to a leader."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agencies.models import Agency, User
from measures.models import Plan
from workflow.models.assignment import Assignment
from workflow.models.closing import SignOff
from workflow.models.requests import HandBack, Instruction
from workflow.models.task import Task
from workflow.states import AnswerState, Finding


class DisputeMeeting(models.Model):
    """A meeting on a hand-back 争议协调会: when, who took part, what was said, what came of it; the ruling follows it."""

    class Outcome(models.TextChoices):
        """What the meeting came to."""

        KEEP = "keep", _("The agency keeps it")
        REROUTE = "reroute", _("Another agency is to take it")
        OPEN = "open", _("No agreement; it goes to the coordinator's ruling")

    hand_back = models.ForeignKey(HandBack, models.PROTECT, related_name="meetings", verbose_name=_("hand-back"))
    held_on = models.DateField(_("held on"))
    participants = models.TextField(_("participants"))
    minutes = models.TextField(_("minutes"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("dispute meeting")
        verbose_name_plural = _("dispute meetings")
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(participants="") & ~Q(minutes=""), name="workflow_meeting_has_minutes"),
            models.CheckConstraint(condition=Q(outcome__in=["keep", "reroute", "open"]), name="workflow_meeting_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.hand_back_id} {self.held_on}"


class Verification(models.Model):
    """What somebody outside the agencies at work found when asked to look before sign-off 第三方核验."""

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="verifications", verbose_name=_("sign-off"))
    verifier = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("verified by"))
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=8, choices=Finding, default=Finding.WAITING)
    finding = models.TextField(_("finding"), blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["sign_off", "pk"]
        indexes = [models.Index(fields=["verifier", "due_on"], condition=Q(result="waiting"), name="workflow_verification_waits")]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_off", "verifier"],
                name="workflow_verification_once",
                violation_error_message=_("This person has been asked already."),
            ),
            models.CheckConstraint(
                condition=Q(result="waiting") | Q(verified_at__isnull=False) & ~Q(finding=""), name="workflow_verification_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_off_id} {self.result}"


class Recheck(models.Model):
    """A sample of signed-off tasks to be looked at again 回头看: whoever knows the criteria and the seed draws the same list."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="rechecks", verbose_name=_("issuer"))
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan"))
    title = models.CharField(_("title"), max_length=200)
    closed_from = models.DateField(_("signed off from"))
    closed_to = models.DateField(_("signed off to"))
    size = models.PositiveSmallIntegerField(_("size of the sample"))
    seed = models.CharField(_("seed"), max_length=60)
    population = models.PositiveIntegerField(_("tasks it was drawn from"))
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("re-check")
        verbose_name_plural = _("re-checks")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closed_to__gte=F("closed_from")), name="workflow_recheck_span"),
            models.CheckConstraint(condition=Q(size__gte=1), name="workflow_recheck_size"),
        ]

    def __str__(self) -> str:
        return self.title


class RecheckItem(models.Model):
    """One task of a sample, and what was found."""

    recheck = models.ForeignKey(Recheck, models.PROTECT, related_name="items", verbose_name=_("re-check"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="recheck_items", verbose_name=_("task"))
    position = models.PositiveSmallIntegerField(_("position"))
    result = models.CharField(_("result"), max_length=8, choices=Finding, default=Finding.WAITING)
    finding = models.TextField(_("finding"), blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True)

    class Meta:
        verbose_name = _("re-checked task")
        verbose_name_plural = _("re-checked tasks")
        ordering = ["recheck", "position"]
        constraints = [
            models.UniqueConstraint(fields=["recheck", "task"], name="workflow_recheck_task_once"),
            models.UniqueConstraint(fields=["recheck", "position"], name="workflow_recheck_position_once"),
            models.CheckConstraint(
                condition=Q(result="waiting") | Q(checked_at__isnull=False) & ~Q(finding=""), name="workflow_recheck_says_what"
            ),
            models.CheckConstraint(condition=Q(reopened_at__isnull=True) | Q(result="fails"), name="workflow_recheck_reopens_what_fails"),
        ]

    def __str__(self) -> str:
        return f"{self.recheck_id} #{self.position}"


class Answer(models.Model):
    """What one lead owes on a leader's instruction 批示办理: a dated duty, tracked until the leader or the coordinator closes it."""

    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="answers", verbose_name=_("instruction"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="answers", verbose_name=_("assignment"))
    due_on = models.DateField(_("due on"))
    state = FSMField(_("state"), choices=AnswerState.choices, default=AnswerState.OWED, protected=True)
    text = models.TextField(_("answer"), blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by"))
    given_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    was_late = models.BooleanField(_("was late"), default=False)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"))
    judged_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("answer to an instruction")
        verbose_name_plural = _("answers to instructions")
        ordering = ["instruction", "assignment__rank", "pk"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["instruction", "assignment"], name="workflow_answer_once"),
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="workflow_answer_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["given", "closed"]) | Q(given_at__isnull=False) & ~Q(text=""), name="workflow_answer_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(given_by=F("judged_by")),
                name="workflow_answer_closed_by_another",
                violation_error_message=_("Nobody can approve their own work; ask a colleague."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instruction_id} {self.state}"

    @transition(field=state, source=[AnswerState.OWED, AnswerState.RETURNED], target=AnswerState.GIVEN)
    def give(self, text: str, given_by_id: int | None, now: dt.datetime, *, is_late: bool) -> None:
        """Answer; late once stays late."""
        self.text, self.given_by_id, self.given_at, self.remark = text, given_by_id, now, ""
        self.was_late = self.was_late or is_late

    @transition(field=state, source=AnswerState.GIVEN, target=AnswerState.CLOSED)
    def close(self, judged_by_id: int | None, now: dt.datetime) -> None:
        """Take the answer as the end of it 办结."""
        self.judged_by_id, self.judged_at = judged_by_id, now

    @transition(field=state, source=AnswerState.GIVEN, target=AnswerState.RETURNED)
    def return_for_more(self, remark: str) -> None:
        """Ask for more."""
        self.remark = remark

    @transition(field=state, source=[AnswerState.OWED, AnswerState.RETURNED], target=AnswerState.PASSED_ON)
    def pass_on(self) -> None:
        """Be owed by who takes the part over from now on."""
