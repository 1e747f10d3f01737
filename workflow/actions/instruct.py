"""Write an instruction 批示: a leader's words on a task, with a date by which they are to be answered."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from workflow import policy
from workflow.actions.door import lock_task, log, of_task, person, said
from workflow.models import Answer, Instruction
from workflow.states import ENDED_ASSIGNMENT_STATES, LIVE_TASK_STATES, Part, TaskState
from workflow.timeline import Verb


@transaction.atomic
def instruct(
    *, actor: Actor, task_id: int, text: str, now: dt.datetime, answer_by: dt.date | None = None, version: int | None = None
) -> Instruction:
    """Write an instruction on a task; its coordinators and leads are told at once.

    With a day, each lead owes an answer by then, which is tracked until the leader or the coordinator closes it; on a task that has not
    gone out, from when it does (`owe_answers`).

    Raises:
        Invalid: the day by which it is to be answered has passed, or the task has ended, so that nobody is left to answer.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_instruct(actor, task))
    text = said(text, "text")
    if answer_by is not None and answer_by < timezone.localdate(now):
        raise Invalid(_("The day lies in the past."), "answer_by")
    if answer_by is not None and task.state not in {TaskState.DRAFT, *LIVE_TASK_STATES}:
        raise Invalid(
            _(
                "The task has ended, and nobody is left to answer: write the instruction without a day, "
                "or reopen the task first if it was signed off."
            ),
            "answer_by",
        )
    row = Instruction.objects.create(task=task, text=text, written_by_id=person(actor), written_at=now, answer_by=answer_by)
    if answer_by is not None and task.state in LIVE_TASK_STATES:
        leads = task.assignments.filter(part=Part.LEAD).exclude(state__in=ENDED_ASSIGNMENT_STATES).order_by("rank", "pk")
        Answer.objects.bulk_create(Answer(instruction=row, assignment=lead, due_on=answer_by) for lead in leads)
    log(actor, now, of_task(task, Verb.INSTRUCT, comment=text, answer_by=answer_by.isoformat() if answer_by else None))
    return row
