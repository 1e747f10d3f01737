"""A lead's own plan 落实方案: its officer writes it, its reviewer puts it on record; a later version replaces the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy, work_plans
from workflow.actions.door import expect, keep, lock_assignment, lock_with_part, log, move, of_part, said
from workflow.models import WorkPlan, WorkStep
from workflow.plan_digests import digest
from workflow.states import RECORDED_WORK_PLAN_STATES, WorkPlanState
from workflow.timeline import Entry, Verb

MOST = 30
"""How many steps a plan can have."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is written: the day until which it is done, what is done, and who is responsible inside the agency."""

    day: dt.date
    what: str
    responsible: str


@transaction.atomic
def begin_work_plan(*, actor: Actor, assignment_id: int, now: dt.datetime, version: int | None = None) -> WorkPlan:
    """Begin a plan for a lead's part; one that follows another starts from its text and steps, not from its files."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_begin_work_plan(actor, assignment))
    expect(work_plans.to_begin(assignment, now))
    before = work_plans.in_force(assignment)
    row = WorkPlan.objects.create(assignment=assignment, author_id=actor.user_id, text=before.text if before else "")
    if before is not None:
        _write_steps(row, [Step(step.day, step.what, step.responsible) for step in before.steps.all()])
    log(actor, now, entry(row, Verb.BEGIN_WORK_PLAN, ("", row.state)))
    return row


@transaction.atomic
def save_work_plan(
    *, actor: Actor, workplan_id: int, text: str, steps: Sequence[Step], now: dt.datetime, version: int | None = None
) -> WorkPlan:
    """Keep what has been written so far; the steps take the place of those before, in the order of their days.

    Raises:
        Invalid: a step does not say what is done or who is responsible, or there are too many.
    """
    row = lock_with_part(WorkPlan, actor, workplan_id, now=now, version=version)
    require(policy.may_write_work_plan(actor, row))
    expect(work_plans.to_write(row, now))
    wanted = [Step(step.day, step.what.strip(), step.responsible.strip()) for step in steps]
    if not all(step.what and step.responsible for step in wanted):
        raise Invalid(_("Give each step its day, what is done until then, and who is responsible."), "steps")
    if len(wanted) > MOST:
        raise Invalid(_("Name at most %(most)d steps.") % {"most": MOST}, "steps")
    move(row, "save_draft", author_id=actor.user_id)
    row.text = text.strip()
    keep(row)
    row.steps.all().delete()
    _write_steps(row, wanted)
    return row


def _write_steps(row: WorkPlan, steps: Sequence[Step]) -> None:
    ordered = sorted(steps, key=lambda step: step.day)
    WorkStep.objects.bulk_create(WorkStep(work_plan=row, day=step.day, what=step.what, responsible=step.responsible) for step in ordered)


@transaction.atomic
def send_work_plan_for_review(*, actor: Actor, workplan_id: int, now: dt.datetime, version: int | None = None) -> WorkPlan:
    """Hand a plan to the reviewer of the lead."""
    row = lock_with_part(WorkPlan, actor, workplan_id, now=now, version=version)
    require(policy.may_write_work_plan(actor, row))
    expect(work_plans.to_release(row, now))
    states = move(row, "send_for_review")
    keep(row)
    log(actor, now, entry(row, Verb.SEND_WORK_PLAN_FOR_REVIEW, states))
    return row


@transaction.atomic
def send_back_work_plan(*, actor: Actor, workplan_id: int, remark: str, now: dt.datetime, version: int | None = None) -> WorkPlan:
    """Give a plan back to the officer inside the agency, with what is to be changed."""
    row = lock_with_part(WorkPlan, actor, workplan_id, now=now, version=version)
    require(policy.may_send_back(actor, row))
    remark = said(remark, "remark")
    states = move(row, "send_back", remark=remark)
    keep(row)
    log(actor, now, entry(row, Verb.SEND_BACK_WORK_PLAN, states, remark))
    return row


@transaction.atomic
def file_work_plan(*, actor: Actor, workplan_id: int, now: dt.datetime, version: int | None = None) -> WorkPlan:
    """Put a plan on record 报备 under the next number, in the place of the version before; nobody releases what they wrote themselves.

    The record keeps the digest of the words, steps and files, so that what was put on record can be told from anything else,
    and the day until which the plan was asked for.
    """
    row = lock_with_part(WorkPlan, actor, workplan_id, now=now, version=version)
    require(policy.may_release(actor, row))
    expect(work_plans.to_release(row, now))
    part = row.assignment
    earlier = list(part.work_plans.select_for_update(of=("self",), no_key=True).filter(state__in=RECORDED_WORK_PLAN_STATES))
    number = max((plan.number or 0 for plan in earlier), default=0) + 1
    states = move(row, "file", number=number, reviewer_id=actor.user_id, now=now)
    for plan in earlier:
        if plan.state == WorkPlanState.FILED:
            move(plan, "replace")
            keep(plan)
    keep(row)
    part.moved_at = now
    asked = {"plan_due_on": part.plan_due_on.isoformat()} if part.plan_due_on is not None else {}
    part.plan_due_on = None
    keep(part)
    log(actor, now, entry(row, Verb.FILE_WORK_PLAN, states, number=number, digest=digest(row), **asked))
    return row


def entry(row: WorkPlan, verb: Verb, states: tuple[str, str] = ("", ""), comment: str = "", **data: Any) -> Entry:
    """Return the entry of an act on a lead's plan."""
    return of_part(row.assignment, verb, states, comment, **{"work_plan": row.pk} | data)
