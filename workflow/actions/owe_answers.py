"""What the leads of a task that goes out owe on instructions written while it was drawn up 批示办理."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from workflow.actions.go_over import LEAST_WORKING_DAYS
from workflow.deadlines import add_working_days
from workflow.models import Answer, Assignment, Instruction
from workflow.working_days import calendar_in_force


def owe_what_was_written_before(parts: Sequence[Assignment], now: dt.datetime) -> dict[int, dt.date]:
    """Let the leads of tasks that go out owe what instructions with a day asked while they were drawn up, in two statements.

    The day is the instruction's. An agency hears of it only now, so that it has a few working days at least, as who takes a part over has.

    Args:
        parts: of the tasks, just made.
        now: the moment at which they go out.

    Returns:
        The earliest day by the task's key, of the tasks that have one.
    """
    leads: dict[int, list[Assignment]] = defaultdict(list)
    for part in parts:
        if part.is_lead:
            leads[part.task_id].append(part)
    asked = list(Instruction.objects.filter(task__in=leads, answer_by__isnull=False).order_by("pk"))
    if not asked:
        return {}
    least = add_working_days(timezone.localdate(now), LEAST_WORKING_DAYS, calendar_in_force())
    rows = [
        Answer(instruction=row, assignment=lead, due_on=max(row.answer_by, least))
        for row in asked
        if row.answer_by is not None
        for lead in leads[row.task_id]
    ]
    Answer.objects.bulk_create(rows)
    earliest: dict[int, dt.date] = {}
    for row in rows:
        task = row.assignment.task_id
        earliest[task] = min(row.due_on, earliest.get(task, row.due_on))
    return earliest
