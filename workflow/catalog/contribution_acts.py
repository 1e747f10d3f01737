"""The entries of what is done with supporters' contributions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow import policy, timing
from workflow.actions import ask_supporters, write_contribution
from workflow.catalog import questions
from workflow.catalog.act import REASON, Act, Field, Subject

CONTRIBUTION_ACTS = (
    Act(
        name="ask_supporters",
        label=_("Ask the supporters"),
        subject=Subject.REPORT,
        may=policy.may_report,
        ready=timing.to_ask_supporters,
        run=ask_supporters.ask_supporters,
    ),
    Act(
        name="send_contribution_for_review",
        label=_("Send for review"),
        subject=Subject.CONTRIBUTION,
        transition="send_for_review",
        may=policy.may_contribute,
        ready=timing.to_send_contribution_for_review,
        run=write_contribution.send_contribution_for_review,
        weight="primary",
    ),
    Act(
        name="send_contribution",
        label=_("Release to the leads"),
        subject=Subject.CONTRIBUTION,
        transition="send",
        may=policy.may_release,
        ready=questions.in_live_task,
        run=write_contribution.send_contribution,
        weight="primary",
        goes_out=True,
    ),
    Act(
        name="send_back_contribution",
        label=_("Send back to the officer"),
        subject=Subject.CONTRIBUTION,
        transition="send_back",
        may=policy.may_send_back,
        run=write_contribution.send_back_contribution,
        fields=(Field("remark", _("What is to be changed")),),
    ),
    Act(
        name="return_contribution",
        label=_("Ask for more"),
        subject=Subject.CONTRIBUTION,
        transition="return_for_more",
        may=policy.may_judge_contribution,
        ready=timing.to_return_contribution,
        run=write_contribution.return_contribution,
        fields=(Field("remark", _("What is missing")),),
    ),
    Act(
        name="waive_contribution",
        label=_("Do without"),
        subject=Subject.CONTRIBUTION,
        transition="waive",
        may=policy.may_judge_contribution,
        ready=questions.in_live_task,
        run=write_contribution.waive_contribution,
        fields=(REASON,),
    ),
)
