"""Every page of the work, asked for by everybody: who gets which answer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import User
from tests.factories.directory import NOW, make_agency, make_group
from tests.factories.scenes import owed_answer
from tests.factories.tasks import (
    Stage,
    accepted_task,
    asked_contribution,
    begun_work_plan,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    make_crew,
    open_report,
    submitted_report,
)
from tests.workflow.web.conftest import SignIn
from workflow.catalog import CATALOG
from workflow.models import Assignment, Report

pytestmark = pytest.mark.django_db


def everybody(stage: Stage) -> dict[str, User]:
    return {
        "officer": stage.leads[0].officer,
        "reviewer": stage.leads[0].reviewer,
        "supporter": stage.supporters[0].officer,
        "coordinator": stage.coordinator,
        "leader": stage.leader,
        "stranger": make_crew().officer,
    }


STAGES = {
    "dispatched": dispatched_task,
    "accepted": accepted_task,
    "declared": declared_task,
    "closing": closing_task,
}


@pytest.mark.parametrize("stage_name", STAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_task_page_opens_for_all_who_take_part_and_is_404_for_others(signed_in: SignIn, stage_name: str, language: str) -> None:
    stage = STAGES[stage_name](leads=2, supporters=2)
    answers = {}
    for who, user in everybody(stage).items():
        client = signed_in(user)
        client.cookies["django_language"] = language
        answers[who] = client.get(reverse("task", args=[stage.task.pk])).status_code
    assert answers == {"officer": 200, "reviewer": 200, "supporter": 200, "coordinator": 200, "leader": 200, "stranger": 404}


def test_a_draft_is_seen_by_its_issuer_alone(signed_in: SignIn) -> None:
    stage = draft_task()
    answers = {who: signed_in(user).get(reverse("task", args=[stage.task.pk])).status_code for who, user in everybody(stage).items()}
    assert answers == {"officer": 404, "reviewer": 404, "supporter": 404, "coordinator": 200, "leader": 200, "stranger": 404}


def test_the_page_of_every_act_is_404_to_strangers_and_never_breaks_for_those_who_take_part(signed_in: SignIn) -> None:
    stage = accepted_task(leads=1, supporters=1)
    contribution = asked_contribution(stage)
    report = Report.objects.get(assignment__task=stage.task)
    subjects = {
        "task": stage.task.pk,
        "assignment": stage.part_of(stage.leads[0]).pk,
        "report": report.pk,
        "contribution": contribution.pk,
        "answer": owed_answer(stage).pk,
        "workplan": begun_work_plan(stage).pk,
    }
    people = everybody(stage)
    stranger = signed_in(people.pop("stranger"))
    opened = 0
    for act in CATALOG.values():
        url = reverse(f"{act.subject}-act", args=[subjects[act.subject], act.name])
        assert stranger.get(url).status_code == 404, url
        assert stranger.post(url, {}).status_code == 404, url
        for who, user in people.items():
            status = signed_in(user).get(url).status_code
            assert status in {200, 403}, (who, url, status)
            opened += status == 200
    assert opened > len(CATALOG)


def test_an_act_that_does_not_exist_or_is_done_to_something_else_is_404(signed_in: SignIn) -> None:
    stage = dispatched_task()
    client = signed_in(stage.coordinator)
    assert client.get(f"/tasks/{stage.task.pk}/acts/fly/").status_code == 404
    assert client.get(f"/tasks/{stage.task.pk}/acts/sign_for/").status_code == 404


def test_signing_for_leads_back_to_the_task_and_a_second_press_is_told_what_happened(signed_in: SignIn) -> None:
    stage = dispatched_task()
    part = stage.part_of(stage.leads[0])
    client, url = signed_in(stage.leads[0].officer), reverse("assignment-act", args=[part.pk, "sign_for"])
    answer = client.post(url, {"version": part.version})
    assert answer.headers["Location"] == reverse("task", args=[stage.task.pk])
    assert stage.part_of(stage.leads[0]).state == "accepted"
    again = client.post(url, {"version": part.version})
    assert again.status_code == 409
    assert "签收" in again.content.decode()


def test_a_refused_act_keeps_what_was_typed(signed_in: SignIn) -> None:
    stage = accepted_task()
    part = stage.part_of(stage.leads[0])
    url = reverse("assignment-act", args=[part.pk, "request_extension"])
    answer = signed_in(stage.leads[0].officer).post(url, {"version": part.version - 1, "asked_for": "2027-01-15", "reason": "协调事项较多"})
    assert answer.status_code == 409
    assert "协调事项较多" in answer.content.decode()
    assert 'value="2027-01-15"' in answer.content.decode()


def test_a_field_that_cannot_be_taken_says_so_beside_it(signed_in: SignIn) -> None:
    stage = accepted_task()
    part = stage.part_of(stage.leads[0])
    url = reverse("assignment-act", args=[part.pk, "request_extension"])
    answer = signed_in(stage.leads[0].officer).post(url, {"version": part.version, "asked_for": "2026-03-19", "reason": "理由"})
    assert answer.status_code == 400
    assert answer.context["form"].errors["asked_for"]


def test_an_act_that_cannot_be_done_says_why_and_asks_for_nothing(signed_in: SignIn) -> None:
    stage = accepted_task()
    part = stage.part_of(stage.leads[0])
    client, url = signed_in(stage.leads[0].officer), reverse("assignment-act", args=[part.pk, "request_extension"])
    assert 'name="reason"' in client.get(url).content.decode()
    client.post(url, {"version": part.version, "asked_for": "2027-01-15", "reason": "协调事项较多"})
    shown = client.get(url).content.decode()
    assert "已有一份延期申请待批。" in shown
    assert 'name="reason"' not in shown


def test_an_act_that_was_done_already_names_nobody_it_would_go_to(signed_in: SignIn) -> None:
    stage = draft_task(supporters=0)
    client, url = signed_in(stage.coordinator), reverse("task-act", args=[stage.task.pk, "dispatch"])
    assert 'class="card receivers"' in client.get(url).content.decode()
    client.post(url, {"version": stage.task.version})
    assert 'class="card receivers"' not in client.get(url).content.decode()


def test_the_page_of_an_act_says_the_due_date_of_the_part_it_is_about(signed_in: SignIn) -> None:
    stage = accepted_task()
    part = stage.part_of(stage.leads[0])
    Assignment.objects.filter(pk=part.pk).update(due_on=dt.date(2027, 2, 3))
    answer = signed_in(stage.leads[0].officer).get(reverse("assignment-act", args=[part.pk, "request_extension"]))
    assert "2027-02-03" in answer.content.decode()


def test_dispatch_shows_every_receiver_with_groups_expanded_before_it_is_confirmed(signed_in: SignIn) -> None:
    stage = draft_task(supporters=0)
    cities = [make_agency(f"第{number}市政府") for number in range(5)]
    stage.task.receivers.create(group=make_group("各地级以上市政府", *cities), part="support", rank=2)
    page = signed_in(stage.coordinator).get(reverse("task-act", args=[stage.task.pk, "dispatch"])).content.decode()
    assert all(city.name in page for city in [*cities, stage.leads[0].agency])
    assert Assignment.objects.count() == 0


def test_an_act_of_others_is_403_with_the_reason_in_words(signed_in: SignIn) -> None:
    stage = dispatched_task()
    part = stage.part_of(stage.leads[0])
    answer = signed_in(stage.supporters[0].officer).get(reverse("assignment-act", args=[part.pk, "sign_for"]))
    assert answer.status_code == 403
    assert f"只有{stage.leads[0].agency.short_name}可以办理" in answer.content.decode()


@pytest.mark.parametrize("size", [3, 30])
def test_the_task_page_costs_the_same_for_three_agencies_and_for_thirty(
    signed_in: SignIn, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stage = accepted_task(leads=1, supporters=size)
    submitted_report(stage, stage.leads[0], percent=50)
    for user in (stage.coordinator, stage.leads[0].reviewer):
        client = signed_in(user)
        with django_assert_max_num_queries(34):
            assert client.get(reverse("task", args=[stage.task.pk])).status_code == 200


def test_a_draft_report_is_read_by_its_own_agency_alone_and_a_submitted_one_by_all_who_take_part(signed_in: SignIn) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    url = reverse("report", args=[report.pk])
    people = everybody(stage)
    before = {who: signed_in(user).get(url).status_code for who, user in people.items()}
    assert before == {"officer": 200, "reviewer": 200, "supporter": 403, "coordinator": 403, "leader": 403, "stranger": 404}
    Report.objects.filter(pk=report.pk).update(state="submitted", submitted_at=NOW, done="已完成。")
    after = {who: signed_in(user).get(url).status_code for who, user in people.items()}
    assert after == {"officer": 200, "reviewer": 200, "supporter": 200, "coordinator": 200, "leader": 200, "stranger": 404}
