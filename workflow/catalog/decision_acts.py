"""The entries of rules, stages and the decisions that are rows of their own: meetings, verifications, re-checks, answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow import policy, timing
from workflow.actions import answer, hold_meeting, recheck, set_rules, set_stages, show, show_reports_above, verify
from workflow.catalog import questions
from workflow.catalog.act import Act, Field, Subject
from workflow.models import DisputeMeeting
from workflow.states import ClosingRule, Finding, RollUp

YES_NO = ((set_rules.YES, _("Yes")), (set_rules.NO, _("No")))
YES_NO_VALUES = (set_rules.YES, set_rules.NO)
FOUND = tuple(choice for choice in Finding.choices if choice[0] != Finding.WAITING)
FOUND_VALUES = tuple(value for value, _label in FOUND)

RULE_ACTS = (
    Act(
        name="show",
        label=_("Let somebody see it"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        run=show.show,
        fields=(
            Field("user_id", _("Who is to see it"), "person"),
            Field("until", _("Until"), "date"),
            Field("reason", _("Reason")),
        ),
    ),
    Act(
        name="set_rules",
        label=_("Set the rules"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=timing.to_set_rules,
        run=set_rules.set_rules,
        fields=(
            Field("closing_rule", _("Closing rule"), "choice", choices=ClosingRule.choices),
            Field("needs_verification", _("Verified by an outsider before sign-off"), "choice", choices=YES_NO),
            Field("evidence_required", _("Reports need evidence"), "choice", choices=YES_NO),
            Field("asks_supporters", _("Supporters contribute to reports"), "choice", choices=YES_NO),
            Field("asks_work_plans", _("Leads put work plans of their own on record"), "choice", choices=YES_NO),
            Field("roll_up", _("How the progress of a part rolls up from the agency's own tasks"), "choice", choices=RollUp.choices),
        ),
    ),
    Act(
        name="set_stages",
        label=_("Set the stages"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=timing.to_set_stages,
        run=set_stages.set_stages,
        fields=(Field("stages", _("Stages, one a line: the day it ends, then its name")),),
    ),
    Act(
        name="show_reports_above",
        label=_("Reports for the level above"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=timing.to_show_reports_above,
        run=show_reports_above.show_reports_above,
        fields=(Field("shown", _("The level above reads the reports, not only the figures"), "choice", choices=YES_NO),),
    ),
)

DECISION_ACTS = (
    Act(
        name="record_meeting",
        label=_("Record a dispute meeting"),
        subject=Subject.ASSIGNMENT,
        may=questions.coordinate,
        ready=timing.to_record_meeting,
        run=hold_meeting.record_meeting,
        fields=(
            Field("held_on", _("Held on"), "date"),
            Field("participants", _("Participants")),
            Field("minutes", _("Minutes")),
            Field("outcome", _("Outcome of the meeting"), "choice", choices=DisputeMeeting.Outcome.choices),
        ),
    ),
    Act(
        name="ask_verifier",
        label=_("Have it verified by an outsider"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=timing.to_ask_verifier,
        run=verify.ask_verifier,
        fields=(Field("verifier_id", _("Who is to look"), "person"),),
    ),
    Act(
        name="verify",
        label=_("Say what you found"),
        subject=Subject.TASK,
        may=policy.may_verify,
        run=verify.verify,
        fields=(Field("result", _("Result"), "choice", choices=FOUND), Field("finding", _("Finding"))),
        weight="primary",
    ),
    Act(
        name="record_recheck",
        label=_("Record the re-check"),
        subject=Subject.TASK,
        may=policy.may_recheck,
        ready=timing.to_recheck,
        run=recheck.record_recheck,
        fields=(Field("result", _("Result"), "choice", choices=FOUND), Field("finding", _("Finding"))),
        weight="primary",
    ),
    Act(
        name="give_answer",
        label=_("Answer the instruction"),
        subject=Subject.ANSWER,
        transition="give",
        may=policy.may_answer,
        ready=timing.to_answer,
        run=answer.give_answer,
        fields=(Field("text", _("What has been done about it")),),
        weight="primary",
    ),
    Act(
        name="close_answer",
        label=_("Close it"),
        subject=Subject.ANSWER,
        transition="close",
        may=policy.may_close_answer,
        run=answer.close_answer,
        weight="primary",
    ),
    Act(
        name="return_answer",
        label=_("Return for more"),
        subject=Subject.ANSWER,
        transition="return_for_more",
        may=policy.may_close_answer,
        ready=timing.to_answer,
        run=answer.return_answer,
        fields=(Field("remark", _("What is missing")),),
    ),
)
