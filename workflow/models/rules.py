"""The rules of a plan's tasks, and the stages of a task that reports by stage."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models import Plan
from workflow.models.task import Task
from workflow.states import ClosingRule, RollUp


class PlanRules(models.Model):
    """What holds for every task of a plan 办理规则, unless its coordinator says otherwise of one."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="rules", verbose_name=_("plan"))
    closing_rule = models.CharField(_("closing rule"), max_length=12, choices=ClosingRule, default=ClosingRule.ALL_LEADS)
    needs_verification = models.BooleanField(_("verified by an outsider before sign-off"), default=False)
    evidence_required = models.BooleanField(_("reports need evidence"), default=False)
    asks_supporters = models.BooleanField(_("supporters contribute to reports"), default=True)
    asks_work_plans = models.BooleanField(_("leads put work plans of their own on record"), default=False)
    roll_up = models.CharField(_("roll-up"), max_length=8, choices=RollUp, default=RollUp.MEAN)

    class Meta:
        verbose_name = _("rules of a plan")
        verbose_name_plural = _("rules of plans")

    def __str__(self) -> str:
        return str(self.plan)


class Stage(models.Model):
    """A stage of a task 阶段: its report is expected when the stage ends."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="stages", verbose_name=_("task"))
    name = models.CharField(_("stage"), max_length=100)
    ends_on = models.DateField(_("ends on"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["task", "ends_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "ends_on"],
                name="workflow_stage_day_once",
                violation_error_message=_("Two stages end on the same day."),
            )
        ]

    def __str__(self) -> str:
        return self.name
