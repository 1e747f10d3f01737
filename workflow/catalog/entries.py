"""The entries: every act with its label, machine and transition, policy question, moment and fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from workflow import policy, timing
from workflow.actions import (
    co_sign,
    comment,
    decide_extension,
    decide_sign_off,
    declare_done,
    dispatch,
    hand_back,
    instruct,
    interrupt,
    pass_on,
    plan_task,
    press,
    rearrange,
    request_extension,
    request_sign_off,
    rule_on_hand_back,
    sign_for,
    split_task,
    write_report,
)
from workflow.catalog import questions
from workflow.catalog.act import REASON, Act, Field, Subject
from workflow.catalog.contribution_acts import CONTRIBUTION_ACTS
from workflow.catalog.decision_acts import DECISION_ACTS, RULE_ACTS
from workflow.catalog.report_acts import REPORT_ACTS
from workflow.catalog.revision_acts import REVISION_ACTS, SPLIT_FIELDS
from workflow.catalog.work_plan_acts import WORK_PLAN_ACTS
from workflow.states import Part, Verdict


def one(run: Callable[..., Any]) -> Callable[..., Any]:
    """Return a batch act as an act on one task."""

    def run_one(*, actor: Actor, task_id: int, now: dt.datetime, version: int | None = None, **fields: Any) -> Any:
        versions = {} if version is None else {task_id: version}
        return run(actor=actor, task_ids=[task_id], now=now, versions=versions, **fields)

    return run_one


OPINION = Field("opinion", _("Opinion"))

TASK_ACTS = (
    Act(
        name="set_due",
        label=_("Set the due date"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=questions.is_draft,
        run=one(plan_task.set_due),
        fields=(Field("due_on", _("Due on"), "date"),),
    ),
    Act(
        name="split_task",
        label=_("Split by its sentences"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=split_task.to_split,
        run=split_task.split_task,
        fields=SPLIT_FIELDS,
    ),
    Act(
        name="dispatch",
        label=_("Dispatch"),
        subject=Subject.TASK,
        transition="dispatch",
        may=policy.may_coordinate,
        ready=questions.dispatchable,
        run=one(dispatch.dispatch),
        goes_out=True,
        weight="primary",
    ),
    Act(
        name="add_assignment",
        label=_("Add an agency"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=questions.is_live,
        run=rearrange.add_assignment,
        fields=(
            Field("agency_id", _("Agency"), "agency"),
            Field("part", _("Part"), "choice", choices=tuple(Part.choices)),
            Field("reason", _("Reason"), required=False),
        ),
    ),
    Act(
        name="submit_sign_off",
        label=_("Stop waiting for co-signatures"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=timing.to_submit_sign_off,
        run=decide_sign_off.submit_sign_off,
    ),
    Act(
        name="sign_off",
        label=_("Sign off"),
        subject=Subject.TASK,
        transition="sign_off",
        may=questions.decide_sign_off,
        ready=timing.to_decide_sign_off,
        run=decide_sign_off.sign_off,
        fields=(Field("opinion", _("Opinion"), required=False),),
        goes_out=True,
        weight="primary",
    ),
    Act(
        name="return_sign_off",
        label=_("Return to the leads"),
        subject=Subject.TASK,
        transition="return_to_work",
        may=questions.decide_sign_off,
        run=decide_sign_off.return_sign_off,
        fields=(OPINION,),
        goes_out=True,
    ),
    Act(
        name="instruct",
        label=_("Write an instruction"),
        subject=Subject.TASK,
        may=policy.may_instruct,
        run=instruct.instruct,
        fields=(Field("text", _("Instruction")), Field("answer_by", _("To be answered by"), "date", required=False)),
    ),
    Act(
        name="comment",
        label=_("Write a comment"),
        subject=Subject.TASK,
        may=policy.may_comment,
        run=comment.comment,
        fields=(Field("text", _("Comment")),),
    ),
    Act(
        name="note",
        label=_("Write a note inside the agency"),
        subject=Subject.TASK,
        may=policy.may_comment,
        run=comment.note,
        fields=(Field("text", _("Note inside the agency")),),
    ),
    Act(
        name="suspend",
        label=_("Suspend"),
        subject=Subject.TASK,
        transition="suspend",
        may=policy.may_coordinate,
        run=interrupt.suspend,
        fields=(REASON,),
        goes_out=True,
    ),
    Act(
        name="resume",
        label=_("Resume"),
        subject=Subject.TASK,
        transition="resume",
        may=policy.may_coordinate,
        run=interrupt.resume,
        goes_out=True,
    ),
    Act(
        name="terminate",
        label=_("Terminate"),
        subject=Subject.TASK,
        transition="terminate",
        may=policy.may_coordinate,
        run=interrupt.terminate,
        fields=(REASON,),
        goes_out=True,
        weight="danger",
    ),
    Act(
        name="reopen",
        label=_("Reopen"),
        subject=Subject.TASK,
        transition="reopen",
        may=policy.may_coordinate,
        run=interrupt.reopen,
        fields=(REASON,),
        goes_out=True,
    ),
)

ASSIGNMENT_ACTS = (
    Act(
        name="sign_for",
        label=_("Sign for it"),
        subject=Subject.ASSIGNMENT,
        transition="sign_for",
        may=policy.may_sign_for,
        ready=questions.in_hand,
        run=sign_for.sign_for,
        weight="primary",
    ),
    Act(
        name="pass_on",
        label=_("Name the officer in charge"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_pass_on,
        ready=questions.in_hand,
        run=pass_on.pass_on,
        fields=(Field("officer_id", _("Officer"), "officer"),),
    ),
    Act(
        name="ask_for_report",
        label=_("Report out of turn"),
        subject=Subject.ASSIGNMENT,
        may=questions.ask_for_report,
        ready=timing.to_ask_for_report,
        run=write_report.ask_for_report,
        fields=(Field("comment", _("What about"), required=False),),
    ),
    Act(
        name="hand_back",
        label=_("Hand back"),
        subject=Subject.ASSIGNMENT,
        transition="hand_back",
        may=policy.may_hand_back,
        ready=timing.to_hand_back,
        run=hand_back.hand_back,
        fields=(
            REASON,
            Field("legal_basis", _("Legal basis")),
            Field("suggested_id", _("Whose it is, in your view"), "agency", required=False),
        ),
    ),
    Act(
        name="withdraw_hand_back",
        label=_("Take the hand-back back"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_hand_back,
        ready=questions.has_open_hand_back,
        run=rule_on_hand_back.withdraw_hand_back,
    ),
    Act(
        name="uphold",
        label=_("Uphold the assignment"),
        subject=Subject.ASSIGNMENT,
        transition="settle",
        may=questions.rule,
        ready=questions.has_open_hand_back,
        run=rule_on_hand_back.uphold,
        fields=(OPINION,),
    ),
    Act(
        name="reroute",
        label=_("Reroute"),
        subject=Subject.ASSIGNMENT,
        transition="reroute",
        may=questions.rule,
        ready=questions.has_open_hand_back,
        run=rule_on_hand_back.reroute,
        fields=(Field("agency_id", _("To which agency"), "agency"), OPINION),
        goes_out=True,
        weight="primary",
    ),
    Act(
        name="request_extension",
        label=_("Ask for more time"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_request_extension,
        ready=timing.to_request_extension,
        run=request_extension.request_extension,
        fields=(Field("asked_for", _("Until"), "date"), REASON),
    ),
    Act(
        name="withdraw_extension",
        label=_("Take the request for more time back"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_request_extension,
        ready=questions.has_open_extension,
        run=request_extension.withdraw_extension,
    ),
    Act(
        name="grant_extension",
        label=_("Grant more time"),
        subject=Subject.ASSIGNMENT,
        may=questions.decide_extension,
        ready=questions.has_open_extension,
        run=decide_extension.grant_extension,
        fields=(Field("granted_to", _("Until"), "date"), Field("opinion", _("Opinion"), required=False)),
        weight="primary",
    ),
    Act(
        name="refuse_extension",
        label=_("Refuse more time"),
        subject=Subject.ASSIGNMENT,
        may=questions.decide_extension,
        ready=questions.has_open_extension,
        run=decide_extension.refuse_extension,
        fields=(OPINION,),
    ),
    Act(
        name="declare_done",
        label=_("Declare done"),
        subject=Subject.ASSIGNMENT,
        transition="declare_done",
        may=policy.may_declare_done,
        ready=timing.to_declare_done,
        run=declare_done.declare_done,
        fields=(Field("summary", _("Summary of the result")),),
        weight="primary",
    ),
    Act(
        name="request_sign_off",
        label=_("Put up for sign-off"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_request_sign_off,
        ready=timing.to_put_up,
        run=request_sign_off.request_sign_off,
        fields=(Field("summary", _("Summary of the result")),),
        goes_out=True,
        weight="primary",
    ),
    Act(
        name="withdraw_sign_off",
        label=_("Take the sign-off back"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_request_sign_off,
        ready=timing.to_withdraw_sign_off,
        run=decide_sign_off.withdraw_sign_off,
    ),
    Act(
        name="co_sign",
        label=_("Answer the co-signing"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_declare_done,
        ready=questions.asked_to_co_sign,
        run=co_sign.co_sign,
        fields=(
            Field("verdict", _("Answer"), "choice", choices=tuple(choice for choice in Verdict.choices if choice[0] != Verdict.WAITING)),
            Field("remark", _("Remark"), required=False),
        ),
        weight="primary",
    ),
    Act(
        name="press",
        label=_("Press"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_press,
        ready=questions.pressable,
        run=press.press,
        fields=(Field("text", _("What is to be done")),),
        goes_out=True,
    ),
    Act(
        name="remind",
        label=_("Remind"),
        subject=Subject.ASSIGNMENT,
        may=policy.may_press,
        ready=questions.pressable,
        run=press.remind,
        fields=(Field("text", _("What is to be done"), required=False),),
        goes_out=True,
    ),
    Act(
        name="succeed",
        label=_("Pass to the successor agency"),
        subject=Subject.ASSIGNMENT,
        may=questions.coordinate,
        ready=questions.succeedable,
        run=rearrange.succeed,
        fields=(Field("successor_id", _("Successor"), "successor"), Field("basis", _("Basis"))),
        goes_out=True,
    ),
    Act(
        name="withdraw_assignment",
        label=_("Withdraw"),
        subject=Subject.ASSIGNMENT,
        transition="withdraw",
        may=questions.coordinate,
        ready=questions.withdrawable,
        run=rearrange.withdraw_assignment,
        fields=(REASON,),
        goes_out=True,
        weight="danger",
    ),
)

ENTRIES: tuple[Act, ...] = (
    *TASK_ACTS, *RULE_ACTS, *ASSIGNMENT_ACTS, *REVISION_ACTS, *REPORT_ACTS, *CONTRIBUTION_ACTS, *WORK_PLAN_ACTS, *DECISION_ACTS,
)  # fmt: skip
