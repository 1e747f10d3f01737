"""The ledger goes out as a sheet, is edited in a spreadsheet and comes back: what it changes is shown, then done, or refused by row."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import Workbook, load_workbook

from agencies.chain_check import verify
from agencies.models import Role
from agencies.refusals import Conflict, Invalid
from oversight.models import ReturnedSheet
from oversight.sheet.acting import Outcomes, act, rehearse
from oversight.sheet.columns import COLUMNS
from oversight.sheet.reading import read
from oversight.sheet.writing import workbook
from tests.factories.directory import NOW, TODAY, make_agency, make_group, make_member
from tests.factories.tasks import Stage, accepted_task, closing_task, dispatched_task, draft_task
from workflow import grants
from workflow.actions.interrupt import suspend
from workflow.models import Event, Task

pytestmark = pytest.mark.django_db

Edit = Callable[[Any], None]
PLACES = {name: place for place, name in enumerate(COLUMNS, start=1)}
FIRST = 3
"""The line of the first task."""


@pytest.fixture(autouse=True)
def _records_and_link_rows_hold() -> Any:
    yield
    assert grants.differences() == []
    assert verify(Event) == []


def sheet(*task_ids: int) -> bytes:
    with workbook(task_ids) as stream:
        return stream.read()


def edited(data: bytes, **values: Any) -> bytes:
    """Change cells as a person would: `line_column=value`, the line counted from the first task."""
    book = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    for where, value in values.items():
        line, _bar, name = where.lstrip("r").partition("_")
        page.cell(FIRST + int(line), PLACES[name]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def try_out(stage: Stage, data: bytes) -> Outcomes:
    return rehearse(actor=stage.coordinator_actor, rows=read(data), now=NOW)


def refusals(outcomes: Outcomes) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.refusal) for row in outcomes.refused]


def do(stage: Stage, data: bytes) -> Outcomes:
    rows = read(data)
    shown = rehearse(actor=stage.coordinator_actor, rows=rows, now=NOW).mark()
    return act(actor=stage.coordinator_actor, rows=rows, shown=shown, now=NOW)


def test_a_sheet_that_nobody_edited_changes_nothing() -> None:
    stage = accepted_task(leads=2, supporters=3)
    outcomes = try_out(stage, sheet(stage.task.pk))
    assert (outcomes.changed, outcomes.refused, outcomes.unchanged) == ([], [], 1)


def test_the_sheet_says_which_columns_may_be_edited() -> None:
    stage = dispatched_task()
    page = load_workbook(io.BytesIO(sheet(stage.task.pk))).worksheets[0]
    assert str(page.cell(1, 1).value).startswith("只可修改黄色各列：督办事项、")
    colours = {name: page.cell(FIRST, place).fill.fgColor.rgb for name, place in PLACES.items()}
    assert {name for name, colour in colours.items() if colour.endswith("FFF6D6")} == {
        "title", "text", "due_on", "rhythm", "leads", "supporters", "reason",
    }  # fmt: skip


def test_every_change_is_an_act_with_its_event_and_the_rehearsal_leaves_nothing() -> None:
    stage = accepted_task(leads=1, supporters=2)
    stay, go = stage.supporters
    fresh = make_agency("省新厅")
    day = TODAY + dt.timedelta(days=200)
    data = edited(
        sheet(stage.task.pk),
        r0_title="新的标题",
        r0_due_on=dt.datetime.combine(day, dt.time()),
        r0_supporters=f"{stay.agency.short_name}、省新厅",
        r0_reason="会议要求",
    )
    before = Event.objects.count()
    [row] = try_out(stage, data).changed
    assert [change.column for change in row.changes] == ["title", "due_on", "supporters"]
    assert (row.changes[2].came, row.changes[2].went) == (("省新厅",), (go.agency.short_name,))
    assert (Event.objects.count(), stage.reload().title) == (before, "规范发展地方要素交易场所")
    do(stage, data)
    task = stage.reload()
    assert (task.title, task.due_on) == ("新的标题", day)
    assert {part.agency for part in task.assignments.exclude(state="withdrawn") if not part.is_lead} == {stay.agency, fresh}
    verbs = list(Event.objects.filter(task=task).order_by("sequence").values_list("verb", "comment"))[-4:]
    assert verbs == [("withdraw", "会议要求"), ("revise", "会议要求"), ("move_due", "会议要求"), ("assign", "会议要求")]


def test_agencies_change_places_and_the_first_named_leads_first() -> None:
    stage = accepted_task(leads=2, supporters=1)
    one, two = (crew.agency.short_name for crew in stage.leads)
    helper = stage.supporters[0].agency.short_name
    do(stage, edited(sheet(stage.task.pk), r0_leads=f"{helper}，{two}", r0_supporters=one, r0_reason="调整"))
    leads = stage.task.assignments.filter(part="lead").order_by("rank")
    assert [part.agency.short_name for part in leads] == [helper, two]
    assert [part.agency.short_name for part in stage.task.assignments.filter(part="support")] == [one]
    again = edited(sheet(stage.task.pk), r0_leads=f"{two}、{helper}", r0_reason="再调整")
    do(stage, again)
    assert [part.agency.short_name for part in leads.all()] == [two, helper]


def test_the_name_of_a_group_brings_its_members() -> None:
    stage = accepted_task(supporters=0)
    group = make_group("各示范县（市）", make_agency("甲县"), make_agency("乙县"))
    do(stage, edited(sheet(stage.task.pk), r0_supporters="各示范县（市）", r0_reason="扩大范围"))
    assert {(part.agency.short_name, part.group) for part in stage.task.assignments.filter(part="support")} == {
        ("甲县", group),
        ("乙县", group),
    }


def test_a_draft_is_changed_as_drawn_up_and_needs_no_reason() -> None:
    stage = draft_task(leads=1, supporters=1)
    make_agency("省新厅")
    day = TODAY + dt.timedelta(days=30)
    do(stage, edited(sheet(stage.task.pk), r0_title="改题", r0_due_on=day.isoformat(), r0_supporters="省新厅"))
    task = stage.reload()
    assert (task.title, task.due_on, task.first_due_on) == ("改题", day, day)
    assert [str(row.agency) for row in task.receivers.filter(part="support")] == ["省新厅"]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"due_on": "明年"}, "due_on", "不是日期"),
        ({"due_on": "2026-02-30"}, "due_on", "不是日期"),
        ({"due_on": "2020-01-01"}, "due_on", "早于今天"),
        ({"due_on": None}, "due_on", "不能清空"),
        ({"title": ""}, "title", "必填"),
        ({"title": "=A1&B1"}, "title", "公式"),
        ({"leads": ""}, "leads", "至少填写一个牵头单位"),
        ({"supporters": "天外来客局"}, "supporters", "天外来客局"),
        ({"number": "99", "title": "改"}, "number", "不可修改"),
        ({"title": "改", "reason": ""}, "reason", "调整事由"),
        ({"title": "长" * 301}, "title", "300"),
        ({"text": "长" * 20_001}, "text", "20000"),
        ({"rhythm": "每两天"}, "rhythm", "每周"),
        ({"rhythm": "每周"}, "rhythm", "交办后"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_column_and_reason(cells: dict[str, Any], column: str, words: str) -> None:
    stage = accepted_task()
    values = {"reason": "调整", **cells}
    outcomes = try_out(stage, edited(sheet(stage.task.pk), **{f"r0_{name}": value for name, value in values.items()}))
    [(line, found, reason)] = refusals(outcomes)
    assert (line, found) == (FIRST, column)
    assert words in reason
    assert outcomes.changed == []


def test_a_row_that_has_changed_since_the_export_is_refused_and_the_others_go_on() -> None:
    stage = accepted_task()
    other = draft_task()
    other_task = Task.objects.filter(pk=other.task.pk)
    other_task.update(issuer=stage.issuer)
    grants.rebuild()
    data = edited(sheet(stage.task.pk, other.task.pk), r0_title="甲", r0_reason="调整", r1_title="乙")
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="待批", now=NOW)
    outcomes = do(stage, data)
    assert [(line, column) for line, column, _reason in refusals(outcomes)] == [(FIRST, "key")]
    assert "重新导出" in outcomes.refused[0].refusal
    assert [row.task_id for row in outcomes.changed] == [other.task.pk]
    assert (stage.reload().title, other_task.get().title) == ("规范发展地方要素交易场所", "乙")


def test_what_is_anothers_or_stands_twice_or_is_up_for_sign_off_is_refused() -> None:
    stage, strange, closing = accepted_task(), accepted_task(), closing_task()
    data = edited(sheet(stage.task.pk), r0_title="甲", r0_reason="调整")
    book = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    for row in (FIRST, FIRST):
        page.append([cell.value for cell in page[row]])
    page.append(
        [next(iter(load_workbook(io.BytesIO(sheet(strange.task.pk))).worksheets[0].iter_rows(min_row=FIRST)))[0].value, "", "", "", "乙"]
    )
    page.append(["", "", "", "", "新事项"])
    out = io.BytesIO()
    book.save(out)
    assert [line for line, _column, _reason in refusals(try_out(stage, out.getvalue()))] == [4, 5, 6, 7]
    late = try_out(closing, edited(sheet(closing.task.pk), r0_title="甲", r0_reason="调整"))
    assert "销号" in late.refused[0].refusal


def test_text_that_looks_like_a_formula_comes_back_as_it_was() -> None:
    stage = draft_task()
    for title in ("=1+1", "+86 热线", "@负责人", "-减负"):
        Task.objects.filter(pk=stage.task.pk).update(title=title)
        data = sheet(stage.task.pk)
        cell = load_workbook(io.BytesIO(data)).worksheets[0].cell(FIRST, PLACES["title"])
        assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", title, True)
        assert try_out(stage, data).unchanged == 1


def test_a_sheet_exported_in_english_comes_back_in_chinese() -> None:
    stage = accepted_task()
    with translation.override("en"):
        data = edited(sheet(stage.task.pk), r0_title="New title", r0_reason="meeting")
    assert [row.changes[0].after for row in try_out(stage, data).changed] == ["New title"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", "序号,事项\n1,甲\n".encode()])
def test_what_is_no_workbook_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        read(content)


def as_csv(data: bytes, encoding: str, mark: str) -> bytes:
    """Save the first sheet of a workbook as spreadsheets do."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark)
    for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True):
        writer.writerow(["" if cell is None else f"{cell:%Y/%m/%d}" if isinstance(cell, dt.date) else cell for cell in row])
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", ","), ("gb18030", ","), ("utf-16", "\t"), ("gb18030", "\t"), ("utf-8", ";")]
)
def test_a_sheet_saved_as_csv_comes_back(encoding: str, mark: str) -> None:
    stage = accepted_task(leads=2, supporters=3)
    values = {"title": "新的，标题", "text": "第一段,甲;\n第二段“乙”", "due_on": dt.date(2030, 1, 31), "reason": "会议要求"}
    data = edited(sheet(stage.task.pk), **{f"r0_{name}": value for name, value in values.items()})
    assert try_out(stage, as_csv(sheet(stage.task.pk), encoding, mark)).unchanged == 1
    (row,) = try_out(stage, as_csv(data, encoding, mark)).changed
    assert {change.column: change.after for change in row.changes} == {
        "title": "新的，标题",
        "text": "第一段,甲;\n第二段“乙”",
        "due_on": "2030-01-31",
    }


