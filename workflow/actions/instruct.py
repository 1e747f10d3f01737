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
from workflow.models import Instruction
from workflow.timeline import Verb


@transaction.atomic
def instruct(
    *, actor: Actor, task_id: int, text: str, now: dt.datetime, answer_by: dt.date | None = None, version: int | None = None
) -> Instruction:
    """Write an instruction on a task; its coordinators and leads are told at once.

    Raises:
        Invalid: the day by which it is to be answered has passed.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_instruct(actor, task))
    text = said(text, "text")
    if answer_by is not None and answer_by < timezone.localdate(now):
        raise Invalid(_("The day lies in the past."), "answer_by")
    row = Instruction.objects.create(task=task, text=text, written_by_id=person(actor), written_at=now, answer_by=answer_by)
    log(actor, now, of_task(task, Verb.INSTRUCT, comment=text, answer_by=answer_by.isoformat() if answer_by else None))
    return row
