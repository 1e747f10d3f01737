"""Rows without a key: tasks drawn up for the measures of a plan, tried first, or refused with the column and the reason."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from agencies.chain_check import verify
from agencies.models import Agency, Role, User
from agencies.refusals import Conflict, NotYours
from measures.models import Plan
from oversight.models import ReturnedSheet
from oversight.sheet.acting import Outcomes, act, rehearse
from oversight.sheet.columns import COLUMNS
from oversight.sheet.reading import read
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member
from tests.factories.documents import confirmed
from tests.oversight.test_sheet import sheet
from workflow import grants
from workflow.actions.draw_up import PlannedReceiver, draw_up_plan, draw_up_task
from workflow.actions.set_rules import Rules, set_plan_rules
from workflow.models import Event, Task
from workflow.states import Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Agency:
    for name in ("省一厅", "省二厅", "省三厅", "省四局"):
        make_agency(name)
    return make_agency("省府办")


@pytest.fixture
def coordinator(office: Agency) -> User:
    return make_member(office, Role.COORDINATOR)


@pytest.fixture
def plan(office: Agency, coordinator: User) -> Plan:
    return confirmed(coordinator, office)


GOOD: dict[str, Any] = {"plan": "示范园区方案", "number": "（二）", "leads": "省二厅", "due_on": "2026-12-31"}


def with_rows(*rows: dict[str, Any], task_ids: tuple[int, ...] = ()) -> bytes:
    """Return a sheet with rows put below those of tasks."""
    book = load_workbook(io.BytesIO(sheet(*task_ids)))
    for row in rows:
        book.worksheets[0].append([row.get(name, "") for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tried(user: User, *rows: dict[str, Any]) -> Outcomes:
    return rehearse(actor=actor_of(user), rows=read(with_rows(*rows)), now=NOW)


def done(user: User, *rows: dict[str, Any]) -> Outcomes:
    kept = read(with_rows(*rows))
    shown = rehearse(actor=actor_of(user), rows=kept, now=NOW).mark()
    return act(actor=actor_of(user), rows=kept, shown=shown, now=NOW)


def test_a_row_without_a_key_draws_a_task_up_for_its_measure(coordinator: User, plan: Plan, office: Agency) -> None:
    set_plan_rules(actor=actor_of(coordinator), plan_id=plan.pk, rules=Rules(evidence_required=True), now=NOW)
    group = make_group("各示范县（市）", make_agency("甲县"))
    row = GOOD | {"title": "办好推介会", "text": "每季度一次。", "rhythm": "每周", "supporters": "省四局、各示范县（市）"}
    outcomes = tried(coordinator, row)
    [told] = outcomes.drawn_up
    assert [change.column for change in told.changes] == ["plan", "number", "title", "text", "due_on", "rhythm", "leads", "supporters"]
    assert (Task.objects.count(), Event.objects.count(), outcomes.changed, outcomes.refused) == (0, 0, [], [])
    [made] = done(coordinator, row).drawn_up
    task = Task.objects.get()
    measure = plan.measures.get(number="（二）")
    assert (made.task_id, task.state, task.issuer, task.plan, task.measure) == (task.pk, "draft", office, plan, measure)
    assert (task.number, task.title, task.text, task.due_on, task.rhythm) == (
        "（二）",
        "办好推介会",
        "每季度一次。",
        dt.date(2026, 12, 31),
        "weekly",
    )
    assert task.evidence_required
    receivers = task.receivers.order_by("rank")
    assert [(str(one), one.part) for one in receivers] == [("省二厅", "lead"), ("省四局", "support"), (str(group), "support")]
    assert list(Event.objects.filter(task=task).values_list("verb", "actor_id")) == [("draw_up", coordinator.pk)]
    assert (verify(Event), grants.differences()) == ([], [])


def test_what_is_left_empty_is_taken_from_the_measure(coordinator: User, plan: Plan) -> None:
    row = {"plan": "示范园区方案", "number": "（一）", "leads": "省一厅"}
    done(coordinator, row)
    task, measure = Task.objects.get(), plan.measures.get(number="（一）")
    assert (task.title, task.text, task.due_on, task.rhythm) == (measure.title, measure.text, measure.deadline, "monthly")


def test_a_further_task_of_a_measure_has_a_part_behind_its_number_and_the_same_one_is_not_drawn_up_twice(
    coordinator: User, plan: Plan
) -> None:
    draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=NOW)
    outcomes = done(coordinator, GOOD | {"title": "甲"}, GOOD | {"title": "乙"}, GOOD | {"title": "甲"}, GOOD)
    assert [task.number for task in Task.objects.filter(title__in="甲乙").order_by("pk")] == ["（二）-1", "（二）-2"]
    assert [(row.column, "已有同名事项" in row.refusal) for row in outcomes.refused] == [("title", True)] * 2
    assert len(done(coordinator, GOOD | {"title": "甲"}).drawn_up) == 0


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"plan": ""}, "plan", "请填写新增事项所属方案"),
        ({"plan": "不存在的方案"}, "plan", "没有由您督办"),
        ({"number": ""}, "number", "措施序号"),
        ({"number": "（九）"}, "number", "（九）"),
        ({"leads": ""}, "leads", "至少填写一个牵头单位"),
        ({"leads": "天外来客局"}, "leads", "天外来客局"),
        ({"supporters": "天外来客局"}, "supporters", "天外来客局"),
        ({"supporters": "省二厅"}, "supporters", "重复填写"),
        ({"due_on": "2020-01-01"}, "due_on", "早于今天"),
        ({"due_on": "明年"}, "due_on", "不是日期"),
        ({"rhythm": "每两天"}, "rhythm", "每周"),
        ({"rhythm": "按阶段"}, "rhythm", "设置阶段"),
        ({"title": "=A1"}, "title", "公式"),
        ({"title": "长" * 301}, "title", "300"),
        ({"key": "新"}, "key", "识别码应留空"),
    ],
)
@pytest.mark.usefixtures("plan")
def test_a_new_row_that_cannot_be_taken_is_refused_with_its_column_and_reason(
    coordinator: User, cells: dict[str, Any], column: str, words: str
) -> None:
    outcomes = tried(coordinator, GOOD | cells)
    [refused] = outcomes.refused
    assert (refused.column, words in refused.refusal, outcomes.drawn_up) == (column, True, []), refused.refusal


def test_the_plan_of_another_office_is_not_known_here(plan: Plan) -> None:
    stranger = make_member(make_agency("别的办公室"), Role.COORDINATOR)
    [refused] = tried(stranger, GOOD).refused
    assert (refused.column, "没有由您督办" in refused.refusal) == ("plan", True)
    receivers = [PlannedReceiver(Part.LEAD, Agency.objects.get(short_name="省二厅").pk)]
    with pytest.raises(NotYours):
        draw_up_task(
            actor=actor_of(stranger), issuer_id=stranger.memberships.get().agency_id, title="甲", text="", receivers=receivers,
            due_on=None, measure_id=plan.measures.all()[0].pk, now=NOW,
        )  # fmt: skip


def test_a_plan_that_a_later_edition_has_replaced_takes_no_new_tasks(coordinator: User, plan: Plan, office: Agency) -> None:
    Plan.objects.create(title="新版", issuer=office, coordinator=office, text="新", sha256="0" * 64, confirmed_at=NOW, earlier=plan)
    assert [row.column for row in tried(coordinator, GOOD).refused] == ["plan"]
    receivers = [PlannedReceiver(Part.LEAD, Agency.objects.get(short_name="省二厅").pk)]
    with pytest.raises(Conflict):
        draw_up_task(
            actor=actor_of(coordinator), issuer_id=office.pk, title="甲", text="", receivers=receivers, due_on=None,
            measure_id=plan.measures.all()[0].pk, now=NOW,
        )  # fmt: skip


def test_a_number_that_several_measures_have_is_told_by_the_title(coordinator: User, plan: Plan) -> None:
    plan.measures.update(number="1.")
    refused = tried(coordinator, GOOD | {"number": "1", "title": "别的"}).refused[0]
    assert (refused.column, "标题" in refused.refusal) == ("title", True)
    first, second = plan.measures.order_by("start")
    done(coordinator, GOOD | {"number": "1", "title": second.title})
    assert Task.objects.get().measure == second
    assert first.title != second.title


def test_plans_of_one_title_are_told_by_their_document_number(coordinator: User, plan: Plan, office: Agency) -> None:
    other = Plan.objects.create(
        title=plan.title, number="粤府〔2026〕9号", issuer=office, coordinator=office, text="另", sha256="1" * 64, confirmed_at=NOW
    )
    other.measures.create(number="（二）", title="别的事", text="别的事。", start=0, end=1)
    assert tried(coordinator, GOOD).refused[0].column == "plan"
    done(coordinator, GOOD | {"plan": "粤府〔2026〕9号"})
    assert Task.objects.get().plan == other


@time_machine.travel(NOW, tick=False)
@pytest.mark.usefixtures("plan")
def test_new_tasks_and_changes_are_shown_and_done_together(client: Client, coordinator: User, office: Agency) -> None:
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    receivers = [PlannedReceiver(Part.LEAD, Agency.objects.get(short_name="省一厅").pk)]
    task = draw_up_task(
        actor=actor_of(coordinator), issuer_id=office.pk, title="旧题", text="建设厂房，完善配套。", receivers=receivers,
        due_on=TODAY + dt.timedelta(days=9), rhythm="monthly", now=NOW,
    )  # fmt: skip
    book = load_workbook(io.BytesIO(with_rows(GOOD | {"title": "办好推介会"}, GOOD | {"plan": ""}, task_ids=(task.pk,))))
    places = {name: place for place, name in enumerate(COLUMNS, start=1)}
    book.worksheets[0].cell(3, places["text"]).value = "建设厂房，做好服务。"
    book.worksheets[0].cell(3, places["rhythm"]).value = "每周"
    out = io.BytesIO()
    book.save(out)
    client.post("/ledger/import/", {"file": SimpleUploadedFile("台账.xlsx", out.getvalue())})
    kept = ReturnedSheet.objects.get()
    page = client.get(f"/ledger/import/{kept.pk}/").content.decode()
    for words in (
        "<del>完善配套。</del>",
        "<ins>做好服务。</ins>",
        "<del>每月</del> → 每周",
        "办好推介会",
        "确认修改 1 项、立项 1 项",
        "请填写新增事项所属方案",
    ):
        assert words in page, words
    assert Task.objects.count() == 1
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    answer = client.post(f"/ledger/import/{kept.pk}/", {"shown": shown}, follow=True).content.decode()
    assert ("已立项 1 项" in answer, Task.objects.count()) == (True, 2)
    made = Task.objects.get(title="办好推介会")
    assert f'href="/tasks/{made.pk}/"' in answer
    task = Task.objects.get(pk=task.pk)
    assert (task.text, task.rhythm) == ("建设厂房，做好服务。", "weekly")
    assert client.post(f"/ledger/import/{kept.pk}/", {"shown": shown}).status_code == 409
    assert Task.objects.count() == 2
