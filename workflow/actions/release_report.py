"""Release a report from its agency 报送, or give it back inside the agency."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_report, log, move, of_part, said
from workflow.actions.joint_reports import lock_tasks_with, with_followers
from workflow.collecting import collected
from workflow.models import Report
from workflow.states import ReportState
from workflow.timeline import Verb

IN_REVIEW = frozenset({ReportState.AGENCY_REVIEW})


@transaction.atomic
def submit_report(*, actor: Actor, report_id: int, now: dt.datetime, confidence: str | None = None, version: int | None = None) -> Report:
    """Release a report to the issuer; nobody releases what they wrote themselves.

    `confidence` is what the reviewer thinks of the forecast, apart from what the officer does.
    """
    lock_tasks_with(report_id)
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_release(actor, report))
    expect(timing.stands_alone(report))
    expect(timing.task_is_live(report.assignment.task))
    if confidence and confidence not in Report.Confidence.values:
        raise Invalid(_("Choose one of the answers."), "confidence")
    states = move(report, "submit", reviewer_id=actor.user_id, confidence=confidence or "", now=now)
    keep(report)
    assignment = report.assignment
    assignment.moved_at = now
    keep(assignment)
    missing = collected(report).names_missing
    release = partial(_submit, reviewer_id=actor.user_id, confidence=confidence or "", now=now)
    others = with_followers(report, IN_REVIEW, release, Verb.SUBMIT_REPORT)
    log(actor, now, of_part(assignment, Verb.SUBMIT_REPORT, states, report=report, percent=report.percent, missing=missing), *others)
    return report


@transaction.atomic
def send_back(*, actor: Actor, report_id: int, remark: str, now: dt.datetime, version: int | None = None) -> Report:
    """Give a report back to the officer inside the agency, with what is to be changed."""
    lock_tasks_with(report_id)
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_send_back(actor, report))
    expect(timing.stands_alone(report))
    remark = said(remark, "remark")
    states = move(report, "send_back", remark=remark)
    keep(report)
    others = with_followers(report, IN_REVIEW, partial(_send_back, remark=remark), Verb.SEND_BACK)
    log(actor, now, of_part(report.assignment, Verb.SEND_BACK, states, remark, report), *others)
    return report


def _submit(row: Report, *, reviewer_id: int | None, confidence: str, now: dt.datetime) -> tuple[str, str]:
    """Release a report together with the one it was written with."""
    states = move(row, "submit", reviewer_id=reviewer_id, confidence=confidence, now=now)
    row.assignment.moved_at = now
    keep(row.assignment)
    return states


def _send_back(row: Report, *, remark: str) -> tuple[str, str]:
    return move(row, "send_back", remark=remark)