def test_words_of_a_csv_that_look_like_a_formula_are_words() -> None:
    stage = accepted_task()
    data = as_csv(edited(sheet(stage.task.pk), r0_title="@", r0_reason="会议"), "utf-8", ",").replace(b",@,", b",=1+1,")
    assert [row.changes[0].after for row in try_out(stage, data).changed] == ["=1+1"]


def test_a_csv_whose_quote_is_never_closed_is_refused() -> None:
    stage = accepted_task()
    data = as_csv(edited(sheet(stage.task.pk), r0_reason="@"), "utf-8", ",").replace(b"@", b'"@')
    with pytest.raises(Invalid, match="csv"):
        read(data)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为"),
        (b"", "空"),
        ("序号,事项\n1,甲\n".encode(), "识别码"),
        ("序号,事项\n1,甲\n".encode("gb18030"), "识别码"),
    ],
)
def test_a_file_of_another_kind_is_refused_for_what_it_is(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read(content)


def with_cover(data: bytes, *, copy: bool = False, hidden: bool = False) -> bytes:
    """Put a sheet of notes before the ledger, and behind it a copy of the ledger."""
    book = load_workbook(io.BytesIO(data))
    book.create_sheet("填写说明", 0).append(["请于周五前报送"])
    if copy:
        other = book.copy_worksheet(book.worksheets[1])
        other.title = "旧表"
        other.sheet_state = "hidden" if hidden else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_ledger_is_found_on_whichever_sheet_it_stands() -> None:
    stage = accepted_task()
    data = edited(sheet(stage.task.pk), r0_title="新的标题", r0_reason="会议要求")
    for changed in (with_cover(data), with_cover(data, copy=True, hidden=True)):
        assert [row.changes[0].after for row in try_out(stage, changed).changed] == ["新的标题"]


def test_two_sheets_of_the_ledger_in_one_workbook_are_refused_by_name() -> None:
    stage = accepted_task()
    with pytest.raises(Invalid, match="旧表"):
        read(with_cover(sheet(stage.task.pk), copy=True))


def test_another_workbook_is_refused_in_words() -> None:
    book = Workbook()
    book.worksheets[0].append(["序号", "事项"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Invalid, match="识别码"):
        read(out.getvalue())


def test_what_would_happen_must_be_what_was_shown() -> None:
    stage = accepted_task()
    rows = read(edited(sheet(stage.task.pk), r0_title="甲", r0_reason="调整"))
    shown = rehearse(actor=stage.coordinator_actor, rows=rows, now=NOW).mark()
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="待批", now=NOW)
    with pytest.raises(Conflict):
        act(actor=stage.coordinator_actor, rows=rows, shown=shown, now=NOW)
    assert not Event.objects.filter(verb="revise").exists()


@time_machine.travel(NOW, tick=False)
def test_the_way_through_the_pages(client: Client) -> None:
    stage = accepted_task()
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    export = client.get("/ledger/sheet/?rows=parts&cols=state")
    assert export.status_code == 200
    data = edited(export.getvalue(), r0_title="新的标题", r0_reason="会议要求")
    assert client.post("/ledger/import/", {"file": SimpleUploadedFile("坏.xlsx", b"x")}).status_code == 400
    taken = client.post("/ledger/import/", {"file": SimpleUploadedFile("台账.xlsx", data)})
    kept = ReturnedSheet.objects.get()
    assert taken.headers["Location"] == f"/ledger/import/{kept.pk}/"
    page = client.get(f"/ledger/import/{kept.pk}/").content.decode()
    assert "新的标题" in page
    assert stage.reload().title != "新的标题"
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    assert client.post(f"/ledger/import/{kept.pk}/", {"shown": "other"}).status_code == 409
    assert client.post(f"/ledger/import/{kept.pk}/", {"shown": shown}).status_code == 302
    assert stage.reload().title == "新的标题"
    events = Event.objects.count()
    again = client.post(f"/ledger/import/{kept.pk}/", {"shown": shown})
    assert (again.status_code, Event.objects.count()) == (409, events)
    assert "已于" in client.get(f"/ledger/import/{kept.pk}/").content.decode()
    client.force_login(make_member(stage.issuer, Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/ledger/import/{kept.pk}/").status_code == 404
    client.force_login(stage.leads[0].officer, backend="django.contrib.auth.backends.ModelBackend")
    assert [client.get(address).status_code for address in ("/ledger/import/", "/ledger/sheet/")] == [403, 403]
