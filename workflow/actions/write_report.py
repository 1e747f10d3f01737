"""Write a report: keep a draft, attach evidence, send it for review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import policy, timing
from workflow.actions.attaching import attach, detach
from workflow.actions.door import expect, keep, lock_assignment, lock_report, log, move, of_part
from workflow.actions.joint_reports import copy_and_send, lock_tasks_with, with_followers
from workflow.deadlines import add_working_days
from workflow.models import Evidence, Report
from workflow.states import ReportState
from workflow.timeline import Verb
from workflow.timing import WRITABLE_REPORTS
from workflow.working_days import calendar_in_force

ON_DEMAND_WORKING_DAYS = 5
"""Within how many working days a report asked for out of turn is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportText:
    """What an officer writes into a report; `percent` is 0 to 100."""

    done: str = ""
    next_steps: str = ""
    problems: str = ""
    help_needed: str = ""
    percent: int | None = None
    forecast_on: dt.date | None = None
    confidence: str = ""


@transaction.atomic
def save_report(*, actor: Actor, report_id: int, text: ReportText, now: dt.datetime, version: int | None = None) -> Report:
    """Keep what has been written so far.

    Raises:
        Invalid: the percentage is not between 0 and 100, or the confidence is unknown.
    """
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_report(actor, report))
    expect(timing.to_save_report(report, now))
    if text.percent is not None and text.percent not in range(101):
        raise Invalid(_("Give the progress as a number from 0 to 100."), "percent")
    if text.confidence and text.confidence not in Report.Confidence.values:
        raise Invalid(_("Choose one of the answers."), "confidence")
    states = move(report, "save_draft", author_id=actor.user_id)
    for field in fields(text):
        setattr(report, field.name, getattr(text, field.name))
    keep(report)
    if states[0] != states[1]:
        log(actor, now, of_part(report.assignment, Verb.SAVE_REPORT, states, report=report))
    return report


@transaction.atomic
def attach_evidence(
    *, actor: Actor, report_id: int, filename: str, content: bytes, now: dt.datetime, version: int | None = None
) -> Evidence:
    """Attach a file to a report that is still being written; the same file twice is kept once.

    Raises:
        Invalid: the file is empty or larger than `EVIDENCE_LIMIT`.
    """
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_report(actor, report))
    expect(timing.to_save_report(report, now))
    if report.state not in {ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED}:
        raise Conflict(_("The report has been sent; evidence can be added once it comes back."))
    return attach(report.evidence, filename, content, actor=actor, now=now, noted=partial(of_part, report.assignment, report=report))


@transaction.atomic
def detach_evidence(*, actor: Actor, report_id: int, evidence_id: int, now: dt.datetime) -> Report:
    """Remove a file from a report that is still being written; the record keeps its name and digest."""
    report = lock_report(actor, report_id, now=now)
    require(policy.may_report(actor, report))
    if report.state not in {ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED}:
        raise Conflict(_("The report has been sent; evidence can be added once it comes back."))
    detach(report.evidence, evidence_id, actor=actor, now=now, noted=partial(of_part, report.assignment, report=report))
    return report


@transaction.atomic
def send_for_review(*, actor: Actor, report_id: int, now: dt.datetime, version: int | None = None) -> Report:
    """Hand a report to the agency's reviewer, and with it those that it is written for."""
    lock_tasks_with(report_id)
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_report(actor, report))
    expect(timing.to_send_for_review(report, now))
    states = move(report, "send_for_review")
    keep(report)
    others = with_followers(report, WRITABLE_REPORTS, copy_and_send(report, report.author_id), Verb.SEND_FOR_REVIEW)
    log(actor, now, of_part(report.assignment, Verb.SEND_FOR_REVIEW, states, report=report), *others)
    return report


@transaction.atomic
def ask_for_report(*, actor: Actor, assignment_id: int, comment: str, now: dt.datetime, version: int | None = None) -> Report:
    """Open a report out of turn, asked for by the coordinator or begun by the agency itself."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    coordinated = policy.may_coordinate(actor, assignment.task)
    if not coordinated:
        require(policy.may_begin_report(actor, assignment))
    expect(timing.to_ask_for_report(assignment, now))
    today = timezone.localdate(now)
    report = Report.objects.create(
        assignment=assignment,
        period_start=today,
        period_end=today,
        on_demand=True,
        due_on=add_working_days(today, ON_DEMAND_WORKING_DAYS, calendar_in_force()),
    )
    entry = of_part(assignment, Verb.OPEN_REPORT, ("", report.state), comment.strip(), report=report)
    log(actor, now, replace(entry, agency=assignment.task.issuer if coordinated else assignment.agency))
    return report
