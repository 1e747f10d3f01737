"""Release a report from its agency 报送, or give it back inside the agency."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_report, log, move, of_part, said
from workflow.collecting import collected
from workflow.models import Report
from workflow.timeline import Verb


@transaction.atomic
def submit_report(*, actor: Actor, report_id: int, now: dt.datetime, confidence: str | None = None, version: int | None = None) -> Report:
    """Release a report to the issuer; nobody releases what they wrote themselves.

    `confidence` is what the reviewer thinks of the forecast, apart from what the officer does.
    """
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_release_report(actor, report))
    expect(timing.task_is_live(report.assignment.task))
    if confidence and confidence not in Report.Confidence.values:
        raise Invalid(_("Choose one of the answers."), "confidence")
    states = move(report, "submit", reviewer_id=actor.user_id, confidence=confidence or "", now=now)
    keep(report)
    assignment = report.assignment
    assignment.moved_at = now
    keep(assignment)
    missing = collected(report).names_missing
    log(actor, now, of_part(assignment, Verb.SUBMIT_REPORT, states, report=report, percent=report.percent, missing=missing))
    return report


@transaction.atomic
def send_back(*, actor: Actor, report_id: int, remark: str, now: dt.datetime, version: int | None = None) -> Report:
    """Give a report back to the officer inside the agency, with what is to be changed."""
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_send_back_report(actor, report))
    remark = said(remark, "remark")
    states = move(report, "send_back", remark=remark)
    keep(report)
    log(actor, now, of_part(report.assignment, Verb.SEND_BACK, states, remark, report))
    return report
