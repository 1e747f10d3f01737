"""What each agency has been given, and the link rows that say whose a task is to see."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from agencies.models import Agency, AgencyGroup, User
from workflow.models.task import Task
from workflow.states import AssignmentState, Part, TaskState, Tie


class Assignment(models.Model):
    """A task assigned to one agency 任务分派; it signs for, reports and declares done on its own."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments", verbose_name=_("task"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignments", db_index=False, verbose_name=_("agency"))
    group = models.ForeignKey(
        AgencyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("as a member of"),
    )  # fmt: skip
    part = models.CharField(_("part"), max_length=8, choices=Part)
    rank = models.PositiveSmallIntegerField(_("rank"))
    state = FSMField(_("state"), choices=AssignmentState.choices, default=AssignmentState.PENDING, protected=True)
    officer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("officer"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True)
    due_version = models.PositiveIntegerField(default=1)
    plan_due_on = models.DateField(
        _("work plan due on"), null=True, blank=True,
        help_text=_("While the rules ask the lead for a work plan of its own and none is on record."),
    )  # fmt: skip
    assigned_at = models.DateTimeField(_("assigned at"))
    hand_back_until = models.DateField(_("can be handed back until"))
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    declared_at = models.DateTimeField(_("declared done at"), null=True, blank=True)
    was_overdue = models.BooleanField(_("was overdue"), default=False)
    percent = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True, help_text=_("Empty again once progress is reported anew."))
    moved_at = models.DateTimeField(_("last movement"))
    taken_back = models.BooleanField(
        default=False, editable=False, help_text="Withdrawn from a task that went on: the agency sees it no more, also when it has ended."
    )
    climbs_anew = models.BooleanField(default=True, editable=False, help_text="The day of the next rung is to be computed.")
    report_on = models.DateField(
        null=True, blank=True, editable=False, help_text="Day on which the next report is opened; empty when it is to be computed."
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["task", "rank", "pk"]
        indexes = [
            models.Index(fields=["agency", "state", "due_on"]),
            models.Index(fields=["id"], condition=Q(state__in=["pending", "accepted"], climbs_anew=True), name="workflow_part_climbs_anew"),
            models.Index(
                fields=["report_on", "id"], condition=Q(state__in=["pending", "accepted"], part="lead"), name="workflow_part_reports"
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["pending", "accepted"], part="lead", was_overdue=False),
                name="workflow_part_not_yet_overdue",
            ),
            models.Index(fields=["due_on", "id"], condition=Q(state__in=["pending", "accepted"]), name="workflow_part_owed"),
            models.Index(fields=["assigned_at", "id"], condition=Q(state="pending"), name="workflow_part_unsigned"),
            models.Index(fields=["moved_at", "id"], condition=Q(state="accepted", part="lead"), name="workflow_part_unmoved"),
            models.Index(fields=["due_on", "id"], name="workflow_part_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "agency"],
                condition=~Q(state__in=["rerouted", "withdrawn"]),
                name="workflow_assignment_once",
                violation_error_message=_("This agency has a part in this task already."),
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="workflow_assignment_state_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="workflow_assignment_percent"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declared", "confirmed"]) | Q(signed_at__isnull=False),
                name="workflow_assignment_signed_has_a_time",
            ),
            models.CheckConstraint(condition=Q(taken_back=False) | Q(state="withdrawn"), name="workflow_assignment_taken_back"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.get_part_display()}"

    @property
    def is_lead(self) -> bool:
        """Tell whether the agency leads."""
        return self.part == Part.LEAD

    @property
    def known_percent(self) -> int | None:
        """Return how far it has come in percent; None where that is not known: reopened, and never reported before it was done."""
        return None if self.reopened_at is not None and self.percent == 0 else self.percent

    @transition(field=state, source=AssignmentState.PENDING, target=AssignmentState.ACCEPTED)
    def sign_for(self, officer_id: int | None, now: dt.datetime) -> None:
        """Sign for it 签收."""
        self.signed_at = self.moved_at = now
        self.officer_id = officer_id

    @transition(field=state, source=[AssignmentState.PENDING, AssignmentState.ACCEPTED], target=AssignmentState.DISPUTED)
    def hand_back(self, now: dt.datetime) -> None:
        """Say "not ours" 退回."""
        self.moved_at = now

    @transition(
        field=state,
        source=AssignmentState.DISPUTED,
        target=GET_STATE(
            lambda self, **kwargs: AssignmentState.ACCEPTED if self.signed_at else AssignmentState.PENDING,
            states=[AssignmentState.PENDING, AssignmentState.ACCEPTED],
        ),
    )
    def settle(self, now: dt.datetime) -> None:
        """Stay with the agency after a hand-back was ruled on or withdrawn."""
        self.moved_at = now

    @transition(field=state, source=AssignmentState.DISPUTED, target=AssignmentState.REROUTED)
    def reroute(self, now: dt.datetime) -> None:
        """Pass to another agency 改派."""
        self.moved_at = now
        self.plan_due_on = None

    @transition(field=state, source=AssignmentState.ACCEPTED, target=AssignmentState.DECLARED)
    def declare_done(self, now: dt.datetime) -> None:
        """Declare it done 报结."""
        self.declared_at = self.moved_at = now

    @transition(field=state, source=[AssignmentState.ACCEPTED, AssignmentState.DECLARED], target=AssignmentState.CONFIRMED)
    def confirm(self, now: dt.datetime) -> None:
        """Have it confirmed done 认定."""
        self.moved_at = now
        self.percent, self.reopened_at = 100, None

    @transition(field=state, source=[AssignmentState.DECLARED, AssignmentState.CONFIRMED], target=AssignmentState.ACCEPTED)
    def return_to_work(self, now: dt.datetime) -> None:
        """Take it up again."""
        self.declared_at = None
        self.moved_at = now

    @transition(
        field=state,
        source=[AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DECLARED, AssignmentState.DISPUTED],
        target=AssignmentState.WITHDRAWN,
    )
    def withdraw(self, now: dt.datetime, *, goes_on: bool) -> None:
        """Be taken back 撤回, from a task that goes on, or with one that ends."""
        self.moved_at = now
        self.plan_due_on = None
        self.taken_back = goes_on


