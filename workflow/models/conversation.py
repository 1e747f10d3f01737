"""What people say to each other about a task, whom they call, what they follow and what they looked at last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.models import Agency, User
from measures.models import Plan
from workflow.models.task import Task


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, as somebody may read them."""

    def readable_by(self, agency_ids: Collection[int]) -> Self:
        """Return what people of these agencies may read of tasks that they see: notes of their own agencies only."""
        return self.filter(Q(inside=False) | Q(agency_id__in=agency_ids))


class Comment(models.Model):
    """Words on a task 沟通记录; a note inside an agency 内部备注 is read by nobody else.

    Rows are never changed: who has said something wrong retracts it, which is a row of its own, and says it anew.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="comments", verbose_name=_("task"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    inside = models.BooleanField(_("inside the agency"), default=False)
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written at"))
    called = models.ManyToManyField(User, through="Call", related_name="+", verbose_name=_("people called"))

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["task", "written_at"])]

    def __str__(self) -> str:
        return self.text[:40]


class Call(models.Model):
    """Somebody whom a comment calls by @ 提到的人."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="calls", verbose_name=_("comment"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("person called")
        verbose_name_plural = _("people called")
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="workflow_call_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} @{self.user_id}"


class Retraction(models.Model):
    """A comment taken back 撤回: its words are not shown any more, that it was there stays."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="retraction", verbose_name=_("comment"))
    retracted_at = models.DateTimeField(_("retracted at"))

    class Meta:
        verbose_name = _("retraction")
        verbose_name_plural = _("retractions")

    def __str__(self) -> str:
        return f"{self.comment_id} {self.retracted_at:%F}"


class FollowQuerySet(models.QuerySet["Follow"]):
    """What people follow."""

    def tasks_of(self, actor: Actor, *, now: dt.datetime) -> models.QuerySet[Task]:
        """Return the tasks a person follows, of those they may see, the latest first."""
        return Task.objects.visible_to(actor, now=now).filter(followers__user_id=actor.user_id or 0).order_by("-followers__since", "-pk")


class Follow(models.Model):
    """Somebody wants to be told what happens to a task, or to the tasks of a plan 关注."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="followers", verbose_name=_("task"))
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("plan"))
    since = models.DateTimeField(_("since"))

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("what is followed")
        verbose_name_plural = _("what is followed")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "task"], name="workflow_follow_task_once"),
            models.UniqueConstraint(fields=["user", "plan"], name="workflow_follow_plan_once"),
            models.CheckConstraint(
                condition=Q(task__isnull=True, plan__isnull=False) | Q(task__isnull=False, plan__isnull=True),
                name="workflow_follow_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.task_id or self.plan_id}"


class Visit(models.Model):
    """A task that somebody has looked at lately 最近浏览; a few a person, for that person only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    task = models.ForeignKey(Task, models.CASCADE, related_name="+", verbose_name=_("task"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"])]
        constraints = [models.UniqueConstraint(fields=["user", "task"], name="workflow_visit_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.task_id}"
