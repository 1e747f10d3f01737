"""The record of every act on a task 办理记录, and the kept answers of requests that may be repeated."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import ChainedEvent, User
from workflow.models.assignment import Assignment
from workflow.models.reports import Report
from workflow.models.task import Task


class Event(ChainedEvent):
    """One act on a task; timelines, audit and notifications are read from it."""

    CHAINED_FIELDS = ("task_id", "assignment_id", "report_id", "from_state", "to_state")

    task = models.ForeignKey(Task, models.PROTECT, related_name="events", db_index=False, verbose_name=_("task"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="events", verbose_name=_("assignment"))
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="events", verbose_name=_("report"))
    from_state = models.CharField(pgettext_lazy("state", "from"), max_length=20, blank=True)
    to_state = models.CharField(pgettext_lazy("state", "to"), max_length=20, blank=True)

    class Meta(ChainedEvent.Meta):
        verbose_name = _("record of an act")
        verbose_name_plural = _("record of acts")
        indexes = [models.Index(fields=["task", "sequence"])]


class IdempotencyKey(models.Model):
    """The answer given to an unsafe request, kept so that repeating the request repeats the answer and not the act."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["user", "method", "path", "key"], name="workflow_idempotency_once")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
