"""The entries of what is done with the plans of leads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow import policy, work_plans
from workflow.actions import write_work_plan
from workflow.catalog.act import Act, Field, Subject

WORK_PLAN_ACTS = (
    Act(
        name="begin_work_plan",
        label=_("Write a work plan"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_begin_work_plan,
        ready=work_plans.to_begin,
        run=write_work_plan.begin_work_plan,
    ),
    Act(
        name="send_work_plan_for_review",
        label=_("Send for review"),
        subject=Subject.WORKPLAN,
        transition="send_for_review",
        may=policy.may_write_work_plan,
        ready=work_plans.to_release,
        run=write_work_plan.send_work_plan_for_review,
        weight="primary",
    ),
    Act(
        name="file_work_plan",
        label=_("Put on record"),
        subject=Subject.WORKPLAN,
        transition="file",
        may=policy.may_release,
        ready=work_plans.to_release,
        run=write_work_plan.file_work_plan,
        weight="primary",
        goes_out=True,
    ),
    Act(
        name="send_back_work_plan",
        label=_("Send back to the officer"),
        subject=Subject.WORKPLAN,
        transition="send_back",
        may=policy.may_send_back,
        run=write_work_plan.send_back_work_plan,
        fields=(Field("remark", _("What is to be changed")),),
    ),
)
