"""Numbered formal papers 督办文书, and the counters that number them without gaps."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from agencies.models import Agency, User
from workflow.ladder import Paper
from workflow.models.assignment import Assignment
from workflow.models.task import Task
from workflow.states import NoticeState


class NoticeCounter(models.Model):
    """The last number an agency has given to a kind of paper in a year.

    The row stays locked until the transaction that takes a number ends: what is rolled back has taken none.
    """

    issuer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("paper", "issuer"))
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(pgettext_lazy("paper", "kind"), max_length=16, choices=Paper)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("paper counter")
        verbose_name_plural = _("paper counters")
        constraints = [models.UniqueConstraint(fields=["issuer", "year", "kind"], name="workflow_notice_counter_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.year} {self.kind} {self.last}"


class Notice(models.Model):
    """A formal paper 督办文书. Its words are kept as they were written; a draft has no number, and what has one is never changed."""

    key = models.CharField(max_length=160, editable=False, help_text="What made it; nothing makes the same paper twice.")
    kind = models.CharField(pgettext_lazy("paper", "kind"), max_length=16, choices=Paper)
    state = FSMField(_("state"), choices=NoticeState.choices, default=NoticeState.DRAFT, protected=True)
    issuer = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("paper", "issuer"))
    issuer_name = models.CharField(pgettext_lazy("paper", "issuer"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="papers", verbose_name=_("task"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("assignment"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("addressed to"), help_text=_("Empty: to several.")
    )
    addressee = models.TextField(_("addressed to"))
    copied_to = models.TextField(_("copied to"), blank=True)
    title = models.CharField(_("title"), max_length=400)
    body = models.TextField(_("text"))
    made_at = models.DateTimeField(_("made at"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed or put aside by"))
    decided_at = models.DateTimeField(_("signed or put aside at"), null=True, blank=True)

    class Meta:
        verbose_name = _("numbered paper")
        verbose_name_plural = _("numbered papers")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["issuer", "-id"]), models.Index(fields=["agency", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="workflow_notice_once"),
            models.UniqueConstraint(fields=["issuer", "year", "kind", "number"], name="workflow_notice_number_once"),
            models.CheckConstraint(
                condition=Q(state="issued", number__isnull=False) | (~Q(state="issued") & Q(number__isnull=True)),
                name="workflow_notice_numbered_when_issued",
            ),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="workflow_notice_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.written_number} {self.title}".strip()

    @property
    def written_number(self) -> str:
        """Return the number as it is written, 督办〔2026〕12号; empty for a draft."""
        return f"{MARKS[Paper(self.kind)]}〔{self.year}〕{self.number}号" if self.number else ""

    @transition(field=state, source=NoticeState.DRAFT, target=NoticeState.ISSUED)
    def issue(self, number: int, year: int, decided_by_id: int | None, now: dt.datetime) -> None:
        """Sign it and give it its number."""
        self.number, self.year, self.decided_by_id, self.decided_at = number, year, decided_by_id, now

    @transition(field=state, source=NoticeState.DRAFT, target=NoticeState.PUT_ASIDE)
    def put_aside(self, decided_by_id: int | None, now: dt.datetime) -> None:
        """Leave it unsigned for good."""
        self.decided_by_id, self.decided_at = decided_by_id, now


class NoticeReader(models.Model):
    """An agency to which a bulletin 通报 was published besides the one it is addressed to; written once, with the signature."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="readers", verbose_name=_("numbered paper"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("reader"))

    class Meta:
        verbose_name = _("reader of a bulletin")
        verbose_name_plural = _("readers of bulletins")
        indexes = [models.Index(fields=["agency", "notice"])]
        constraints = [models.UniqueConstraint(fields=["notice", "agency"], name="workflow_notice_reader_once")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.notice_id}"


MARKS: dict[Paper, str] = {
    Paper.SUPERVISION: "督办",
    Paper.URGE: "催办",
    Paper.WARNING_YELLOW: "黄色预警",
    Paper.WARNING_ORANGE: "橙色预警",
    Paper.WARNING_RED: "红色预警",
    Paper.BULLETIN: "督办通报",
    Paper.EXTENSION: "延期批复",
}
"""What stands before the year in the number of each kind."""
