"""The sample plan, from the file to dispatched tasks."""

import json

import pytest

from measures.actions.upload_document import upload_document
from measures.models import Plan, Responsibility, Upload
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.documents import SAMPLE, confirmed, in_review, load_directory, office_of_the_sample
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.plan_task import set_due
from workflow.models import Assignment, Task

pytestmark = pytest.mark.django_db
READING = json.loads((SAMPLE.parent / "guangdong_responsibilities.json").read_text(encoding="utf-8"))


def test_the_sample_becomes_21_tasks_with_304_assignments() -> None:
    load_directory()
    agency, user = office_of_the_sample()
    plan = confirmed(user, agency, SAMPLE, issued_on="2021-12-06")
    actor = actor_of(user)
    tasks = draw_up_plan(actor=actor, plan_id=plan.pk, now=NOW)
    set_due(actor=actor, task_ids=[task.pk for task in tasks], due_on=TODAY.replace(month=12, day=31), now=NOW)
    dispatch(actor=actor, task_ids=[task.pk for task in tasks], now=NOW)
    assert Task.objects.filter(plan=plan, state="dispatched").count() == 21
    assert Assignment.objects.filter(task__plan=plan).count() == 304


def test_the_sample_is_kept_with_every_responsibility_resolved_and_quoted() -> None:
    load_directory()
    agency, user = office_of_the_sample()
    plan = confirmed(user, agency, SAMPLE, issued_on="2021-12-06")
    rows = Responsibility.objects.filter(measure__plan=plan)
    assert (rows.filter(role="lead").count(), rows.filter(role="support").count()) == (32, 108)
    assert all(row.is_resolved for row in rows)
    assert plan.targets.count() == 8
    for measure, expected in zip(plan.measures.all(), READING, strict=True):
        assert measure.number == str(expected["number"])
        assert [row.name_as_written for row in measure.responsibilities.filter(role="lead")] == expected["lead"]
        assert [row.name_as_written for row in measure.responsibilities.filter(role="support")] == expected["support"]
        assert plan.text[measure.start : measure.end].strip() == measure.text
    assert {str(section.parent) for section in plan.sections.filter(measures__isnull=False)} == {"二、主要措施"}


def test_uploading_the_sample_again_changes_nothing() -> None:
    load_directory()
    agency, user = office_of_the_sample()
    plan = confirmed(user, agency, SAMPLE, issued_on="2021-12-06")
    again = upload_document(actor=actor_of(user), agency_id=agency.pk, filename="又一次.txt", content=SAMPLE.read_bytes(), now=NOW)
    assert not again.is_new
    assert again.upload.plan == plan
    assert (Upload.objects.count(), Plan.objects.count()) == (1, 1)


def test_the_same_text_in_another_file_does_not_become_a_second_plan() -> None:
    load_directory()
    agency, user = office_of_the_sample()
    confirmed(user, agency, SAMPLE, issued_on="2021-12-06")
    upload = in_review(user, agency, SAMPLE.read_bytes() + b"\r\n\r\n")
    assert upload.state == Upload.State.READ
    assert upload.text.strip() == Plan.objects.get().text.strip()
