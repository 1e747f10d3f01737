"""Give an agency another part in a task that is under way 调整分工: lead, first lead, or support."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import grants, policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, move, said
from workflow.actions.plan_days import set_plan_days
from workflow.actions.reports_ahead import open_reports
from workflow.actions.roll_up import count_leads, lock_above, roll_up
from workflow.actions.set_stages import open_stage_reports
from workflow.models import Assignment
from workflow.states import ENDED_ASSIGNMENT_STATES, Part, ReportState
from workflow.timeline import Entry, Verb

FIRST_LEAD = "first_lead"
"""The part of the first lead 首位牵头: a lead that stands before all others."""

PARTS = (Part.SUPPORT.value, Part.LEAD.value, FIRST_LEAD)


@transaction.atomic
def change_part(*, actor: Actor, assignment_id: int, part: str, reason: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Give an agency another part, with the reason; state, dates and reports stay, and the task's progress is counted anew.

    Who becomes a lead owes the report of the running period; of who no longer leads, reports that nobody has begun are waived.

    Raises:
        Invalid: there is no such part, or the agency has it already.
        Conflict: it is the last lead.
    """
    lock_above(Assignment.objects.filter(pk=assignment_id).values_list("task_id", flat=True))
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    task = assignment.task
    require(policy.may_coordinate(actor, task))
    expect(timing.owes_something(assignment))
    reason = said(reason, "reason")
    if part not in PARTS:
        raise Invalid(_("Choose one of the answers."), "part")
    leads = task.assignments.filter(part=Part.LEAD).exclude(state__in=ENDED_ASSIGNMENT_STATES).order_by("rank", "pk")
    is_first = assignment.is_lead and leads[0].pk == assignment.pk
    if part == assignment.part or (part == FIRST_LEAD and is_first):
        raise Invalid(_("The agency has this part already."), "part")
    if part == Part.SUPPORT and not leads.exclude(pk=assignment.pk).exists():
        raise Conflict(_("This is the last lead; add another lead first, or terminate the task."))
    before = FIRST_LEAD if is_first else assignment.part
    _place(assignment, part)
    set_plan_days([assignment], now)
    assignment.moved_at = now
    keep(assignment)
    assignment.participation.delete()
    grants.link_part(assignment).save()
    counted = count_leads([task]).get(task.pk, {})
    keep(task)
    entries = [_entry(assignment, Verb.CHANGE_PART, reason, before=before, after=part, **counted)]
    if part == Part.SUPPORT:
        entries += _waive_reports(assignment, reason, now)
    elif before == Part.SUPPORT:
        open_reports([assignment], timezone.localdate(now))
        open_stage_reports([assignment], since=timezone.localdate(now))
    log(actor, now, *entries)
    roll_up(actor, task, now)
    return assignment


def _place(assignment: Assignment, part: str) -> None:
    """Set the part and the rank: the first lead before all leads, anybody else behind those of the same part."""
    task = assignment.task
    if part == FIRST_LEAD:
        task.assignments.filter(part=Part.LEAD).update(rank=F("rank") + 1)
        assignment.part, assignment.rank = Part.LEAD.value, 1
    else:
        assignment.part = part
        assignment.rank = (task.assignments.filter(part=part).exclude(pk=assignment.pk).aggregate(last=Max("rank"))["last"] or 0) + 1


def _waive_reports(assignment: Assignment, reason: str, now: dt.datetime) -> list[Entry]:
    entries = []
    for report in assignment.reports.select_for_update(of=("self",), no_key=True).filter(state=ReportState.DUE).order_by("pk"):
        report.assignment = assignment
        states = move(report, "waive")
        keep(report)
        entries.append(replace(_entry(assignment, Verb.WAIVE_REPORT, reason), report=report, from_state=states[0], to_state=states[1]))
    return entries


def _entry(assignment: Assignment, verb: Verb, reason: str, **data: str | int) -> Entry:
    """Return the entry of an act of the issuer on an agency's part."""
    return Entry(task=assignment.task, verb=verb, agency=assignment.task.issuer, assignment=assignment, comment=reason, data=dict(data))
