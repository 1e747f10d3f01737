"""Files that a lead keeps with its plan: its officer attaches and removes them while it is being written."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, require
from workflow import policy, work_plans
from workflow.actions.attaching import attach, detach
from workflow.actions.door import expect, lock_with_part
from workflow.actions.write_work_plan import entry
from workflow.models import WorkPlan, WorkPlanFile
from workflow.states import WorkPlanState


def _lock_draft(actor: Actor, workplan_id: int, now: dt.datetime) -> WorkPlan:
    row = lock_with_part(WorkPlan, actor, workplan_id, now=now)
    require(policy.may_write_work_plan(actor, row))
    expect(work_plans.to_write(row, now))
    if row.state != WorkPlanState.DRAFT:
        raise Conflict(_("The work plan is not being written any more; files can be changed once it comes back."))
    return row


@transaction.atomic
def attach_plan_file(*, actor: Actor, workplan_id: int, filename: str, content: bytes, now: dt.datetime) -> WorkPlanFile:
    """Attach a file to a plan that is still being written; the same file twice is kept once.

    Raises:
        Invalid: the file is empty or too large.
        Conflict: the plan is not being written any more.
    """
    row = _lock_draft(actor, workplan_id, now)
    return attach(row.files, filename, content, actor=actor, now=now, noted=partial(entry, row))


@transaction.atomic
def detach_plan_file(*, actor: Actor, workplan_id: int, file_id: int, now: dt.datetime) -> WorkPlan:
    """Remove a file from a plan that is still being written; the record keeps its name and digest."""
    row = _lock_draft(actor, workplan_id, now)
    detach(row.files, file_id, actor=actor, now=now, noted=partial(entry, row))
    return row
