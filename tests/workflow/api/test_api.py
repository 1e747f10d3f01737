"""The API: the same doors as the pages, with statuses for refusals, kept answers and versions."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from agencies.models import User
from tests.factories.directory import NOW, make_agency, make_member
from tests.factories.scenes import owed_answer
from tests.factories.tasks import (
    Stage,
    accepted_task,
    asked_contribution,
    begun_work_plan,
    closing_task,
    dispatched_task,
    make_crew,
    open_report,
    submitted_report,
)
from workflow.actions.judge_report import accept_report
from workflow.catalog import CATALOG
from workflow.models import Assignment, Event, IdempotencyKey, Report, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, address: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
    return client.post(address, json.dumps(body or {}), content_type="application/json", headers=headers or {})


def act(client: Client, name: str, pk: int, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return post(client, reverse(f"api:{name}", args=[pk]), body, headers)


def test_a_task_goes_from_signing_to_sign_off_over_the_api() -> None:
    stage = dispatched_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    officer, reviewer, coordinator = client_of(lead.officer), client_of(lead.reviewer), client_of(stage.coordinator)
    part = stage.part_of(lead)
    assert act(officer, "sign_for", part.pk, {"version": part.version}).status_code == 200
    assert act(client_of(supporter.officer), "sign_for", stage.part_of(supporter).pk).status_code == 200
    assert act(coordinator, "ask_for_report", part.pk, {"comment": "请报送结果"}).status_code == 200
    report = Report.objects.get(assignment=part)
    address = reverse("api:report", args=[report.pk])
    etag = officer.get(address).headers["ETag"]
    written = officer.patch(
        address, json.dumps({"done": "已建成平台。", "percent": 100}), content_type="application/json", headers={"If-Match": etag}
    )
    assert written.status_code == 200, written.content
    upload = officer.post(reverse("api:evidence", args=[report.pk]), {"file": io.BytesIO("验收报告".encode())})
    assert upload.status_code == 201, upload.content
    assert act(officer, "send_for_review", report.pk).status_code == 200
    assert act(reviewer, "submit_report", report.pk).status_code == 200
    assert act(coordinator, "accept_report", report.pk).status_code == 200
    assert act(reviewer, "declare_done", part.pk, {"summary": "任务完成"}).status_code == 200
    assert act(reviewer, "request_sign_off", part.pk, {"summary": "请予销号"}).status_code == 200
    assert act(client_of(supporter.reviewer), "co_sign", stage.part_of(supporter).pk, {"verdict": "agree"}).status_code == 200
    assert act(coordinator, "sign_off", stage.task.pk, {"opinion": "同意"}).json() == {"done": "sign_off", "task": stage.task.pk}
    assert stage.reload().state == "closed"


def test_allowed_actions_say_what_can_be_done_and_why_not() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    body = client_of(lead.reviewer).get(reverse("api:task", args=[stage.task.pk])).json()
    mine = next(part for part in body["assignments"] if part["agency"] == lead.agency.pk)
    by_name = {offer["name"]: offer for offer in mine["allowed_actions"]}
    assert by_name["sign_for"] == {"name": "sign_for", "title": by_name["sign_for"]["title"], "enabled": True, "reason": ""}
    assert not by_name["declare_done"]["enabled"]
    assert by_name["declare_done"]["reason"]
    theirs = next(part for part in body["assignments"] if part["agency"] != lead.agency.pk)
    assert {offer["name"] for offer in theirs["allowed_actions"]} <= {"press", "remind"}


def test_a_fresh_report_says_to_its_officer_what_it_starts_from() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    accept_report(actor=stage.coordinator_actor, report_id=submitted_report(stage, lead, percent=60).pk, now=NOW)
    address = reverse("api:report", args=[open_report(stage, lead).pk])
    officer = client_of(lead.officer)
    assert officer.get(address).json()["starts_from"] == {
        "next_steps": "", "problems": "", "help_needed": "", "percent": 60, "forecast_on": None, "confidence": "",
    }  # fmt: skip
    assert officer.get(address).json()["percent"] is None, "nothing of it is kept before the officer does"
    for other in (stage.coordinator, stage.supporters[0].officer):
        assert client_of(other).get(address).json()["starts_from"] is None
    report = Report.objects.latest("pk")
    assert patched(officer, report, {"done": "一"}, f'"{report.version}"') == 200
    assert officer.get(address).json()["starts_from"] is None, "it has been begun"


def test_every_route_to_a_task_is_404_for_another_agency() -> None:
    stage = accepted_task()
    contribution = asked_contribution(stage)
    report = Report.objects.get(assignment__task=stage.task)
    stranger = client_of(make_crew().reviewer)
    subjects = {
        "task": stage.task.pk,
        "assignment": stage.part_of(stage.leads[0]).pk,
        "report": report.pk,
        "contribution": contribution.pk,
        "answer": owed_answer(stage).pk,
        "workplan": begun_work_plan(stage).pk,
    }
    fields = {"text": "x", "date": "2026-12-31", "choice": None, "agency": 1, "officer": 1, "successor": 1, "person": 1, "sentences": [0]}
    asked = 0
    for name, entry in CATALOG.items():
        body = {field.name: field.choices[0][0] if field.kind == "choice" else fields[field.kind] for field in entry.fields}
        assert act(stranger, name, subjects[entry.subject], body).status_code == 404, name
        asked += 1
    read = ("report", "contribution", "workplan")
    for name, pk in (("task", stage.task.pk), ("events", stage.task.pk), *((name, subjects[name]) for name in read)):
        assert stranger.get(reverse(f"api:{name}", args=[pk])).status_code == 404, name
    assert stranger.get(reverse("api:tasks")).json()["results"] == []
    assert asked == len(CATALOG) > 30


def test_what_is_missing_and_what_is_foreign_answer_alike() -> None:
    stage = accepted_task()
    stranger = client_of(make_crew().reviewer)
    foreign = stranger.get(reverse("api:task", args=[stage.task.pk]))
    missing = stranger.get(reverse("api:task", args=[10**9]))
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)


def test_nobody_gets_in_without_signing_in() -> None:
    addresses = [reverse("api:tasks"), reverse("api:schema"), reverse("api:docs"), reverse("api:task", args=[1])]
    assert {Client().get(address).status_code for address in addresses} <= {302, 401, 403}
    assert act(Client(), "sign_for", 1).status_code in {302, 401, 403}


def test_an_officer_may_not_do_what_is_the_coordinators() -> None:
    stage = closing_task()
    answer = act(client_of(stage.leads[0].officer), "sign_off", stage.task.pk)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert stage.issuer.short_name in answer.json()["detail"]


def test_a_repeated_request_repeats_the_answer_and_not_the_act() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    client, pk = client_of(lead.officer), stage.part_of(lead).pk
    answers = [act(client, "sign_for", pk, key="k1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1
    assert Event.objects.filter(task=stage.task, verb="sign_for").count() == 1
    assert act(client, "sign_for", pk, {"version": 1}, key="k1").status_code == 422
    assert act(client, "sign_for", pk, key="k2").status_code == 409
    assert IdempotencyKey.objects.count() == 1


def test_a_key_belongs_to_one_person_and_one_path() -> None:
    stage = dispatched_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    assert act(client_of(lead.officer), "sign_for", stage.part_of(lead).pk, key="same").status_code == 200
    assert act(client_of(supporter.officer), "sign_for", stage.part_of(supporter).pk, key="same").status_code == 200
    assert Assignment.objects.filter(task=stage.task, state="accepted").count() == 2


@pytest.mark.parametrize("key", ["x" * 101, "a\tb"])
def test_a_key_that_cannot_be_kept_is_400(key: str) -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    assert act(client_of(lead.officer), "sign_for", stage.part_of(lead).pk, key=key).status_code == 400


def patched(client: Client, report: Report, body: dict[str, Any], match: str | None) -> int:
    headers = {} if match is None else {"If-Match": match}
    address = reverse("api:report", args=[report.pk])
    return client.patch(address, json.dumps(body), content_type="application/json", headers=headers).status_code


def test_a_report_is_written_against_the_version_that_was_read() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = open_report(stage, lead)
    client = client_of(lead.officer)
    assert patched(client, report, {"done": "一"}, None) == 428
    assert patched(client, report, {"done": "一"}, '"99"') == 412
    assert patched(client, report, {"done": "一"}, f'"{report.version}"') == 200
    assert patched(client, report, {"done": "二"}, f'"{report.version}"') == 412
    assert Report.objects.get(pk=report.pk).done == "一"


@pytest.mark.parametrize("body", [{"percent": 101}, {"percent": "many"}, {"forecast_on": "soon"}, {"confidence": "sure"}])
def test_a_value_that_cannot_be_taken_is_400_and_changes_nothing(body: dict[str, Any]) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    assert patched(client_of(stage.leads[0].officer), report, body, f'"{report.version}"') == 400
    assert Report.objects.get(pk=report.pk).version == report.version


def test_fields_that_are_not_the_writers_change_nothing() -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    body = {"state": "accepted", "assignment": 1, "version": 77, "author": 1, "was_missed": True, "done": "一"}
    patched(client_of(stage.leads[0].officer), report, body, f'"{report.version}"')
    stored = Report.objects.get(pk=report.pk)
    assert (stored.state, stored.assignment_id, stored.version, stored.was_missed) == (
        "draft",
        report.assignment_id,
        report.version + 1,
        False,
    )


def test_a_draft_is_read_by_its_agency_only() -> None:
    stage = accepted_task()
    lead, supporter = stage.leads[0], stage.supporters[0]
    report = open_report(stage, lead)
    patched(client_of(lead.officer), report, {"done": "机密草稿"}, f'"{report.version}"')
    address = reverse("api:report", args=[report.pk])
    assert client_of(lead.reviewer).get(address).json()["done"] == "机密草稿"
    for other in (supporter.officer, stage.coordinator):
        assert "机密草稿" not in client_of(other).get(address).content.decode()


@pytest.mark.parametrize("cursor", ["x", "cD1ub3RhZGF0ZQ==", "%00", "cD0tOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "bz0xZTk5OQ=="])
def test_a_cursor_that_is_not_ours_is_no_fault(cursor: str) -> None:
    stage = accepted_task()
    assert client_of(stage.coordinator).get(reverse("api:tasks"), {"cursor": cursor}).status_code in {200, 404}


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"text": NaN}', '{"text": "\\u0000"}', '{"text": "\\ud800"}', "{", "null", "[]", '"x"', "1e999", "\x00"],
)
def test_a_malformed_body_is_400(body: str) -> None:
    stage = accepted_task()
    client = client_of(stage.coordinator)
    address = reverse("api:press", args=[stage.part_of(stage.leads[0]).pk])
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == 400, answer.content[:200]


class _BreaksOff(io.BytesIO):
    """A body whose sender goes away while it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError


