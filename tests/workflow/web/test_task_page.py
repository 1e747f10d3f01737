"""What the page of a task tells, and to whom."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Role
from measures.models import Plan
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.tasks import accepted_task, dispatched_task, draft_task, make_crew
from tests.workflow.web.conftest import SignIn
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import resume, suspend
from workflow.actions.request_extension import request_extension
from workflow.grants import rebuild
from workflow.models import Assignment, Task

pytestmark = pytest.mark.django_db


def test_a_deputy_is_named_with_the_person_they_act_for(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    delegate(
        actor=Actor.system(),
        delegator=lead.reviewer,
        deputy=lead.officer,
        agency=lead.agency,
        ends_at=NOW + dt.timedelta(days=5),
        reason="出差",
        now=NOW,
    )
    part = stage.part_of(lead)
    client = signed_in(lead.officer)
    client.post(reverse("assignment-act", args=[part.pk, "pass_on"]), {"version": part.version, "officer_id": lead.officer.pk})
    page = client.get(reverse("task", args=[stage.task.pk]))
    line = page.context["timeline"][0]
    assert (line.verb, line.who, line.on_behalf_of) == ("转办承办人", lead.officer.name, lead.reviewer.name)
    assert f"（代 {lead.reviewer.name}）" in page.content.decode()


def test_the_path_above_a_task_leads_to_its_plan(signed_in: SignIn) -> None:
    stage = accepted_task()
    plan = Plan.objects.create(
        title="行动方案", issuer=stage.issuer, coordinator=stage.issuer, issued_on=TODAY, text="全文。", sha256="0" * 64, confirmed_at=NOW
    )
    Task.objects.filter(pk=stage.task.pk).update(plan=plan)
    rebuild()
    client = signed_in(stage.leads[0].officer)
    page = client.get(reverse("task", args=[stage.task.pk])).content.decode()
    assert f'<li class="breadcrumb-item"><a href="{reverse("plan", args=[plan.pk])}">行动方案</a></li>' in page
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200


def test_dispatch_is_one_line_for_many_agencies_and_each_signing_a_line_of_its_own(signed_in: SignIn) -> None:
    stage = accepted_task(leads=1, supporters=5)
    lines = signed_in(stage.coordinator).get(reverse("task", args=[stage.task.pk])).context["timeline"]
    assert [line.verb for line in lines] == [*["签收"] * 6, "接到任务", "交办事项", "拟办事项"]
    assert lines[6].towards.endswith("等 6 个单位")


def test_a_task_of_which_it_came_is_named_only_to_those_who_may_see_that_one(signed_in: SignIn) -> None:
    above = dispatched_task(leads=1, supporters=0)
    middle = above.leads[0].agency
    below = make_crew()
    child = draw_up_task(
        actor=actor_of(make_member(middle, Role.COORDINATOR)),
        issuer_id=middle.pk,
        title="下级事项",
        text="",
        receivers=[PlannedReceiver("lead", agency_id=below.agency.pk)],
        due_on=None,
        parent_id=above.task.pk,
        now=NOW,
    )
    Task.objects.filter(pk=child.pk).update(state="dispatched", dispatched_at=NOW)
    child.participations.update(task_state="dispatched")
    child.participations.create(agency=below.agency, tie="lead", task_state="dispatched", assignment_state="pending")
    url = reverse("task", args=[child.pk])
    assert signed_in(below.officer).get(url).context["parent"] is None
    assert above.task.title not in signed_in(below.officer).get(url).content.decode()
    assert signed_in(above.leads[0].officer).get(reverse("task", args=[above.task.pk])).context["children"] == [child]
    assert signed_in(above.leads[0].officer).get(url).context["parent"] == above.task


def test_an_agency_reads_why_an_act_must_wait(signed_in: SignIn) -> None:
    stage = accepted_task()
    page = signed_in(stage.leads[0].reviewer).get(reverse("task", args=[stage.task.pk])).content.decode()
    assert "你单位尚无报告被采用，请先报送办理结果。" in page


def test_dispatch_that_must_wait_says_why_on_the_draft(signed_in: SignIn) -> None:
    stage = draft_task()
    stage.task.receivers.create(name_as_written="省不存在的厅", part="support", rank=9)
    page = signed_in(stage.coordinator).get(reverse("task", args=[stage.task.pk])).content.decode()
    assert "单位目录中没有：省不存在的厅。请先确认。" in page
    assert "目录中没有" in page


def test_a_moved_due_date_stands_beside_the_first_one(signed_in: SignIn) -> None:
    stage = accepted_task(supporters=0)
    lead = stage.leads[0]
    part = stage.part_of(lead)
    later = TODAY + dt.timedelta(days=100)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=later, reason="需要时间", now=NOW)
    client = signed_in(stage.coordinator)
    part = stage.part_of(lead)
    url = reverse("assignment-act", args=[part.pk, "grant_extension"])
    assert client.get(url).context["form"]["granted_to"].value() == later
    client.post(url, {"version": part.version, "granted_to": later.isoformat(), "opinion": "同意"})
    page = client.get(reverse("task", args=[stage.task.pk])).content.decode()
    assert f"原时限 {(TODAY + dt.timedelta(days=60)).isoformat()}" in page
    assert later.isoformat() in page


def test_a_hand_back_is_rerouted_to_an_agency_typed_by_name(signed_in: SignIn) -> None:
    stage, heir = dispatched_task(), make_agency("省承接厅")
    crew = stage.supporters[0]
    part = stage.part_of(crew)
    hand_back(actor=crew.officer_actor, assignment_id=part.pk, reason="不属职责", legal_basis="三定方案", suggested_id=heir.pk, now=NOW)
    client = signed_in(stage.coordinator)
    url = reverse("assignment-act", args=[part.pk, "reroute"])
    page = client.get(url)
    assert page.context["form"]["agency_id"].value() == "省承接厅"
    assert "三定方案" in page.content.decode()
    version = stage.part_of(crew).version
    unknown = client.post(url, {"version": version, "agency_id": "省没有的厅", "opinion": "改派"})
    assert unknown.status_code == 400
    client.post(url, {"version": version, "agency_id": "省承接厅", "opinion": "改派"})
    assert Assignment.objects.filter(task=stage.task, agency=heir, state="pending").exists()
    assert signed_in(crew.officer).get(reverse("task", args=[stage.task.pk])).status_code == 404


def test_where_to_go_after_an_act_is_never_another_site(signed_in: SignIn) -> None:
    stage = dispatched_task()
    part = stage.part_of(stage.leads[0])
    url = reverse("assignment-act", args=[part.pk, "sign_for"])
    answer = signed_in(stage.leads[0].officer).post(url, {"version": part.version, "next": "https://example.org/"})
    assert answer.headers["Location"] == reverse("task", args=[stage.task.pk])


def test_the_page_and_the_api_say_how_long_the_clock_has_stood_still_in_all(signed_in: SignIn) -> None:
    stage = accepted_task(supporters=1)
    lead, task, day = stage.leads[0], stage.task.pk, dt.timedelta(days=1)
    part = stage.part_of(lead)
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="不属本单位职责。", legal_basis="三定方案", now=NOW)
    suspend(actor=stage.coordinator_actor, task_id=task, reason="等待上级政策明确。", now=NOW + day)
    resume(actor=stage.coordinator_actor, task_id=task, now=NOW + 5 * day)
    with time_machine.travel(NOW + 6 * day, tick=False):  # the hand-back is still to be ruled on
        client = signed_in(stage.coordinator)
        page = client.get(reverse("task", args=[task])).content.decode()
        told = client.get(f"/api/v1/tasks/{task}/").json()
    assert page.count("累计暂停计时 4 个工作日") == 1, "the lead's clock, stopped by a hand-back and a suspension"
    assert page.count("累计暂停计时 2 个工作日") == 2, "the supporter's and the task's own, stopped by the suspension"
    assert {one["part"]: one["stood_still"] for one in told["assignments"]} == {"lead": 4, "support": 2}
