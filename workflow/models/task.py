"""A task 督办事项: what is supervised, normally one a measure, and the agencies it is to go to."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from guardian.models import UserObjectPermissionBase

from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup
from measures.models import Measure, Plan
from workflow.states import ClosingRule, Part, Rhythm, RollUp, TaskState, Tie


def within_sight(actor: Actor, *, now: dt.datetime, key: str = "pk") -> Q:
    """Return the condition that a task is one that an actor may see (DESIGN section 5).

    An agency sees what it issued or stands above, and, once dispatched, what it has a part in; a person also sees
    what was shown to them until a date that has not passed.

    Args:
        actor: who looks.
        now: the moment at which sight is judged.
        key: the column with the key of the task.
    """
    by_agency, by_person = sight_of(actor, now)
    if not by_person.exists():  # as for nearly everybody: one condition, which the database joins by, not two that it must try row by row
        return Q(**{f"{key}__in": by_agency})
    return Q(**{f"{key}__in": by_agency}) | Q(**{f"{key}__in": by_person})


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, as somebody may see them."""

    def visible_to(self, actor: Actor, *, now: dt.datetime) -> Self:
        """Return the tasks an actor may see."""
        return self.filter(within_sight(actor, now=now))

    def seen_by(self, actor: Actor, *, now: dt.datetime) -> Self:
        """Return the same tasks without asking anything beforehand: for a part of a larger query over few rows."""
        by_agency, by_person = sight_of(actor, now)
        return self.filter(Q(pk__in=by_agency) | Q(pk__in=by_person))


def sight_of(actor: Actor, now: dt.datetime) -> tuple[models.QuerySet[Any, Any], models.QuerySet[Any, Any]]:
    """Return the keys of the tasks that an actor's agencies see, and of those shown to the person."""
    from workflow.models.assignment import Participation

    ties = Participation.objects.filter(agency_id__in=actor.agency_ids).exclude(task_state=TaskState.DRAFT, tie__in=[Tie.LEAD, Tie.SUPPORT])
    shown = TaskUserPermission.objects.filter(user_id=actor.user_id, permission__codename="see_task", expires_at__gt=now)
    return ties.values("task_id"), shown.values("content_object_id")


