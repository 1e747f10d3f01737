"""The workbook holds what the page shows, and nothing in it calculates."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies.models import User
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from workflow.models import Task

pytestmark = pytest.mark.django_db

RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "=cmd|'/c calc'!A0",
    "普通标题",
    'it\'s "quoted" <&>',
    "\x0b控制符",
]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def download(client: Client, user: User, **query: Any) -> bytes:
    client.force_login(user)
    answer = client.get("/ledger/export/", query)
    assert answer.status_code == 200
    return answer.getvalue()


def table(content: bytes) -> list[tuple[object, ...]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [row for row in sheet.iter_rows(values_only=True) if any(value is not None for value in row)]


@pytest.fixture
def stage() -> Stage:
    return accepted_task()


@pytest.mark.parametrize("title", RISKY)
def test_text_that_a_spreadsheet_would_calculate_stays_text(client: Client, stage: Stage, title: str) -> None:
    Task.objects.update(title=title)
    content = download(client, stage.coordinator)
    cell = load_workbook(BytesIO(content)).worksheets[0]["B2"]
    assert cell.value == title.replace("\x0b", "")
    assert cell.data_type == "s"
    assert bool(cell.quotePrefix) == title.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋"))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_dates_and_progress_are_values(client: Client, stage: Stage) -> None:
    head, row, _note = table(download(client, stage.coordinator, cols=["due_on", "percent", "state"]))
    assert head == ("序号", "督办事项", "状态", "办结时限", "进度")
    assert row[3] == dt.datetime.combine(TODAY + dt.timedelta(days=60), dt.time())
    assert row[4] == 0


def test_the_workbook_has_the_rows_of_the_page(client: Client, stage: Stage) -> None:
    assert len(table(download(client, stage.coordinator, rows="parts"))) == 4
    agency = stage.leads[0].agency
    head, row, note = table(download(client, stage.coordinator, rows="parts", agency=agency.pk))
    assert head[:4] == ("序号", "督办事项", "单位", "分工")
    assert row[2] == agency.short_name
    assert stage.coordinator.name in str(note[0])


def test_the_workbook_holds_nothing_of_others(client: Client, stage: Stage) -> None:
    other = dispatched_task()
    Task.objects.filter(pk=other.task.pk).update(title="金丝雀事项")
    for rows in ("tasks", "parts"):
        content = download(client, stage.leads[0].officer, rows=rows)
        assert "金丝雀" not in str(table(content))
        assert other.leads[0].agency.short_name not in str(table(content))
        with zipfile.ZipFile(BytesIO(content)) as archive:
            assert not any("金丝雀".encode() in archive.read(name) for name in archive.namelist())


def test_filters_that_cannot_be_used_are_refused_in_words(client: Client, stage: Stage) -> None:
    client.force_login(stage.coordinator)
    answer = client.get("/ledger/export/", {"due_from": "gestern"})
    assert answer.status_code == 400
    assert "查询条件有误" in answer.content.decode()


def test_an_export_costs_the_same_statements_for_one_row_and_for_many(
    client: Client, stage: Stage, django_assert_max_num_queries: AssertQueries
) -> None:
    download(client, stage.coordinator)
    with django_assert_max_num_queries(40) as few:
        download(client, stage.coordinator)
    Task.objects.bulk_create(Task(issuer=stage.issuer, title=f"事项{n}") for n in range(60))
    with django_assert_max_num_queries(len(few.captured_queries)):
        download(client, stage.coordinator)
