"""The page of a lead's plan, what the page of the task shows of it, and the same over the API."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, begun_work_plan, filed_work_plan, make_crew, open_report, reviewed_work_plan
from tests.workflow.web.conftest import SignIn
from workflow.duties import Duty
from workflow.models import WorkPlan, WorkPlanFile

pytestmark = pytest.mark.django_db


def typed(version: int, *steps: tuple[str, str, str], text: str = "成立专班。", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"version": version, "text": text, "step-TOTAL_FORMS": len(steps), "step-INITIAL_FORMS": 0} | more
    for number, (day, what, responsible) in enumerate(steps):
        body |= {f"step-{number}-day": day, f"step-{number}-what": what, f"step-{number}-responsible": responsible}
    return body


def page_of(client: Client, stage: Stage) -> str:
    return client.get(reverse("task", args=[stage.task.pk])).content.decode()


def test_a_lead_begins_writes_and_sends_its_plan_and_its_reviewer_puts_it_on_record(signed_in: SignIn) -> None:
    stage = accepted_task()
    officer, reviewer = signed_in(stage.leads[0].officer), signed_in(stage.leads[0].reviewer)
    part = stage.part_of(stage.leads[0])
    begun = officer.post(reverse("assignment-act", args=[part.pk, "begin_work_plan"]), {"version": part.version})
    row = WorkPlan.objects.get()
    address = reverse("workplan", args=[row.pk])
    assert begun.headers["Location"] == address, "what was begun is opened"
    assert officer.get(address).content.decode().count("step-4-day") > 0
    step = (TODAY.isoformat(), "印发方案", "规划处")
    files: dict[str, Any] = {"files": SimpleUploadedFile("分工.txt", b"1")}
    kept = officer.post(address, typed(row.version, step, ("", "", ""), **files))
    assert (kept.status_code, kept.headers["Location"]) == (302, address)
    assert [(one.what, one.responsible) for one in row.steps.all()] == [("印发方案", "规划处")]
    assert [duty.duty for duty in officer.get(reverse("todo")).context["rows"]] == [Duty.PLAN]
    row = WorkPlan.objects.get()
    file = WorkPlanFile.objects.get()
    assert officer.post(address, typed(row.version, step, remove=file.pk)).status_code == 302
    assert not WorkPlanFile.objects.exists()
    row = WorkPlan.objects.get()
    sent = officer.post(address, typed(row.version, step, send="yes"))
    assert sent.headers["Location"] == reverse("task", args=[stage.task.pk])
    assert [duty.duty for duty in reviewer.get(reverse("todo")).context["rows"]] == [Duty.REVIEW_PLAN]
    row = WorkPlan.objects.get()
    act = reverse("workplan-act", args=[row.pk, "file_work_plan"])
    shown = reviewer.get(act).content.decode()
    assert "印发方案" in shown
    assert stage.issuer.name in shown, "to whom it goes"
    assert reviewer.post(act, {"version": row.version}).status_code == 302
    row = WorkPlan.objects.get()
    assert (row.state, row.number) == ("filed", 1)


def test_a_step_half_filled_in_and_one_too_late_are_told_beside_what_was_typed(signed_in: SignIn) -> None:
    stage = accepted_task()
    row = begun_work_plan(stage)
    client, address = signed_in(stage.leads[0].officer), reverse("workplan", args=[row.pk])
    half = client.post(address, typed(row.version, (TODAY.isoformat(), "印发方案", "")))
    assert half.status_code == 400
    assert "每个步骤须填写" in half.content.decode()
    assert "印发方案" in half.content.decode()
    assert not row.steps.exists()
    day = (TODAY + dt.timedelta(days=61)).isoformat()
    late = client.post(address, typed(row.version, (day, "验收", "规划处"), send="yes"))
    assert late.status_code == 409
    assert "晚于办结时限" in late.content.decode()
    assert row.steps.get().what == "验收", "the draft is kept though it was not sent"
    stale = client.post(address, typed(row.version, (day, "改写", "规划处")))
    assert stale.status_code == 409
    assert 'value="改写"' in stale.content.decode()


def test_a_draft_is_closed_to_others_and_what_is_on_record_open_to_who_sees_the_task(signed_in: SignIn) -> None:
    stage = accepted_task(leads=2)
    row = begun_work_plan(stage)
    people = [stage.leads[0].officer, stage.coordinator, stage.leads[1].officer, stage.supporters[0].officer, make_crew().officer]
    clients, address = [signed_in(user) for user in people], reverse("workplan", args=[row.pk])
    reviewed_work_plan(stage, row)
    assert [client.get(address).status_code for client in clients] == [200, 403, 403, 403, 404]
    file = WorkPlanFile.objects.create(work_plan=row, filename="表.txt", size=1, sha256="0", uploaded_by=people[0], uploaded_at=NOW)
    assert [client.get(reverse("workplan-file", args=[file.pk])).status_code for client in clients[1:]] == [403, 403, 403, 404]
    WorkPlan.objects.filter(pk=row.pk).update(state="filed", number=1, filed_at=NOW, reviewer=stage.leads[0].reviewer)
    assert [client.get(address).status_code for client in clients] == [200, 200, 200, 200, 404]
    assert clients[0].post(address, typed(1)).status_code == 409


def test_the_coordinator_sees_who_has_a_plan_on_record_and_which_steps_have_passed(signed_in: SignIn) -> None:
    stage = accepted_task(leads=2)
    client = signed_in(stage.coordinator)
    assert "2 个牵头单位中 0 个已报备" in page_of(client, stage)
    assert "个牵头单位中" not in page_of(signed_in(stage.supporters[0].officer), stage), "nothing to be seen, nobody to be urged"
    filed_work_plan(stage, begun_work_plan(stage), 1, 50)
    filed_work_plan(stage, begun_work_plan(stage), 2, 50)
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        shown = page_of(signed_in(stage.coordinator), stage)
        assert "2 个牵头单位中 1 个已报备" in shown
        assert f"尚未报备：{stage.leads[1].agency.short_name}" in shown
        assert "1 个步骤已到期，其后未报进展" in shown
        assert "第2天的步骤" in shown
        assert "第1天的步骤" not in shown, "that is the version before"
        first = WorkPlan.objects.get(number=1)
        assert reverse("workplan", args=[first.pk]) in shown
        assert "第1天的步骤" in signed_in(stage.coordinator).get(reverse("workplan", args=[first.pk])).content.decode()
        report = open_report(stage, stage.leads[0])
        beside = signed_in(stage.leads[0].officer).get(reverse("report", args=[report.pk])).content.decode()
        assert "已到期，其后未报进展" in beside, "who writes the report sees what the plan has promised"


def test_the_api_reads_writes_and_puts_a_plan_on_record(signed_in: SignIn) -> None:
    stage = accepted_task()
    officer, reviewer, coordinator = (signed_in(user) for user in (stage.leads[0].officer, stage.leads[0].reviewer, stage.coordinator))
    part = stage.part_of(stage.leads[0])
    key = {"Idempotency-Key": "once"}
    for _again in range(2):
        begun = officer.post(reverse("api:begin_work_plan", args=[part.pk]), "{}", content_type="application/json", headers=key)
        assert begun.status_code == 200
    task = officer.get(reverse("api:task", args=[stage.task.pk])).json()
    [known] = next(row for row in task["assignments"] if row["id"] == part.pk)["work_plans"]
    address = reverse("api:workplan", args=[known["id"]])
    steps = [{"day": TODAY.isoformat(), "what": "印发方案", "responsible": "规划处"}]

    def patch(body: dict[str, Any], **headers: str) -> int:
        return officer.patch(address, json.dumps(body), content_type="application/json", headers=headers).status_code

    assert [patch({"text": "一"}), patch({"text": "一"}, **{"If-Match": '"9"'})] == [428, 412]
    assert patch({"text": "一", "steps": steps}, **{"If-Match": officer.get(address).headers["ETag"]}) == 200
    assert patch({"text": "二"}, **{"If-Match": officer.get(address).headers["ETag"]}) == 200
    assert officer.get(address).json()["steps"] == steps, "what is left out stays"
    assert patch({"steps": [{"day": "x"}]}, **{"If-Match": officer.get(address).headers["ETag"]}) == 400
    uploads = reverse("api:workplan-files", args=[known["id"]])
    sent = officer.post(uploads, {"file": SimpleUploadedFile("二.txt", b"2")})
    assert sent.status_code == 201
    assert officer.delete(reverse("api:workplan-file", args=[known["id"], sent.json()["id"]])).status_code == 204
    hidden = coordinator.get(address).json()
    assert (hidden["text"], hidden["steps"]) == ("", [])
    assert coordinator.get(reverse("api:task", args=[stage.task.pk])).json()["assignments"][0]["work_plans"] == []
    for client, name in ((officer, "send_work_plan_for_review"), (reviewer, "file_work_plan")):
        assert client.post(reverse(f"api:{name}", args=[known["id"]]), "{}", content_type="application/json").status_code == 200
    shown = coordinator.get(address).json()
    assert (shown["number"], shown["text"], shown["steps"]) == (1, "二", steps)
    assert coordinator.get(reverse("api:task", args=[stage.task.pk])).json()["assignments"][0]["work_plans"][0]["number"] == 1