@pytest.mark.parametrize("asks_for_token", [True, False])
def test_a_body_that_breaks_off_is_400_and_changes_nothing(asks_for_token: bool) -> None:
    stage = accepted_task(supporters=0)
    client = Client(enforce_csrf_checks=asks_for_token)  # looking for the token reads the body before the act does
    client.force_login(stage.coordinator)
    client.get(reverse("task", args=[stage.task.pk]))
    token = client.cookies["csrftoken"].value
    answer = client.post(
        reverse("api:comment", args=[stage.task.pk]),
        {"text": "请抓紧办理。"},
        content_type="application/json",
        headers={"X-CSRFToken": token, "Origin": "http://testserver"},
        **{"wsgi.input": _BreaksOff()},  # type: ignore[arg-type]
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert not Event.objects.filter(verb="comment").exists()


@pytest.mark.parametrize("query", ["state=nonsense", "plan=abc", "plan=99999999999999999999", "due_before=0000", "due_before=9999-99-99"])
def test_a_filter_that_makes_no_sense_is_400(query: str) -> None:
    stage = accepted_task()
    assert client_of(stage.coordinator).get(f"{reverse('api:tasks')}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["ordering=issuer__name", "issuer__short_name=x", "page_size=1000000000"])
def test_a_parameter_that_is_not_offered_changes_nothing(query: str) -> None:
    stage = accepted_task()
    client = client_of(stage.coordinator)
    answer = client.get(f"{reverse('api:tasks')}?{query}")
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 1


def queries_for(stage: Stage, django_assert_max_num_queries: Any, limit: int) -> int:
    client = client_of(stage.coordinator)
    client.get(reverse("api:tasks"))
    with django_assert_max_num_queries(limit) as captured:
        assert client.get(reverse("api:task", args=[stage.task.pk])).status_code == 200
    return len(captured.captured_queries)


def test_a_task_costs_the_same_with_three_parts_and_with_thirty(django_assert_max_num_queries: Any) -> None:
    few = queries_for(accepted_task(leads=1, supporters=2), django_assert_max_num_queries, 40)
    queries_for(accepted_task(leads=3, supporters=12), django_assert_max_num_queries, few)


def test_the_record_of_a_task_is_read_in_order() -> None:
    stage = accepted_task()
    submitted_report(stage, stage.leads[0])
    body = client_of(stage.coordinator).get(reverse("api:events", args=[stage.task.pk])).json()
    numbers = [event["sequence"] for event in body["results"]]
    assert numbers == sorted(numbers)
    assert body["results"][-1]["verb"] == "submit_report"


def test_a_list_shows_only_what_may_be_seen() -> None:
    stage, other = accepted_task(), accepted_task()
    body = client_of(stage.leads[0].officer).get(reverse("api:tasks")).json()
    assert [row["id"] for row in body["results"]] == [stage.task.pk]
    assert Task.objects.filter(pk=other.task.pk).exists()


def test_the_description_is_complete_and_every_route_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    described = set(schema["paths"])
    assert {f"/api/v1/{act.subject}s/{{id}}/{name}/" for name, act in CATALOG.items()} <= described
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            if method in {"post", "patch", "delete"}:
                assert {"403", "404", "409"} <= set(operation["responses"]), (method, address)
    assert capsys.readouterr().err == ""


def test_the_page_of_the_description_asks_nobody_else() -> None:
    page = client_of(make_member(make_agency())).get(reverse("api:docs"))
    assert page.status_code == 200
    assert b"https://" not in page.content
