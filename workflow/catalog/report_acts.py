"""The entries of what is done with reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow import policy, timing
from workflow.actions import judge_report, release_report, write_report
from workflow.catalog import questions
from workflow.catalog.act import REASON, Act, Field, Subject
from workflow.models import Report

REPORT_ACTS = (
    Act(
        name="send_for_review",
        label=_("Send for review"),
        subject=Subject.REPORT,
        transition="send_for_review",
        may=policy.may_report,
        ready=timing.to_send_for_review,
        run=write_report.send_for_review,
        weight="primary",
    ),
    Act(
        name="submit_report",
        label=_("Release to the issuer"),
        subject=Subject.REPORT,
        transition="submit",
        may=policy.may_release,
        ready=questions.submittable,
        run=release_report.submit_report,
        fields=(Field("confidence", _("How sure the reviewer is"), "choice", required=False, choices=Report.Confidence.choices),),
        weight="primary",
        goes_out=True,
    ),
    Act(
        name="send_back",
        label=_("Send back to the officer"),
        subject=Subject.REPORT,
        transition="send_back",
        may=policy.may_send_back,
        ready=questions.alone,
        run=release_report.send_back,
        fields=(Field("remark", _("What is to be changed")),),
    ),
    Act(
        name="accept_report",
        label=_("Accept"),
        subject=Subject.REPORT,
        transition="accept",
        may=policy.may_judge_report,
        run=judge_report.accept_report,
        fields=(Field("comment", _("Comment"), required=False),),
        weight="primary",
    ),
    Act(
        name="return_report",
        label=_("Return for more"),
        subject=Subject.REPORT,
        transition="return_for_more",
        may=policy.may_judge_report,
        run=judge_report.return_report,
        fields=(Field("remark", _("What is missing")),),
    ),
    Act(
        name="waive_report",
        label=_("Waive"),
        subject=Subject.REPORT,
        transition="waive",
        may=policy.may_judge_report,
        run=judge_report.waive_report,
        fields=(REASON,),
    ),
)
