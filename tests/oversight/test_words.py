"""The index of words says what reading every text would say, whatever is written and however."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from measures.models import Measure, Plan
from oversight import search
from oversight.words import upkeep
from oversight.words.kinds import FILE, KINDS, LONGEST, REPORT, TASK
from oversight.words.lookup import containing
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task, dispatched_task, make_crew, open_report, submitted_report
from workflow.grants import rebuild
from workflow.models import Assignment, Report, Task
from workflow.states import AssignmentState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def tasks_with(*words: str) -> set[int]:
    return set(Task.objects.filter(pk__in=containing(TASK, words)).values_list("pk", flat=True))


def reports_with(*words: str) -> set[int]:
    return set(Report.objects.filter(pk__in=containing(REPORT, words)).values_list("pk", flat=True))


def rows(table: str) -> list[tuple[object, ...]]:
    key = "object_id" if connection.vendor == "postgresql" else "rowid"
    columns = "terms::text" if connection.vendor == "postgresql" else "title, body"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, place_id, {columns} FROM {table} ORDER BY 1")  # noqa: S608 - names of our own
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("发展绿色金融，服务实体经济", ["绿色"], True),
        ("发展绿色金融，服务实体经济", ["绿色金融"], True),
        ("发展绿色金融，服务实体经济", ["融，服"], True),
        ("发展绿色金融，服务实体经济", ["实体", "绿色"], True),
        ("绿色转型。金融服务，色金不分", ["绿色金融"], False),
        ("绿色转型", ["绿色", "金融"], False),
        ("Use the API of ISO9001", ["api"], True),
        ("Use the API of ISO9001", ["iSo90"], True),
        ("it's a \\ back' \"slash\"", ["it's"], True),
        ("it's a \\ back' \"slash\"", ["back'"], True),
        ("a\\b '' & | ! <-> :* ()", ["<->"], True),
        ("a\\b '' & | ! <-> :* ()", ["a\\b"], True),
        ("100%完成_甲", ["0%完"], True),
        ("100完成甲", ["0%"], False),
        ("𠮷野家与𠮷田", ["𠮷田"], True),
        ("换\n行", ["换行"], False),
    ],
)
def test_a_text_is_found_by_what_it_contains_and_nothing_else(text: str, words: list[str], found: bool) -> None:
    task = dispatched_task().task
    Task.objects.filter(pk=task.pk).update(title="甲", text=text)
    assert (task.pk in tasks_with(*words)) is found
    Task.objects.filter(pk=task.pk).update(title=text, text="")
    assert (task.pk in tasks_with(*words)) is found


def test_a_change_is_found_at_once_and_what_was_there_before_is_not() -> None:
    first, second = dispatched_task().task, dispatched_task().task
    assert tasks_with("要素交易") == {first.pk, second.pk}
    Task.objects.filter(pk=first.pk).update(title="建设海洋牧场", text="")
    assert tasks_with("海洋牧场") == {first.pk}
    Task.objects.filter(pk=first.pk).update(percent=10)
    assert tasks_with("海洋牧场") == {first.pk}


def test_a_task_is_found_by_the_title_of_its_measure() -> None:
    task = dispatched_task().task
    plan = Plan.objects.create(title="方案", issuer=task.issuer, coordinator=task.issuer, text="", sha256="0" * 64, confirmed_at=NOW)
    measure = Measure.objects.create(plan=plan, number="1", title="推进低空经济", text="甲", start=0, end=1)
    assert not tasks_with("低空经济")
    Task.objects.filter(pk=task.pk).update(measure=measure)
    assert tasks_with("低空经济") == {task.pk}
    Measure.objects.filter(pk=measure.pk).update(title="推进深海经济")
    assert tasks_with("深海经济") == {task.pk}
    assert not tasks_with("低空经济")


def test_a_report_is_in_the_index_only_while_it_is_out_of_its_agency() -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    Report.objects.filter(pk=report.pk).update(done="金丝雀")
    assert not reports_with("丝雀")
    sent = submitted_report(stage, stage.supporters[0])
    Report.objects.filter(pk=sent.pk).update(problems="资金缺口较大")
    assert reports_with("资金缺口") == {sent.pk}
    Report.objects.filter(pk=sent.pk).update(state="returned")
    assert not reports_with("资金缺口")


def test_a_report_leaves_the_index_with_its_part_and_takes_no_place_from_another() -> None:
    stage = accepted_task(supporters=2)
    older, newer = (submitted_report(stage, crew) for crew in stage.supporters)
    Report.objects.update(problems="资金缺口较大")
    assert reports_with("资金缺口") == {older.pk, newer.pk}
    for state in (AssignmentState.WITHDRAWN, AssignmentState.REROUTED):
        Assignment.objects.filter(pk=newer.assignment_id).update(state=state)
        assert reports_with("资金缺口") == {older.pk}
        found = search.search(stage.coordinator_actor, "资金缺口", now=NOW, shown=1, kinds=["reports"])
        assert [(len(kind.hits), kind.more) for kind in found] == [(1, False)]
    Assignment.objects.filter(pk=newer.assignment_id).update(state=AssignmentState.ACCEPTED)
    assert reports_with("资金缺口") == {older.pk, newer.pk}


def test_what_is_deleted_is_forgotten() -> None:
    task = dispatched_task().task
    copy = Task.objects.create(issuer_id=task.issuer_id, title="一次性事项", state="draft")
    assert tasks_with("一次性") == {copy.pk}
    copy.delete()
    assert not [row for row in rows(TASK.index) if row[0] == copy.pk]


def test_words_that_begin_a_title_come_first_then_titles_then_texts_the_latest_first() -> None:
    stage = dispatched_task()
    issuer = stage.issuer
    Task.objects.filter(pk=stage.task.pk).update(title="甲", text="数据要素")
    made = [Task.objects.create(issuer=issuer, title=title, state="draft") for title in ("培育数据要素", "数据要素市场", "数据要素流通")]
    rebuild()
    [tasks] = search.search(stage.coordinator_actor, "数据", now=timezone.now(), kinds=("tasks",))
    assert [hit.url for hit in tasks.hits] == [f"/tasks/{pk}/" for pk in (made[2].pk, made[1].pk, made[0].pk, stage.task.pk)]
    [two] = search.search(stage.coordinator_actor, "数据 培育", now=timezone.now(), kinds=("tasks",))
    assert [hit.url for hit in two.hits] == [f"/tasks/{made[0].pk}/"]


def test_a_stranger_finds_nothing_however_many_there_are() -> None:
    for _ in range(3):
        dispatched_task()
    assert search.search(make_crew().officer_actor, "要素", now=timezone.now()) == []


def test_the_index_equals_one_written_anew() -> None:
    stage = accepted_task()
    submitted_report(stage, stage.leads[0])
    Task.objects.filter(pk=stage.task.pk).update(text="新的要求'\\\"")
    kept = {kind.name: rows(kind.index) for kind in KINDS}
    assert kept[TASK.name]
    assert kept[REPORT.name]
    call_command("check_counters", "--rebuild", verbosity=0)
    assert {kind.name: rows(kind.index) for kind in KINDS} == kept


def test_a_very_long_text_is_indexed_as_far_as_it_is_said() -> None:
    task = dispatched_task().task
    Task.objects.filter(pk=task.pk).update(title="甲", text="字" * (LONGEST - 100) + "金丝雀" + "字" * 1000 + "鹦鹉螺")
    assert tasks_with("金丝雀") == {task.pk}


def test_what_a_flush_has_emptied_is_forgotten_and_the_rest_is_kept() -> None:
    dispatched_task()
    kept, key = rows(TASK.index), "object_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        extra = ("terms", "''") if connection.vendor == "postgresql" else ("title", "'41'")
        cursor.execute(f"INSERT INTO {FILE.index} ({key}, place_id, {extra[0]}) VALUES (1, 1, {extra[1]})")  # noqa: S608 - the same
    upkeep.after_migration(connection, using="default", migrated=False)
    assert rows(FILE.index) == []
    assert rows(TASK.index) == kept
