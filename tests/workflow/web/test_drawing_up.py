"""Drawing up a task by hand, and changing it before it goes out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from agencies.models import Alias, Role
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member
from tests.factories.documents import confirmed
from tests.factories.tasks import Stage, dispatched_task, draft_task, make_crew
from tests.workflow.web.conftest import SignIn
from workflow import grants
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.instruct import instruct
from workflow.actions.split_task import sentences_of
from workflow.models import Answer, Event, Task

pytestmark = pytest.mark.django_db

DUE = TODAY + dt.timedelta(days=45)


def form_for(stage: Stage, **values: object) -> dict[str, object]:
    return {
        "issuer": stage.issuer.pk,
        "title": "落实会议纪要第三项",
        "text": "研究提出方案。",
        "leads": stage.leads[0].agency.short_name,
        "supporters": "",
        "due_on": DUE.isoformat(),
        "rhythm": "monthly",
    } | values


def test_names_pasted_from_a_document_become_receivers_in_their_order(signed_in: SignIn) -> None:
    stage = draft_task()
    cities = [make_agency(f"第{number}市政府") for number in range(2)]
    group = make_group("各地级以上市政府", *cities)
    Alias.objects.create(name="财厅", agency=stage.supporters[0].agency)
    pasted = f"{stage.leads[0].agency.name}、财厅"
    answer = signed_in(stage.coordinator).post(reverse("task-new"), form_for(stage, leads=pasted, supporters="各地级以上市政府"))
    task = Task.objects.get(title="落实会议纪要第三项")
    assert answer.headers["Location"] == reverse("task", args=[task.pk])
    assert [(row.agency_id, row.group_id, row.part) for row in task.receivers.order_by("rank")] == [
        (stage.leads[0].agency.pk, None, "lead"),
        (stage.supporters[0].agency.pk, None, "lead"),
        (None, group.pk, "support"),
    ]
    assert task.due_on == DUE


def test_a_name_that_the_directory_does_not_know_is_named_and_nothing_is_lost(signed_in: SignIn) -> None:
    stage = draft_task()
    answer = signed_in(stage.coordinator).post(reverse("task-new"), form_for(stage, leads="省不存在的厅"))
    assert answer.status_code == 400
    assert "单位目录中没有：省不存在的厅。" in answer.content.decode()
    assert "研究提出方案。" in answer.content.decode()
    assert not Task.objects.filter(title="落实会议纪要第三项").exists()


def test_a_day_that_has_passed_is_refused(signed_in: SignIn) -> None:
    stage = draft_task()
    answer = signed_in(stage.coordinator).post(reverse("task-new"), form_for(stage, due_on="2020-01-01"))
    assert answer.context["form"].errors["due_on"]


@pytest.mark.parametrize("page", ["task-new", "task-edit"])
def test_drawing_up_is_for_coordinators(signed_in: SignIn, page: str) -> None:
    stage = draft_task()
    url = reverse(page, args=[] if page == "task-new" else [stage.task.pk])
    answers = [
        signed_in(user).get(url).status_code for user in (stage.coordinator, stage.leader, stage.leads[0].officer, make_crew().officer)
    ]
    assert answers == ([200, 403, 403, 403] if page == "task-new" else [200, 403, 404, 404])


def test_another_agencys_task_cannot_be_issued_by_a_crafted_form(signed_in: SignIn) -> None:
    stage, other = draft_task(), make_agency()
    answer = signed_in(stage.coordinator).post(reverse("task-new"), form_for(stage, issuer=other.pk))
    assert answer.status_code == 400
    assert not Task.objects.filter(issuer=other).exists()


def test_an_unknown_receiver_is_settled_or_dropped_on_the_edit_page(signed_in: SignIn) -> None:
    stage, meant = draft_task(), make_agency("省数据局")
    known = stage.task.receivers.create(name_as_written="省大数据局", part="support", rank=8)
    unwanted = stage.task.receivers.create(name_as_written="某协会", part="support", rank=9)
    client, url = signed_in(stage.coordinator), reverse("task-edit", args=[stage.task.pk])
    assert "省大数据局" in client.get(url).content.decode()
    form = form_for(stage, version=stage.task.version, supporters=stage.supporters[0].agency.short_name)
    answer = client.post(url, form | {f"settle_{known.pk}": "省数据局", f"drop_{unwanted.pk}": "on"})
    assert answer.status_code == 302
    assert set(stage.task.receivers.values_list("agency_id", flat=True)) == {
        stage.leads[0].agency.pk,
        stage.supporters[0].agency.pk,
        meant.pk,
    }


def test_a_stale_edit_is_refused_with_everything_kept(signed_in: SignIn) -> None:
    stage = draft_task()
    form = form_for(stage, version=stage.task.version + 7, title="改后的标题")
    answer = signed_in(stage.coordinator).post(reverse("task-edit", args=[stage.task.pk]), form)
    assert answer.status_code == 409
    assert "改后的标题" in answer.content.decode()
    assert Task.objects.get(pk=stage.task.pk).title == stage.task.title


def test_a_dispatched_task_is_no_longer_edited(signed_in: SignIn) -> None:
    stage = dispatched_task()
    assert signed_in(stage.coordinator).get(reverse("task-edit", args=[stage.task.pk])).status_code == 409


def test_suggestions_find_agencies_by_a_part_of_any_name(signed_in: SignIn) -> None:
    stage = draft_task()
    Alias.objects.create(name="发改委", agency=make_agency("省发展和改革委员会"))
    page = signed_in(stage.coordinator).get(reverse("agency-suggestions"), {"q": "发改"}).content.decode()
    assert "省发展和改革委员会" in page
    assert stage.issuer.short_name not in page


def test_a_draft_is_split_by_its_sentences_on_its_page_and_each_part_keeps_agencies_rules_and_dates(signed_in: SignIn) -> None:
    agency = make_agency()
    coordinator = make_member(agency, Role.COORDINATOR)
    plan = confirmed(coordinator, agency)
    task = draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=NOW)[0]
    client = signed_in(coordinator)
    assert sentences_of(task) == ["新建标准厂房，完善配套。", "到2027年，园区产值达到30亿元。"]
    assert "按句拆分" in client.get(reverse("plan-drafts", args=[plan.pk])).content.decode()
    address = reverse("task-act", args=[task.pk, "split_task"])
    assert "到2027年，园区产值达到30亿元。" in client.get(address).content.decode()
    assert client.post(address, {"version": task.version, "sentences": ["1"]}).status_code == 302
    first, second = Task.objects.filter(measure=task.measure).order_by("pk")
    assert (first.pk, first.text, second.text) == (task.pk, "新建标准厂房，完善配套。", "到2027年，园区产值达到30亿元。")
    assert (second.number, second.due_on, second.measure) == (f"{first.number}-1", first.due_on, first.measure)
    named = [list(row.receivers.order_by("rank", "part").values_list("name_as_written", "part", "rank")) for row in (first, second)]
    assert named[0] == named[1] != []
    assert grants.differences() == []
    assert [(event.verb, event.data.get("split_from")) for event in Event.objects.filter(task=second)] == [("draw_up", first.pk)]
    assert client.post(address, {"version": first.version, "sentences": ["0"]}).status_code == 409, "one sentence is left"


def split_with_an_instruction(signed_in: SignIn, chosen: dict[str, str]) -> list[Task]:
    """Split a draft on which a leader has written, and return its parts, the task at hand first; all go out."""
    stage = draft_task()
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="抓紧推进。", answer_by=TODAY + dt.timedelta(days=30), now=NOW)
    client, address = signed_in(stage.coordinator), reverse("task-act", args=[stage.task.pk, "split_task"])
    page = client.get(address).content.decode()
    assert "随拆出的每个事项一并办理" in page
    assert client.post(address, {"version": stage.reload().version, "sentences": ["1"]} | chosen).status_code == 302
    tasks = list(Task.objects.filter(issuer=stage.issuer).order_by("pk"))
    dispatch(actor=stage.coordinator_actor, task_ids=[task.pk for task in tasks], now=NOW)
    return tasks


def test_an_instruction_goes_with_each_part_of_a_split_and_is_owed_by_its_leads(signed_in: SignIn) -> None:
    tasks = split_with_an_instruction(signed_in, {"instructions": "each"})
    told = [[(one.text, one.answer_by, one.written_by_id) for one in task.instructions.all()] for task in tasks]
    assert told[0] == told[1]
    assert len(told[0]) == 1
    owed = Answer.objects.order_by("assignment__task").values_list("assignment__task", "due_on")
    assert list(owed) == [(task.pk, TODAY + dt.timedelta(days=30)) for task in tasks]
    along = [tasks[0].instructions.get().pk]
    assert Event.objects.get(verb="split_task").data["instructions"] == along
    assert Event.objects.get(verb="draw_up", task=tasks[1]).data["instructions"] == along


def test_a_coordinator_can_let_an_instruction_stay_with_the_task_at_hand(signed_in: SignIn) -> None:
    tasks = split_with_an_instruction(signed_in, {"instructions": "stay"})
    assert [task.instructions.count() for task in tasks] == [1, 0]
    assert list(Answer.objects.values_list("assignment__task", flat=True)) == [tasks[0].pk]
    assert Event.objects.get(verb="split_task").data["instructions"] == []


def test_over_the_api_an_instruction_goes_with_each_part_when_nothing_is_said(signed_in: SignIn) -> None:
    for said, count in (({}, 1), ({"instructions": "each"}, 1), ({"instructions": "stay"}, 0)):
        stage = draft_task()
        instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="抓紧推进。", now=NOW)
        address, client = reverse("api:split_task", args=[stage.task.pk]), signed_in(stage.coordinator)
        assert client.post(address, {"sentences": [1]} | said, content_type="application/json").status_code == 200
        part = Task.objects.filter(issuer=stage.issuer).latest("pk")
        assert part.instructions.count() == count, said
    assert client.post(address, {"sentences": [0], "instructions": "else"}, content_type="application/json").status_code == 400


def test_where_every_sentence_is_chosen_none_is_left_empty(signed_in: SignIn) -> None:
    stage = draft_task()
    client = signed_in(stage.coordinator)
    asked = client.post(reverse("api:split_task", args=[stage.task.pk]), {"sentences": [0, 1]}, content_type="application/json")
    assert asked.status_code == 200
    texts = list(Task.objects.filter(issuer=stage.issuer).order_by("pk").values_list("text", flat=True))
    assert texts == ["推动大宗商品交易中心规范发展。", "每半年评估一次成效。"]
    for wrong in ([], [5], ["x"]):
        body = {"sentences": wrong}
        other = draft_task()
        signed_in(other.coordinator)
        answer = signed_in(other.coordinator).post(reverse("api:split_task", args=[other.task.pk]), body, content_type="application/json")
        assert answer.status_code == 400, wrong
