"""The issuer changes a task under way: its wording, its due date, who leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from agencies.refusals import Conflict, Invalid
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import accepted_task, dispatched_task
from workflow import grants
from workflow.actions.change_part import change_part
from workflow.actions.decide_extension import grant_extension
from workflow.actions.request_extension import request_extension
from workflow.actions.revise import move_due, revise
from workflow.models import Event, Participation, Report
from workflow.states import Rhythm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _link_rows_agree() -> Iterator[None]:
    yield
    assert grants.differences() == []


def test_a_new_due_date_reaches_every_open_part_and_keeps_the_first() -> None:
    stage = accepted_task(leads=1, supporters=2)
    first = stage.task.first_due_on
    day = TODAY + dt.timedelta(days=300)
    task = move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=day, reason="方案修订", now=NOW)
    assert (task.due_on, task.first_due_on, task.due_version) == (day, first, 2)
    assert {part.due_on for part in task.assignments.all()} == {day}
    assert {part.first_due_on for part in task.assignments.all()} == {first}
    assert Participation.objects.filter(task=task).exclude(due_on=day).count() == 0
    event = Event.objects.get(task=task, verb="move_due")
    assert (event.data["due_before"], event.data["due_after"]) == (first.isoformat() if first else None, day.isoformat())
    assert InboxItem.objects.filter(recipient=stage.leads[0].officer, subject__contains="调整了完成时限").count() == 1


def test_a_part_that_was_granted_more_time_keeps_its_own_date() -> None:
    stage = accepted_task(leads=2)
    lead = stage.leads[0]
    part = stage.part_of(lead)
    later = TODAY + dt.timedelta(days=120)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=later, reason="协调", now=NOW)
    grant_extension(actor=stage.coordinator_actor, assignment_id=part.pk, granted_to=later, opinion="", now=NOW)
    support = stage.part_of(stage.supporters[0])
    assert (stage.reload().due_on, support.due_on) == (later, later)
    sooner, other = TODAY + dt.timedelta(days=100), stage.part_of(stage.leads[1])
    assert other.due_on != later
    move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=sooner, reason="提前", now=NOW)
    assert stage.part_of(stage.leads[1]).due_on == sooner
    latest = TODAY + dt.timedelta(days=200)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=latest, reason="协调", now=NOW)
    grant_extension(actor=stage.coordinator_actor, assignment_id=part.pk, granted_to=latest, opinion="", now=NOW)
    assert stage.part_of(stage.leads[1]).due_on == sooner


def test_a_date_in_the_past_and_the_present_date_are_refused() -> None:
    stage = dispatched_task()
    with pytest.raises(Invalid):
        move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=TODAY - dt.timedelta(days=1), reason="误", now=NOW)
    assert stage.task.due_on is not None
    with pytest.raises(Invalid):
        move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=stage.task.due_on, reason="误", now=NOW)


def test_a_new_wording_keeps_the_old_one_in_the_record() -> None:
    stage = dispatched_task()
    was = stage.task.text
    task = revise(actor=stage.coordinator_actor, task_id=stage.task.pk, title="新题", text="新内容。", reason="修订", now=NOW)
    assert (task.title, task.text) == ("新题", "新内容。")
    assert Event.objects.get(task=task, verb="revise").data["text_before"] == was
    with pytest.raises(Invalid):
        revise(actor=stage.coordinator_actor, task_id=stage.task.pk, title="新题", text="新内容。", reason="修订", now=NOW)


def test_a_supporter_that_becomes_a_lead_owes_reports_and_a_lead_that_steps_back_owes_none() -> None:
    stage = accepted_task(leads=2, supporters=1, rhythm=Rhythm.MONTHLY)
    one, helper = stage.leads[0], stage.supporters[0]
    assert Report.objects.filter(assignment=stage.part_of(one), state="due").count() == 1
    assert not Report.objects.filter(assignment=stage.part_of(helper)).exists()
    for crew, part in ((helper, "lead"), (one, "support")):
        change_part(actor=stage.coordinator_actor, assignment_id=stage.part_of(crew).pk, part=part, reason="调整", now=NOW)
    assert Report.objects.get(assignment=stage.part_of(helper)).state == "due"
    assert Report.objects.get(assignment=stage.part_of(one)).state == "waived"
    assert [row.tie for row in Participation.objects.filter(task=stage.task, agency=one.agency)] == ["support"]
    assert InboxItem.objects.filter(recipient=helper.officer, subject__contains="调整了分工").exists()


def test_the_first_lead_changes_and_the_last_lead_stays() -> None:
    stage = accepted_task(leads=2)
    second = stage.part_of(stage.leads[1])
    change_part(actor=stage.coordinator_actor, assignment_id=second.pk, part="first_lead", reason="调整", now=NOW)
    leads = stage.task.assignments.filter(part="lead").order_by("rank")
    assert [part.agency for part in leads] == [stage.leads[1].agency, stage.leads[0].agency]
    with pytest.raises(Invalid):
        change_part(actor=stage.coordinator_actor, assignment_id=second.pk, part="first_lead", reason="调整", now=NOW)
    change_part(actor=stage.coordinator_actor, assignment_id=second.pk, part="support", reason="调整", now=NOW)
    with pytest.raises(Conflict):
        change_part(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.leads[0]).pk, part="support", reason="调整", now=NOW)
