"""A plan is revised, and the ledger edited in a spreadsheet, in a real browser; once without scripts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from agencies.actor import Actor
from agencies.models import Agency, Role
from measures.actions.confirm_upload import confirm_upload
from measures.actions.edit_upload import edit_upload
from measures.models import Plan, Upload
from tests.factories.directory import PASSWORD, make_agency, make_member
from tests.factories.documents import facts, in_review
from tests.factories.editions import FIRST, SECOND
from tests.journeys.test_import import sign_in
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.models import Event, Task

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def second_edition() -> tuple[str, Upload]:
    """Make a running plan and the document that revises it, as of today."""
    now = timezone.now()
    year = str(timezone.localdate(now).year + 1)
    for name in ("省一厅", "省二厅", "省三厅", "省四局"):
        make_agency(name)
    office: Agency = make_agency("省府办")
    user = make_member(office, Role.COORDINATOR, name="陈督办", password=PASSWORD)
    actor = Actor.load(user, now=now)
    uploads = []
    for text in (FIRST, SECOND):
        upload = in_review(user, office, text.replace("2027年", "2038年").replace("2026年", f"{year}年"), now=now)
        edit_upload(actor=actor, upload_id=upload.pk, edit=facts(upload, issued_on="2026-01-05"), now=now)
        uploads.append(upload.pk)
        if len(uploads) == 1:
            plan = confirm_upload(actor=actor, upload_id=upload.pk, now=now)
            tasks = draw_up_plan(actor=actor, plan_id=plan.pk, now=now)
            dispatch(actor=actor, task_ids=[task.pk for task in tasks], now=now)
    return user.username, Upload.objects.get(pk=uploads[1])


def confirm_edition(page: Page, username: str, upload: Upload) -> None:
    sign_in(page, username)
    page.goto(f"/plans/uploads/{upload.pk}/compare/")
    expect(page.get_by_text("新增配合单位：省四局")).to_be_visible()
    page.get_by_label("标题和内容按新版本更新。").first.uncheck()
    page.get_by_label("终止", exact=True).check()
    page.get_by_role("button", name="确认为新版本").click()
    expect(page).to_have_url(re.compile(r"/plans/\d+/$"))
    expect(page.get_by_role("status")).to_contain_text("新立项 1 项")
    plan = Plan.objects.get(uploads=upload)
    assert plan.earlier is not None
    task = Task.objects.get(title="建设园区")
    assert (task.plan, "50亿元" in task.text) == (plan, False)
    assert Event.objects.filter(task=task, verb="move_due").exists()
    assert Task.objects.get(title="培养人才").state == "terminated"
    page.get_by_role("link", name="查看待落实的变更").click()
    page.get_by_label("标题和内容按新版本更新。").check()
    page.get_by_role("button", name="办理所选").click()
    expect(page.get_by_text("没有待落实的变更", exact=True)).to_be_visible()
    assert "50亿元" in Task.objects.get(title="建设园区").text


def test_a_revised_plan_acts_on_its_tasks_as_the_coordinator_ticks(page: Page, second_edition: tuple[str, Upload]) -> None:
    confirm_edition(page, *second_edition)


def test_a_revised_plan_is_confirmed_without_scripts(new_page: Callable[..., Page], second_edition: tuple[str, Upload]) -> None:
    confirm_edition(new_page(java_script_enabled=False), *second_edition)


def test_the_ledger_goes_out_is_edited_and_comes_back(page: Page, second_edition: tuple[str, Upload], tmp_path: Path) -> None:
    sign_in(page, second_edition[0])
    page.goto("/ledger/")
    page.get_by_role("link", name="表格批量修改").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出修改表").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    columns = {str(sheet.cell(2, place).value): place for place in range(1, sheet.max_column + 1)}
    rows = {sheet.cell(line, columns["督办事项"]).value: line for line in range(3, sheet.max_row + 1)}
    sheet.cell(rows["建设园区"], columns["配合单位"]).value = "省二厅、省四局"
    sheet.cell(rows["建设园区"], columns["调整事由"]).value = "会议要求"
    sheet.cell(rows["引进项目"], columns["办结时限"]).value = "明年"
    file = tmp_path / "台账.xlsx"
    book.save(file)
    page.get_by_label("修改后的表格").set_input_files(file)
    page.get_by_role("button", name="查看变动").click()
    expect(page.get_by_text("不是日期")).to_be_visible()
    expect(page.get_by_text("＋省四局")).to_be_visible()
    page.get_by_role("button", name="确认修改 1 项").click()
    expect(page.get_by_role("status")).to_contain_text("已修改 1 项")
    task = Task.objects.get(title="建设园区")
    live = task.assignments.filter(part="support").exclude(state="withdrawn").order_by("rank")
    assert [part.agency.short_name for part in live] == ["省二厅", "省四局"]
