"""An instruction with a day, at whatever moment of a task's life it is written: who owes an answer, and from when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from agencies.refusals import Invalid
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.scenes import closed, terminated
from tests.factories.tasks import Stage, draft_task
from workflow import duties
from workflow.actions.dispatch import dispatch
from workflow.actions.go_over import LEAST_WORKING_DAYS
from workflow.actions.instruct import instruct
from workflow.deadlines import add_working_days, official_calendar
from workflow.duties import Duty
from workflow.models import Answer, Event, Instruction
from workflow.timeline import Verb

pytestmark = pytest.mark.django_db

SOON, LATER = TODAY + dt.timedelta(days=9), TODAY + dt.timedelta(days=20)


def written(stage: Stage, answer_by: dt.date | None) -> Instruction:
    return instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请抓紧研究。", answer_by=answer_by, now=NOW)


def goes_out(stage: Stage, now: dt.datetime = NOW) -> None:
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=now)


def test_what_was_asked_while_a_task_was_drawn_up_is_owed_by_its_leads_once_it_goes_out() -> None:
    stage = draft_task(leads=2)
    asked = [written(stage, LATER), written(stage, SOON)]
    written(stage, None)
    reviewer = stage.leads[0].reviewer
    assert not Answer.objects.exists(), "nobody has the task yet"
    goes_out(stage)
    rows = Answer.objects.order_by("pk").values_list("instruction_id", "assignment__agency_id", "due_on", "state")
    agencies = [crew.agency.pk for crew in stage.leads]
    assert list(rows) == [(row.pk, agency, row.answer_by, "owed") for row in asked for agency in agencies]
    assert duties.count_by_kind(actor_of(reviewer), now=NOW)[Duty.ANSWER] == 2
    assert Duty.ANSWER not in {kind for kind, number in duties.count_by_kind(stage.supporters[0].reviewer_actor, now=NOW).items() if number}
    assert Event.objects.get(task=stage.task, verb=Verb.DISPATCH).data["answer_by"] == SOON.isoformat(), "the nearest day is on record"


def test_a_day_that_has_come_before_the_task_goes_out_leaves_a_few_working_days() -> None:
    stage = draft_task()
    written(stage, SOON)
    now = NOW + dt.timedelta(days=14)
    goes_out(stage, now=now)
    assert Answer.objects.get().due_on == add_working_days(now.date(), LEAST_WORKING_DAYS, official_calendar())


def test_a_task_owes_only_what_was_asked_of_it() -> None:
    stage, other = draft_task(), draft_task()
    written(stage, SOON)
    goes_out(stage)
    goes_out(other)
    assert Answer.objects.get().assignment.task_id == stage.task.pk
    assert "answer_by" not in Event.objects.get(task=other.task, verb=Verb.DISPATCH).data


@pytest.mark.parametrize("ended", [closed, terminated])
def test_nobody_is_left_to_answer_on_a_task_that_has_ended(ended: Callable[[], Stage]) -> None:
    stage = ended()
    with pytest.raises(Invalid, match="无单位可反馈") as refused:
        written(stage, SOON)
    assert refused.value.field == "answer_by"
    written(stage, None)
    assert (Instruction.objects.count(), Answer.objects.count()) == (1, 0)
