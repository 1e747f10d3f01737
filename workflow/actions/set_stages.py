"""The stages of a task 阶段, and the report that each lead owes at the end of each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy, timing
from workflow.actions.ask_supporters import open_contributions
from workflow.actions.door import expect, keep, lock_parts, lock_task, log, move, of_part, of_task
from workflow.deadlines import add_working_days
from workflow.models import Assignment, Report, Stage, Task
from workflow.states import ReportState, Rhythm, TaskState
from workflow.timeline import Entry, Verb
from workflow.working_days import calendar_in_force

REPORT_WORKING_DAYS = 5
"""Within how many working days after the end of a stage its report is due."""
MOST = 24
"""How many stages a task can have."""
LINE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，:：]+(.+)$")


def read_stages(text: str) -> list[tuple[dt.date, str]]:
    """Return the stages written one a line, the day it ends before its name: “2026-06-30 完成方案”.

    Raises:
        Invalid: a line is not read, two end on the same day, or there are none or too many.
    """
    found: dict[dt.date, str] = {}
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        read = LINE.match(line)
        try:
            day = dt.date(int(read[1]), int(read[2]), int(read[3])) if read else None
        except ValueError:
            day = None
        if read is None or day is None:
            raise Invalid(_("This line is not understood: “%(line)s”. Write the day and the stage, one a line.") % {"line": line}, "stages")
        if day in found:
            raise Invalid(_("Two stages end on the same day."), "stages")
        found[day] = read[4].strip()[:100]
    if not 1 <= len(found) <= MOST:
        raise Invalid(_("Name between 1 and %(most)d stages.") % {"most": MOST}, "stages")
    return sorted(found.items())


@transaction.atomic
def set_stages(*, actor: Actor, task_id: int, stages: str, now: dt.datetime, version: int | None = None) -> Task:
    """Set the stages of a task, which from now on reports by stage; a report not begun for a stage that is gone is waived."""
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.to_set_stages(task, now))
    wanted = read_stages(stages)
    task.stages.all().delete()
    Stage.objects.bulk_create(Stage(task=task, name=name, ends_on=day) for day, name in wanted)
    task.rhythm = Rhythm.BY_STAGE
    keep(task)
    entries = [of_task(task, Verb.SET_STAGES, stages=[f"{day.isoformat()} {name}" for day, name in wanted])]
    if task.state == TaskState.DISPATCHED:
        parts = [part for part in lock_parts(task) if part.is_lead]
        entries += _waive_gone(parts, [day for day, _name in wanted], actor, now)
        open_stage_reports(parts)
    log(actor, now, *entries)
    return task


def open_stage_reports(assignments: Iterable[Assignment], since: dt.date | None = None) -> int:
    """Open the report of every stage for each lead whose task reports by stage; existing rows are left alone.

    A stage runs from the day after the one before it; the first from the day the task went out.

    Args:
        assignments: with their tasks loaded.
        since: who comes later does not owe the reports of stages that ended before this day.
    """
    leads = [part for part in assignments if part.is_lead and part.task.rhythm == Rhythm.BY_STAGE]
    stages: dict[int, list[Stage]] = {}
    for stage in Stage.objects.filter(task__in=[part.task_id for part in leads]).order_by("task_id", "ends_on"):
        stages.setdefault(stage.task_id, []).append(stage)
    calendar = calendar_in_force()
    known = set(Report.objects.filter(assignment__in=leads, on_demand=False).exclude(stage="").values_list("assignment_id", "period_end"))
    rows = [
        Report(
            assignment=part,
            period_start=min(start, stage.ends_on),
            period_end=stage.ends_on,
            stage=stage.name,
            due_on=add_working_days(stage.ends_on, REPORT_WORKING_DAYS, calendar),
        )
        for part in leads
        for start, stage in _spans(part, stages.get(part.task_id, []))
        if (part.pk, stage.ends_on) not in known and (since is None or stage.ends_on >= since)
    ]
    Report.objects.bulk_create(rows, ignore_conflicts=True)
    open_contributions(rows)
    return len(rows)


def _spans(part: Assignment, stages: Sequence[Stage]) -> list[tuple[dt.date, Stage]]:
    """Return each stage with the day it begins on."""
    if not stages:
        return []
    following = [(before.ends_on + dt.timedelta(days=1), stage) for before, stage in pairwise(stages)]
    return [(timezone.localdate(part.task.dispatched_at or part.assigned_at), stages[0]), *following]


def _waive_gone(parts: Sequence[Assignment], days: Sequence[dt.date], actor: Actor, now: dt.datetime) -> list[Entry]:
    """Waive the reports of stages that are gone and that nobody has begun to send, and those of an earlier rhythm still to come."""
    today = timezone.localdate(now)
    entries = []
    by_pk = {part.pk: part for part in parts}
    open_states = [ReportState.DUE, ReportState.DRAFT]
    gone = Report.objects.select_for_update(of=("self",), no_key=True).filter(assignment__in=by_pk, on_demand=False, state__in=open_states)
    for report in gone.exclude(period_end__in=days).filter(period_end__gte=today).order_by("pk"):
        report.assignment = by_pk[report.assignment_id]
        states = move(report, "waive")
        keep(report)
        entries.append(of_part(report.assignment, Verb.WAIVE_REPORT, states, report=report, why="stages"))
    return entries
