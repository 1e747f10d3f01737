"""Over the API as on the pages: drawing up, changing and splitting drafts, ladders, papers, editions, sight and following."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Role, User
from measures.actions.edit_upload import edit_upload
from measures.models import Plan
from tests.factories.directory import NOW, TODAY, actor_of, join, make_agency, make_member
from tests.factories.documents import SMALL, confirmed, facts, in_review
from tests.factories.tasks import accepted_task, draft_task, make_crew
from workflow.actions.sweep import sweep
from workflow.ladder import DEFAULT_LADDER
from workflow.models import Follow, Notice, RungSetting, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, name: str, keys: list[int], body: Any = None) -> Any:
    return client.post(reverse(f"api:{name}", args=keys), body if body is not None else {}, content_type="application/json")


def test_a_task_is_drawn_up_changed_and_dispatched_over_the_api() -> None:
    stage, other = draft_task(), make_crew()
    client = client_of(stage.coordinator)
    due_on = (TODAY + dt.timedelta(days=30)).isoformat()
    body = {
        "issuer_id": stage.issuer.pk, "title": "会议纪要第三项", "text": "研究提出方案。", "due_on": due_on,
        "receivers": [{"part": "lead", "agency_id": other.agency.pk}], "rhythm": "monthly",
    }  # fmt: skip
    made = post(client, "draw-up", [], body)
    assert made.status_code == 201
    task = Task.objects.get(pk=made.json()["id"])
    changed = {key: body[key] for key in ("text", "rhythm", "receivers")} | {"title": "改过的标题", "version": task.version}
    assert post(client, "edit-task", [task.pk], changed).json()["title"] == "改过的标题"
    assert post(client, "edit-task", [task.pk], changed).status_code == 409, "the version is old"
    assert post(client, "dispatch", [task.pk]).status_code == 200
    for wrong in ({"part": "lead"}, {"part": "lead", "agency_id": 10**6}, {"part": "lead", "agency_id": 1, "group_id": 1}):
        assert post(client, "draw-up", [], body | {"receivers": [wrong]}).status_code == 400, wrong
    twice = body | {"receivers": [{"part": "lead", "agency_id": other.agency.pk}, {"part": "support", "agency_id": other.agency.pk}]}
    assert post(client, "draw-up", [], twice).status_code == 400
    past = post(client, "draw-up", [], body | {"due_on": (TODAY - dt.timedelta(days=1)).isoformat()})
    assert (past.status_code, past.json()["field"]) == (400, "due_on")
    assert post(client_of(other.officer), "draw-up", [], body).status_code == 403
    assert post(client_of(make_crew().officer), "edit-task", [task.pk], changed).status_code == 404


def test_a_task_is_drawn_up_for_a_measure_over_the_api() -> None:
    office, lead = make_agency(), make_crew()
    coordinator = make_member(office, Role.COORDINATOR)
    measure = confirmed(coordinator, office).measures.order_by("start")[1]
    body = {
        "issuer_id": office.pk,
        "title": "办好推介会",
        "receivers": [{"part": "lead", "agency_id": lead.agency.pk}],
        "measure_id": measure.pk,
    }
    client = client_of(coordinator)
    numbers = [post(client, "draw-up", [], body | {"title": title}).json()["number"] for title in ("甲", "乙")]
    assert numbers == [measure.number, f"{measure.number}-1"]
    assert {(task.measure, task.plan) for task in Task.objects.filter(title__in="甲乙")} == {(measure, measure.plan)}
    other = draft_task()
    foreign = body | {"issuer_id": other.issuer.pk, "title": "丙"}
    assert post(client_of(other.coordinator), "draw-up", [], foreign).status_code == 404


def test_an_agency_that_exists_no_more_receives_nothing_over_the_api_either() -> None:
    stage, gone = draft_task(), make_crew().agency
    Agency.objects.filter(pk=gone.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    client, receivers = client_of(stage.coordinator), [{"part": "lead", "agency_id": gone.pk}]
    body = {"issuer_id": stage.issuer.pk, "title": "会议纪要第三项", "text": "", "receivers": receivers, "rhythm": "monthly"}
    assert post(client, "draw-up", [], body).status_code == 400
    edit = {"title": "改过的标题", "text": "", "receivers": receivers, "rhythm": "monthly"}
    assert post(client, "edit-task", [stage.task.pk], edit).status_code == 400
    Agency.objects.filter(pk=gone.pk).update(ends_on=None)
    assert post(client, "draw-up", [], body).status_code == 201


def planned() -> tuple[Plan, User, Client]:
    agency = make_agency()
    coordinator = make_member(agency, Role.COORDINATOR)
    return confirmed(coordinator, agency), coordinator, client_of(coordinator)


def test_the_tasks_of_a_plan_are_drawn_up_and_their_names_settled() -> None:
    plan, _coordinator, client = planned()
    tasks = post(client, "plan-draw-up", [plan.pk]).json()["tasks"]
    assert len(tasks) == 2
    assert post(client, "plan-draw-up", [plan.pk]).json() == {"tasks": []}
    receiver = Task.objects.get(pk=tasks[0]).receivers.filter(agency__isnull=True).order_by("pk").first()
    assert receiver is not None
    known = make_agency()
    assert post(client, "settle-receiver", [tasks[0], receiver.pk], {"agency_id": 10**6}).status_code == 400
    assert post(client, "settle-receiver", [tasks[0], receiver.pk], {"agency_id": known.pk}).status_code == 200
    receiver.refresh_from_db()
    assert receiver.agency == known
    assert post(client_of(make_crew().officer), "plan-draw-up", [plan.pk]).status_code == 404


def test_the_ladder_of_a_plan_is_read_and_set() -> None:
    plan, _coordinator, client = planned()
    address = reverse("api:plan-ladder", args=[plan.pk])
    ladder = client.get(address).json()
    assert ladder["rungs"]["contribution_missed"]["working_days"] == 1
    ladder["rungs"]["standstill"] = {"enabled": False}
    assert client.put(address, ladder, content_type="application/json").status_code == 200
    assert client.get(address).json()["rungs"]["standstill"]["enabled"] is False
    assert RungSetting.objects.filter(plan=plan, rung="standstill", enabled=False).exists()
    ladder["rungs"]["overdue"]["working_days"] = 9
    assert client.put(address, ladder, content_type="application/json").status_code == 400, "it would come after the bulletin"
    assert client_of(make_crew().officer).get(address).status_code == 404


def test_what_a_rung_leaves_open_is_as_built_in_and_a_rung_left_out_is_as_the_house_has_it() -> None:
    plan, _coordinator, client = planned()
    RungSetting.objects.create(rung="due_soon", audiences=["leadership"])
    RungSetting.objects.create(rung="overdue", audiences=["leadership"])
    address = reverse("api:plan-ladder", args=[plan.pk])
    ladder = client.get(address).json()
    ladder["rungs"] = {"due_soon": {"audiences": None}}
    told = client.put(address, ladder, content_type="application/json").json()["rungs"]
    built_in = next(rung for rung in DEFAULT_LADDER if rung.code == "due_soon")
    assert told["due_soon"]["audiences"] == [one.value for one in built_in.audiences] != ["leadership"]
    assert told["overdue"]["audiences"] == ["leadership"]


def test_who_only_reads_a_plan_is_refused_by_the_api_as_by_the_pages() -> None:
    plan, _coordinator, _client = planned()
    leader = client_of(make_member(plan.coordinator, Role.LEADER))
    for name, page in (("plan-ladder", "plan-ladder"), ("plan-rules", "plan-rules")):
        assert leader.get(reverse(page, args=[plan.pk])).status_code == 403
        assert leader.get(reverse(f"api:{name}", args=[plan.pk])).status_code == 403
    assert post(leader, "plan-draw-up", [plan.pk]).status_code == 403


def test_a_document_is_compared_with_plans_of_its_own_agency_only() -> None:
    plan, coordinator, client = planned()
    other = make_agency()
    join(coordinator, other, Role.COORDINATOR)
    upload = in_review(coordinator, plan.coordinator, SMALL.replace("新建", "改建"))
    elsewhere = confirmed(coordinator, other, SMALL.replace("园区", "港区"))
    assert client.get(reverse("api:edition-effects", args=[upload.pk, plan.pk])).status_code == 200
    assert client.get(reverse("api:edition-effects", args=[upload.pk, elsewhere.pk])).status_code == 404


def test_a_bulletin_is_signed_or_put_aside() -> None:
    stage = accepted_task(supporters=0)
    client = client_of(stage.coordinator)
    late = dt.datetime(2026, 5, 25, 9, tzinfo=NOW.tzinfo)
    sweep(late)
    draft = Notice.objects.get(kind="bulletin")
    assert [row["id"] for row in client.get(reverse("api:papers")).json()["results"] if row["state"] == "draft"] == [draft.pk]
    assert post(client_of(stage.leads[0].officer), "paper-sign", [draft.pk], {"title": "通报", "body": "全文"}).status_code == 404
    signed = post(client, "paper-sign", [draft.pk], {"title": "通报", "body": "全文"})
    assert signed.json()["state"] == "issued"
    assert signed.json()["number"]
    assert post(client, "paper-put-aside", [draft.pk], {"reason": "不发"}).status_code == 409


def test_an_edition_is_compared_and_adopted() -> None:
    plan, coordinator, client = planned()
    post(client, "plan-draw-up", [plan.pk])
    upload = in_review(coordinator, plan.coordinator, SMALL.replace("新建标准厂房", "改建标准厂房"))
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload, issued_on="2026-03-02"), now=NOW)
    seen = client.get(reverse("api:edition-effects", args=[upload.pk, plan.pk])).json()
    assert [one["what"] for one in seen["effects"]] == ["redraft"]
    body = {"plan": plan.pk, "shown": seen["shown"], "chosen": [one["key"] for one in seen["effects"]], "version": seen["version"]}
    done = post(client, "adopt-edition", [upload.pk], body)
    assert (done.status_code, done.json()["done"]) == (200, {"redraft": 1})
    assert Task.objects.filter(plan_id=done.json()["plan"], text__contains="改建标准厂房").exists()
    assert client.get(reverse("api:edition-effects", args=[upload.pk, plan.pk])).status_code == 409


def test_what_an_edition_left_is_listed_and_done_later() -> None:
    plan, coordinator, client = planned()
    post(client, "plan-draw-up", [plan.pk])
    upload = in_review(coordinator, plan.coordinator, SMALL.replace("新建标准厂房", "改建标准厂房"))
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload, issued_on="2026-03-02"), now=NOW)
    seen = client.get(reverse("api:edition-effects", args=[upload.pk, plan.pk])).json()
    body = {"plan": plan.pk, "shown": seen["shown"], "chosen": [], "version": seen["version"]}
    new = post(client, "adopt-edition", [upload.pk], body).json()["plan"]
    left = client.get(reverse("api:edition-left", args=[new])).json()
    assert [one["what"] for one in left["effects"]] == ["redraft"]
    assert post(client, "edition-left", [new], {"shown": "x", "chosen": [left["effects"][0]["key"]]}).status_code == 409
    done = post(client, "edition-left", [new], {"shown": left["shown"], "chosen": [left["effects"][0]["key"]]})
    assert (done.status_code, done.json()) == (200, {"done": {"redraft": 1}})
    assert client.get(reverse("api:edition-left", args=[new])).json()["effects"] == []
    assert client_of(make_crew().officer).get(reverse("api:edition-left", args=[new])).status_code == 404


def test_a_person_is_let_see_a_task_and_a_plan_is_followed() -> None:
    stage, guest = accepted_task(), make_crew()
    client = client_of(stage.coordinator)
    body = {"user_id": guest.officer.pk, "until": (TODAY + dt.timedelta(days=3)).isoformat(), "reason": "知会"}
    assert post(client, "show", [stage.task.pk], body).status_code == 200
    assert client_of(guest.officer).get(reverse("api:task", args=[stage.task.pk])).status_code == 200
    assert post(client, "show", [stage.task.pk], body | {"until": (TODAY - dt.timedelta(days=1)).isoformat()}).status_code == 400
    page = client.get(reverse("task-act", args=[stage.task.pk, "show"]))
    assert "知会" in page.content.decode()
    plan, coordinator, own = planned()
    address = reverse("api:plan-follow", args=[plan.pk])
    assert own.put(address).status_code == 204
    assert Follow.objects.filter(plan=plan, user=coordinator).count() == 1
    assert own.delete(address).status_code == 204
    assert client_of(guest.officer).put(address).status_code == 404