class Task(models.Model):
    """A task: who issued it, what is to be done, by when, and how far it has come.

    `due_on` may move by a granted extension, `first_due_on` never does. `due_version` counts the moves, so that a reminder
    belongs to one due date; `version` counts every change, so that a stale page is found out.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("plan"))
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("measure"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent task"))
    issuer = models.ForeignKey(Agency, models.PROTECT, related_name="tasks_issued", verbose_name=_("issuer"))
    number = models.CharField(_("number"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("what is to be done"), blank=True)
    state = FSMField(_("state"), choices=TaskState.choices, default=TaskState.DRAFT, protected=True)
    closing_rule = models.CharField(_("closing rule"), max_length=12, choices=ClosingRule, default=ClosingRule.ALL_LEADS)
    rhythm = models.CharField(_("reporting rhythm"), max_length=12, choices=Rhythm, default=Rhythm.QUARTERLY)
    evidence_required = models.BooleanField(_("reports need evidence"), default=False)
    asks_supporters = models.BooleanField(_("supporters contribute to reports"), default=True)
    needs_verification = models.BooleanField(_("verified by an outsider before sign-off"), default=False)
    asks_work_plans = models.BooleanField(_("leads put work plans of their own on record"), default=False)
    roll_up = models.CharField(_("roll-up"), max_length=8, choices=RollUp, default=RollUp.MEAN)
    reports_shown_above = models.BooleanField(_("reports are shown to the level above"), default=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True)
    due_version = models.PositiveIntegerField(default=1)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    was_overdue = models.BooleanField(_("was overdue"), default=False)
    percent = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    moved_at = models.DateTimeField(_("last movement"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["pk"]
        permissions = [("see_task", _("See this task until a date"))]
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["due_on", "id"], name="workflow_task_by_due"),
            models.Index(fields=["id"], condition=Q(asks_work_plans=True), name="workflow_task_asks_plans"),
            models.Index(
                fields=["due_on"], condition=Q(state__in=["dispatched", "closing"], was_overdue=False), name="workflow_task_not_yet_overdue"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="workflow_task_state_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="workflow_task_percent"),
            models.CheckConstraint(
                condition=Q(state__in=[TaskState.DRAFT, TaskState.TERMINATED]) | Q(dispatched_at__isnull=False),
                name="workflow_task_dispatched_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.CLOSED) | Q(closed_at__isnull=False), name="workflow_task_closed_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, first_due_on__isnull=True) | Q(first_due_on__isnull=False, due_on__isnull=False),
                name="workflow_task_first_due_kept",
            ),
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="workflow_task_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @transition(field=state, source=TaskState.DRAFT, target=TaskState.DISPATCHED)
    def dispatch(self, now: dt.datetime) -> None:
        """Send it out 交办."""
        self.dispatched_at = self.moved_at = now

    @transition(field=state, source=TaskState.DISPATCHED, target=TaskState.CLOSING)
    def request_sign_off(self) -> None:
        """Put it up for sign-off."""

    @transition(field=state, source=TaskState.CLOSING, target=TaskState.DISPATCHED)
    def return_to_work(self) -> None:
        """Send it back to the leads."""

    @transition(field=state, source=TaskState.CLOSING, target=TaskState.CLOSED)
    def sign_off(self, now: dt.datetime) -> None:
        """Close it 销号."""
        self.closed_at, self.percent = now, 100
        if self.due_on is not None and timezone.localdate(now) > self.due_on:
            self.was_overdue = True

    @transition(field=state, source=TaskState.DISPATCHED, target=TaskState.SUSPENDED)
    def suspend(self) -> None:
        """Stop the clock 中止."""

    @transition(field=state, source=TaskState.SUSPENDED, target=TaskState.DISPATCHED)
    def resume(self) -> None:
        """Go on 恢复."""

    @transition(
        field=state,
        source=[TaskState.DRAFT, TaskState.DISPATCHED, TaskState.CLOSING, TaskState.SUSPENDED],
        target=TaskState.TERMINATED,
    )
    def terminate(self) -> None:
        """End it undone 终止; one that was only drawn up is put aside by it."""

    @transition(field=state, source=TaskState.CLOSED, target=TaskState.DISPATCHED)
    def reopen(self) -> None:
        """Take it up again after a re-check 回头看."""
        self.closed_at = None


class Receiver(models.Model):
    """An agency or group that a task is to go to 拟交办单位; a group expands into its members when the task is dispatched."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="receivers", verbose_name=_("task"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency"))
    group = models.ForeignKey(AgencyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group"))
    name_as_written = models.CharField(_("name as written"), max_length=120, blank=True)
    part = models.CharField(_("part"), max_length=8, choices=Part)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("planned receiver")
        verbose_name_plural = _("planned receivers")
        ordering = ["task", "rank", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(agency__isnull=False, group__isnull=False),
                name="workflow_receiver_names_one",
                violation_error_message=_("A receiver is either an agency or a group."),
            ),
            models.UniqueConstraint(fields=["task", "agency"], name="workflow_receiver_agency_once"),
            models.UniqueConstraint(fields=["task", "group"], name="workflow_receiver_group_once"),
        ]

    def __str__(self) -> str:
        return str(self.agency or self.group or self.name_as_written)


class TaskUserPermission(UserObjectPermissionBase):
    """Sight of one task for one person until a moment; `workflow.grants` is its one writer, and every read honours the end."""

    content_object = models.ForeignKey(Task, models.CASCADE, related_name="user_permissions")
    expires_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("sight of a task")
        verbose_name_plural = _("sights of tasks")