class NextRung(models.Model):
    """The day of the next rung of a part; written by the sweep alone, which locks the part.

    In a table of its own: on the part it stood in an index, so that moving it wrote the part to all its indexes.
    """

    assignment = models.OneToOneField(
        Assignment, models.CASCADE, primary_key=True, related_name="next_rung", verbose_name=_("assignment")
    )  # fmt: skip
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("next rung")
        verbose_name_plural = _("next rungs")
        indexes = [models.Index(fields=["day", "assignment"], name="workflow_next_rung_by_day")]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.day}"


class Participation(models.Model):
    """A link row: this task is this agency's to see, because of `tie`.

    It carries copies of the state and the due date, written in the transaction that changes them, so that a list of an agency's
    tasks is one indexed predicate (DESIGN section 8).
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="participations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="participations")
    tie = models.CharField(_("tie"), max_length=8, choices=Tie)
    assignment = models.OneToOneField(Assignment, models.CASCADE, null=True, blank=True, related_name="participation")
    plan = models.ForeignKey("measures.Plan", models.PROTECT, null=True, blank=True, related_name="+")
    task_state = models.CharField(max_length=12, choices=TaskState)
    assignment_state = models.CharField(max_length=12, choices=AssignmentState, blank=True)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "agency", "tie"], name="workflow_participation_once")]
        # The columns at their ends are what lists ask besides: they are then read from the index alone, not from a block of rows for each.
        # None over all ties has the tie too: sight itself would then be read from it, 77,000 rows of an issuer to count a thousand.
        indexes = [
            models.Index(fields=["agency", "task_state", "due_on", "task"], name="workflow_part_by_task_state"),
            models.Index(
                fields=["agency", "assignment_state", "due_on", "task", "task_state", "assignment"],
                name="workflow_part_by_own_state",
            ),
            models.Index(
                fields=["agency", "plan", "task_state"], condition=Q(tie__in=["lead", "support"]), name="workflow_part_by_plan_state"
            ),
            models.Index(fields=["agency", "due_on", "assignment"], condition=Q(tie__in=["lead", "support"]), name="workflow_link_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.tie} {self.task_id}"
