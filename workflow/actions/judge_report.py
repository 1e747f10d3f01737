"""Accept a report 采用, return it for more 退回补报, or do without it 免报."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy
from workflow.actions.door import keep, lock_report, log, move, said
from workflow.actions.joint_reports import stands_alone
from workflow.actions.roll_up import is_rolled_up, lock_above, roll_up, set_from_leads
from workflow.models import Report, Task
from workflow.timeline import Entry, Verb


@transaction.atomic
def accept_report(*, actor: Actor, report_id: int, now: dt.datetime, comment: str = "", version: int | None = None) -> Report:
    """Take a report into the ledger: its progress becomes the assignment's, and the task's is the mean of its leads'.

    Where the agency has decomposed its part and the task rolls up from its tasks, these say how far the part has come.
    """
    lock_above(Task.objects.filter(assignments__reports=report_id).values_list("pk", flat=True))
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_judge_report(actor, report))
    states = move(report, "accept")
    keep(report)
    assignment = report.assignment
    if report.percent is not None and not is_rolled_up(assignment):
        assignment.percent, assignment.reopened_at = report.percent, None
        assignment.moved_at = now
        keep(assignment)
        set_from_leads(assignment.task, now)
    log(actor, now, _entry(report, Verb.ACCEPT_REPORT, states, comment.strip()))
    roll_up(actor, assignment.task, now)
    return report


@transaction.atomic
def return_report(*, actor: Actor, report_id: int, remark: str, now: dt.datetime, version: int | None = None) -> Report:
    """Ask for more, and say what."""
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_judge_report(actor, report))
    remark = said(remark, "remark")
    states = move(report, "return_for_more", remark=remark)
    stands_alone(report)
    keep(report)
    log(actor, now, _entry(report, Verb.RETURN_REPORT, states, remark))
    return report


@transaction.atomic
def waive_report(*, actor: Actor, report_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Report:
    """Do without a report, with the reason."""
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_judge_report(actor, report))
    reason = said(reason, "reason")
    states = move(report, "waive")
    keep(report)
    log(actor, now, _entry(report, Verb.WAIVE_REPORT, states, reason))
    return report


def _entry(report: Report, verb: Verb, states: tuple[str, str], comment: str) -> Entry:
    return Entry(
        task=report.assignment.task,
        verb=verb,
        agency=report.assignment.task.issuer,
        assignment=report.assignment,
        report=report,
        from_state=states[0],
        to_state=states[1],
        comment=comment,
    )
