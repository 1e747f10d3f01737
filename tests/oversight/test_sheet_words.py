"""The sheet changes the words of a task, how often it reports and the order of its agencies, where acts allow it, and says so else."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from oversight.sheet.acting import rehearse
from oversight.sheet.reading import read
from tests.factories.directory import NOW, make_agency
from tests.factories.tasks import accepted_task, draft_task
from tests.oversight.test_sheet import FIRST, PLACES, do, edited, refusals, sheet, try_out
from workflow.actions.set_stages import set_stages
from workflow.models import Event, Receiver, Task

pytestmark = pytest.mark.django_db

WORDS = "　　推动交易中心规范发展。\n　　（一）完善制度；\n\n　　（二）加强监管。"


def supporters(task: Task) -> list[str]:
    rows = task.receivers.filter(part="support").order_by("rank", "pk")
    return [str(row.agency.short_name if row.agency else row.name_as_written) for row in rows]


def test_the_words_of_a_draft_and_its_rhythm_are_changed_by_the_act_of_its_page() -> None:
    stage = draft_task()
    do(stage, edited(sheet(stage.task.pk), r0_text=WORDS, r0_rhythm="每月"))
    task = stage.reload()
    assert (task.text, task.rhythm, task.title) == (WORDS.strip(), "monthly", "规范发展地方要素交易场所")
    assert Event.objects.filter(task=task).order_by("sequence").values_list("verb", flat=True).last() == "edit"


def test_the_words_of_a_task_under_way_are_revised_and_the_record_keeps_those_before() -> None:
    stage = accepted_task()
    before = stage.task.text
    data = edited(sheet(stage.task.pk), r0_text=WORDS, r0_reason="会议要求")
    [row] = try_out(stage, data).changed
    assert [(change.column, change.before) for change in row.changes] == [("text", before)]
    assert stage.reload().text == before
    do(stage, data)
    assert (stage.reload().text, stage.reload().title) == (WORDS.strip(), "规范发展地方要素交易场所")
    event = Event.objects.get(task=stage.task, verb="revise")
    assert (event.comment, event.data["text_before"]) == ("会议要求", before)


@pytest.mark.parametrize("text", [WORDS, "一\r\n二  \r\n", "=1+1\n@甲", "甲\x0b乙", "长" * 40_000, ""])
def test_words_that_nobody_has_changed_come_back_unchanged(text: str) -> None:
    stage = draft_task()
    Task.objects.filter(pk=stage.task.pk).update(text=text)
    outcomes = try_out(stage, sheet(stage.task.pk))
    assert (outcomes.unchanged, outcomes.changed, outcomes.refused) == (1, [], [])
    do(stage, edited(sheet(stage.task.pk), r0_title="改题"))
    assert (stage.reload().title, stage.reload().text) == ("改题", text.strip())


def test_the_row_of_a_long_text_stays_low() -> None:
    short, long = draft_task(), draft_task()
    Task.objects.filter(pk=long.task.pk).update(text="长" * 2000)
    rows = load_workbook(io.BytesIO(sheet(short.task.pk, long.task.pk))).worksheets[0].row_dimensions
    assert (rows[FIRST].height, rows[FIRST + 1].height) == (None, 64)


def test_words_longer_than_a_cell_are_not_changed_in_it() -> None:
    stage = draft_task()
    Task.objects.filter(pk=stage.task.pk).update(text="长" * 40_000)
    [(line, column, reason)] = refusals(try_out(stage, edited(sheet(stage.task.pk), r0_text="短")))
    assert (line, column, "容纳不下" in reason) == (FIRST, "text", True)


def test_a_rhythm_goes_out_in_one_language_and_comes_back_in_another() -> None:
    stage = draft_task(rhythm="weekly")
    with translation.override("en"):
        data = sheet(stage.task.pk)
    assert load_workbook(io.BytesIO(data)).worksheets[0].cell(FIRST, PLACES["rhythm"]).value == "Weekly"
    assert try_out(stage, data).unchanged == 1
    do(stage, edited(data, r0_rhythm="每季度"))
    assert stage.reload().rhythm == "quarterly"


def test_a_draft_reports_by_stage_once_it_has_stages() -> None:
    stage = draft_task()
    by_stage = {"r0_rhythm": "By stage"}
    [(_line, column, reason)] = refusals(try_out(stage, edited(sheet(stage.task.pk), **by_stage)))
    assert (column, "设置阶段" in reason) == ("rhythm", True)
    set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages="2026-06-30 完成方案", now=NOW)
    do(stage, edited(sheet(stage.task.pk), r0_rhythm="Weekly"))
    do(stage, edited(sheet(stage.task.pk), **by_stage))
    assert stage.reload().rhythm == "by_stage"
    [(_line, column, _reason)] = refusals(try_out(stage, edited(sheet(stage.task.pk), r0_rhythm="")))
    assert column == "rhythm"


def test_the_order_of_supporters_of_a_draft_is_the_one_in_the_sheet() -> None:
    stage = draft_task(leads=2, supporters=3)
    one, two, three = supporters(stage.task)
    leads = [crew.agency.short_name for crew in stage.leads]
    data = edited(sheet(stage.task.pk), r0_supporters=f"{three}、{one}、{two}", r0_leads="、".join(reversed(leads)))
    [row] = try_out(stage, data).changed
    assert [(change.column, change.came, change.went) for change in row.changes] == [("leads", (), ()), ("supporters", (), ())]
    do(stage, data)
    assert supporters(stage.task) == [three, one, two]
    assert [str(row.agency.short_name) for row in stage.task.receivers.filter(part="lead").order_by("rank") if row.agency] == leads[::-1]


@pytest.mark.parametrize(
    ("leads", "helpers", "column"),
    [
        ("甲、乙、丙", "戊、丁", "supporters"),
        ("甲、丙、乙", "丁、戊", "leads"),
        ("丙、乙、甲", "丁、戊", "leads"),
        ("甲、乙、丙", "新、戊、丁", "supporters"),
    ],
)
def test_the_order_in_a_task_under_way_is_refused_with_the_reason(leads: str, helpers: str, column: str) -> None:
    stage = accepted_task(leads=3, supporters=2)
    make_agency("省新厅")
    names = dict(zip("甲乙丙丁戊", [crew.agency.short_name for crew in (*stage.leads, *stage.supporters)], strict=True)) | {"新": "省新厅"}
    cells = {name: "、".join(names[sign] for sign in cell.split("、")) for name, cell in (("leads", leads), ("supporters", helpers))}
    outcomes = try_out(stage, edited(sheet(stage.task.pk), r0_leads=cells["leads"], r0_supporters=cells["supporters"], r0_reason="调整"))
    [(_line, found, reason)] = refusals(outcomes)
    assert (found, "交办前" in reason) == (column, True)


def test_a_name_that_is_not_settled_is_dropped_with_its_cell_and_not_moved() -> None:
    stage = draft_task(leads=1, supporters=2)
    one, two = supporters(stage.task)
    lead = stage.leads[0].agency.short_name
    Receiver.objects.create(task=stage.task, name_as_written="某某局", part="support", rank=9)
    cells: list[dict[str, Any]] = [
        {"r0_leads": f"{lead}、某某局", "r0_supporters": f"{one}、{two}"},
        {"r0_supporters": f"某某局、{one}、{two}"},
    ]
    for moved in cells:
        assert "尚未对应" in refusals(try_out(stage, edited(sheet(stage.task.pk), **moved)))[0][2]
    do(stage, edited(sheet(stage.task.pk), r0_title="改题"))
    assert supporters(stage.task) == [one, two, "某某局"]
    do(stage, edited(sheet(stage.task.pk), r0_supporters=f"{two}、{one}"))
    assert supporters(stage.task) == [two, one]


def test_trying_out_a_sheet_again_and_again_leaves_nothing() -> None:
    stage = draft_task()
    rows = read(edited(sheet(stage.task.pk), r0_text="新的要求。", r0_rhythm="每月"))
    marks = {rehearse(actor=stage.coordinator_actor, rows=rows, now=NOW).mark() for _round in range(2)}
    assert (len(marks), Event.objects.filter(verb="edit").count()) == (1, 0)
