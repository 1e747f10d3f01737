"""The whole story of a task as its people live it, in a real browser: drawn up, done, reported, closed, looked at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role, User
from tests.factories.directory import PASSWORD, make_agency, make_member
from workflow.models import Task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

WindowMaker = Callable[..., Page]


def sign_in(page: Page, user: User) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    return page


def act(page: Page, name: str) -> None:
    """Press a button that leads to the page of an act, or does it."""
    page.get_by_role("main").get_by_text(name, exact=True).and_(page.locator(".btn")).first.click()


def done(page: Page, words: str) -> None:
    expect(page.locator(".alert").filter(has_text=words)).to_be_visible()


@dataclass
class Cast:
    """The people of the story, each at a window of their own."""

    coordinator: Page
    officer: Page
    reviewer: Page
    supporter: Page
    leader: Page


@pytest.fixture
def cast(new_page: WindowMaker) -> Cast:
    now = timezone.now()
    since = timezone.localdate(now) - dt.timedelta(days=365)
    issuer, lead, support = make_agency("省政府办公厅"), make_agency("省财政厅"), make_agency("省科技厅")

    def person(agency: Agency, role: Role, name: str, **window: int) -> Page:
        return sign_in(new_page(**window), make_member(agency, role, name=name, password=PASSWORD, since=since, now=now))

    return Cast(
        coordinator=person(issuer, Role.COORDINATOR, "周督办"),
        officer=person(lead, Role.OFFICER, "陈承办", width=390, height=844),
        reviewer=person(lead, Role.REVIEWER, "李审核"),
        supporter=person(support, Role.REVIEWER, "王会签"),
        leader=person(issuer, Role.LEADER, "容领导"),
    )


def test_five_people_carry_a_task_from_drawing_up_to_sign_off(cast: Cast) -> None:
    task_url = drawn_up_and_dispatched(cast.coordinator)
    signed_for_and_reported_on_a_phone(cast.officer)
    released_by_the_reviewer(cast, task_url)
    accepted_with_its_evidence(cast.coordinator)
    declared_done_and_put_up_for_sign_off(cast, task_url)
    co_signed_with_a_remark(cast.supporter)
    signed_off(cast.coordinator)
    assert Task.objects.get().state == "closed"
    cast.leader.goto(task_url)
    expect(cast.leader.locator(".header-marks")).to_contain_text("已销号")
    for words in ("拟办事项", "交办事项", "报送报告", "采用报告", "会签", "审定销号"):
        expect(cast.leader.locator(".timeline").get_by_text(words, exact=True).first).to_be_visible()


def drawn_up_and_dispatched(coordinator: Page) -> str:
    """Draw the task up, look at who receives it, and dispatch it."""
    coordinator.goto("/tasks/new/")
    coordinator.get_by_label("标题").fill("建设要素市场交易平台")
    coordinator.get_by_label("办理要求").fill("推动要素市场交易平台规范发展。")
    coordinator.locator("#id_leads").fill("省财政厅")
    coordinator.locator("#id_supporters").fill("省科技厅")
    coordinator.get_by_label("办结时限").fill((timezone.localdate() + dt.timedelta(days=60)).isoformat())
    coordinator.get_by_label("报送频次").select_option("monthly")
    act(coordinator, "立项")
    done(coordinator, "已立项")
    act(coordinator, "交办")
    expect(coordinator.get_by_text("共 2 家单位")).to_be_visible()
    expect(coordinator.get_by_text("（省科技厅）")).to_be_visible()
    act(coordinator, "确认交办")
    done(coordinator, "已办理：交办")
    expect(coordinator.get_by_role("heading", name="承办情况")).to_contain_text("0/2 已签收")
    return coordinator.url


def signed_for_and_reported_on_a_phone(officer: Page) -> None:
    """Find it in the list of what is owed, sign for it, report and send the report for review."""
    officer.goto("/todo/")
    officer.get_by_role("checkbox", name="建设要素市场交易平台").check()
    act(officer, "批量签收")
    done(officer, "已签收 1 项")
    officer.get_by_role("link", name="办理", exact=True).click()
    officer.get_by_label("本期已完成工作").fill("平台建设方案已经印发。")
    officer.get_by_label("进度（%）").fill("100")
    expect(officer.locator("#autosaved")).to_contain_text("自动保存", timeout=20_000)
    officer.get_by_label("佐证材料").set_input_files({"name": "方案.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 plan"})
    act(officer, "提交审核")
    done(officer, "已提交本单位审核人")


def released_by_the_reviewer(cast: Cast, task_url: str) -> None:
    """Release the report; until then nobody outside the agency reads it."""
    coordinator, reviewer = cast.coordinator, cast.reviewer
    coordinator.goto(task_url)
    expect(coordinator.get_by_text("平台建设方案已经印发。")).to_have_count(0)
    reviewer.goto("/todo/")
    reviewer.get_by_role("link", name="办理", exact=True).click()
    expect(reviewer.get_by_text("平台建设方案已经印发。")).to_be_visible()
    act(reviewer, "审核报送")
    act(reviewer, "确认审核报送")
    done(reviewer, "已办理：审核报送")


def accepted_with_its_evidence(coordinator: Page) -> None:
    """Read the report with its evidence and accept it."""
    coordinator.goto("/todo/")
    coordinator.get_by_role("link", name="办理", exact=True).click()
    with coordinator.expect_download() as download:
        coordinator.get_by_role("link", name="方案.pdf").click()
    assert download.value.suggested_filename == "方案.pdf"
    act(coordinator, "采用")
    act(coordinator, "采用")
    done(coordinator, "已办理：采用")


def declared_done_and_put_up_for_sign_off(cast: Cast, task_url: str) -> None:
    """Declare the part done; the supporter signs for its own in time; put the task up for sign-off."""
    reviewer, supporter = cast.reviewer, cast.supporter
    reviewer.goto(task_url)
    act(reviewer, "报结")
    reviewer.get_by_label("办理结果").fill("交易平台已经上线运行。")
    act(reviewer, "报结")
    done(reviewer, "已办理：报结")
    supporter.goto(task_url)
    act(supporter, "签收")
    done(supporter, "已办理：签收")
    act(reviewer, "申请销号")
    reviewer.get_by_label("办理结果").fill("任务完成，请予销号。")
    act(reviewer, "确认申请销号")
    done(reviewer, "已办理：申请销号")


def co_signed_with_a_remark(supporter: Page) -> None:
    """Answer the co-signing; a remark has to say what it is."""
    supporter.goto("/todo/")
    supporter.get_by_role("link", name="办理", exact=True).click()
    supporter.get_by_label("同意，有意见").check()
    act(supporter, "会签")
    expect(supporter.get_by_text("请写明意见或反对的理由。")).to_be_visible()
    supporter.get_by_label("意见说明").fill("建议持续跟踪。")
    act(supporter, "会签")
    done(supporter, "已办理：会签")


def signed_off(coordinator: Page) -> None:
    """Read what was answered and sign the task off."""
    coordinator.goto("/todo/")
    coordinator.get_by_role("link", name="办理", exact=True).click()
    expect(coordinator.get_by_text("建议持续跟踪。")).to_be_visible()
    coordinator.get_by_label("意见").fill("同意销号。")
    act(coordinator, "确认销号")
    done(coordinator, "已办理：销号")
