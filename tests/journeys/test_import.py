"""A coordinator turns the sample plan into dispatched tasks, in a real browser, with a real worker reading the document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from agencies.models import Agency, Role, User
from measures.models import Plan, Upload
from tests.factories.directory import PASSWORD, make_agency, make_member
from tests.factories.documents import SAMPLE, SMALL, in_review, load_directory
from tests.journeys.windows import entered
from workflow.models import Assignment, Task

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coordinator() -> str:
    load_directory()
    return make_member(Agency.objects.get(name="广东省人民政府办公厅"), Role.COORDINATOR, name="陈督办", password=PASSWORD).username


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()


def upload(page: Page) -> None:
    page.goto("/plans/upload/")
    page.get_by_label("方案文件").set_input_files(SAMPLE)
    page.get_by_role("button", name="上传并读取").click()


def test_from_the_document_to_304_assignments(page: Page, coordinator: str, celery_worker_process: Callable[..., Any]) -> None:
    celery_worker_process()
    sign_in(page, coordinator)
    upload(page)
    expect(page.get_by_role("heading", name="待处理事项")).to_be_visible(timeout=60_000)
    page.locator(".named-name", has_text="广州期货交易所").first.click()
    expect(page.locator("a.mark:target")).to_have_text("广州期货交易所")
    page.locator("a.mark:target").click()
    expect(page.locator(".named:target")).to_contain_text("广州期货交易所股份有限公司")

    first = page.locator("article.measure").first
    first.locator(".named-edit summary").first.click()
    first.get_by_role("button", name="改为配合").click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    expect(first.locator(".named .mark-lead")).to_have_count(1)
    page.locator("body").press("u")
    expect(first.locator(".named .mark-lead")).to_have_count(2)

    page.get_by_label("标题", exact=True).first.fill("广东省资本要素市场化配置改革行动方案")
    page.get_by_label("成文日期", exact=True).fill("2021-12-06")
    page.locator("#facts").get_by_role("button", name="保存").click()
    page.get_by_role("link", name="确认方案").click()
    expect(page.get_by_role("heading", name="广东省资本要素市场化配置改革行动方案")).to_be_visible()
    page.get_by_role("button", name="确认方案").click()
    expect(page).to_have_url(re.compile(r"/plans/\d+/$"))
    plan = Plan.objects.get()
    assert plan.measures.count() == 21

    page.get_by_role("button", name="拟办事项").click()
    expect(page.get_by_text("有 21 项事项文中未写时限")).to_be_visible()
    page.locator("#due_on").fill((timezone.localdate() + dt.timedelta(days=300)).isoformat())
    page.locator("form", has=page.locator("#due_on")).get_by_role("button").click()
    expect(page.get_by_text("已设定 21 项事项的完成时限")).to_be_visible()
    page.get_by_role("link", name="核对交办单位").click()
    expect(page.get_by_text("分派 304 项")).to_be_visible()
    page.get_by_role("button", name="交办").dblclick()
    expect(page).to_have_url(re.compile(rf"/plans/{plan.pk}/$"))
    assert Task.objects.filter(plan=plan, state="dispatched").count() == 21
    assert Assignment.objects.filter(task__plan=plan).count() == 304

    upload(page)
    expect(page.get_by_text("重复上传不作任何变更")).to_be_visible()
    assert (Upload.objects.count(), Plan.objects.count(), Task.objects.count()) == (1, 1, 21)


def test_the_review_fits_a_phone(new_page: Callable[..., Page], coordinator: str, celery_worker_process: Callable[..., Any]) -> None:
    celery_worker_process()
    page = new_page(width=390, height=844)
    sign_in(page, coordinator)
    upload(page)
    expect(page.get_by_role("heading", name="待处理事项")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def walk_to(page: Page, row: Locator) -> None:
    """Press j until a doubt has the focus."""
    for _step in range(20):
        if row.evaluate("row => row === document.activeElement"):
            return
        page.locator("body").press("j")
    raise AssertionError("the doubt is never reached")


def test_doubts_are_settled_with_the_keyboard(page: Page, coordinator: str) -> None:
    user = User.objects.get(username=coordinator)
    text = (
        "关于示范的实施方案\n\n一、任务\n（一）甲事。抓紧办好。（省财政庁牵头，火星管理局配合）\n（二）乙事。抓紧办好。（省财政庁牵头）\n"
    )
    document = in_review(user, Agency.objects.get(name="广东省人民政府办公厅"), text, now=timezone.now())
    sign_in(page, coordinator)
    page.goto(f"/plans/uploads/{document.pk}/")
    row = page.locator("[data-doubt]", has_text="“省财政庁”未列入")
    walk_to(page, row)
    row.press("1")
    expect(row).to_have_count(0)
    expect(page.locator(".named-means", has_text="广东省财政厅")).to_have_count(1)
    mars = page.locator("[data-doubt]", has_text="“火星管理局”未列入")
    walk_to(page, mars)
    mars.press("x")
    expect(mars).to_have_count(0)
    page.locator("body").press("u")
    expect(mars).to_have_count(1)
    assert [edit["op"] for edit in Upload.objects.get().edits] == ["settle_name"]
    mars.get_by_label("名录中的单位名称").fill("生态环境")
    expect(mars.locator("option")).not_to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(row).to_have_count(1)


def test_a_key_pressed_while_an_answer_is_on_its_way_is_done_after_it(page: Page, coordinator: str) -> None:
    user = User.objects.get(username=coordinator)
    text = (
        "关于示范的实施方案\n\n一、任务\n（一）甲事。抓紧办好。（省财政厅牵头，火星管理局配合）\n"
        "（二）乙事。抓紧办好。（省财政厅牵头，水星管理局配合）\n（三）丙事。抓紧办好。（省财政厅牵头，木星管理局配合）\n"
    )
    document = in_review(user, Agency.objects.get(name="广东省人民政府办公厅"), text, now=timezone.now())
    sign_in(page, coordinator)
    page.goto(f"/plans/uploads/{document.pk}/")
    rows = page.locator("[data-doubt]")
    mars, mercury = rows.filter(has_text="火星管理局"), rows.filter(has_text="“水星管理局”未列入")  # 火星管理局 has a second doubt
    expect(mars).to_have_count(2)
    walk_to(page, mars.first)
    held: list[Route] = []
    page.route("**/edit/", lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright takes no built-in function
    with page.expect_request("**/edit/"):
        page.keyboard.down("x")
    page.keyboard.down("x")  # still held down: no answer to the next doubt
    page.keyboard.up("x")
    page.keyboard.press("x")
    expect(mars).to_have_count(2)
    held[0].continue_()
    expect(mars).to_have_count(0)
    expect(mercury).to_be_focused()
    assert len(Upload.objects.get().edits) == 2
    page.keyboard.press("x")
    expect(mercury).to_have_count(0)


def test_a_field_answers_from_the_moment_it_appears(page: Page, coordinator: str) -> None:
    """Whoever types as soon as a pane is drawn anew is listened to: the letters are entered in the very turn in which the field comes."""
    user = User.objects.get(username=coordinator)
    text = (
        "关于示范的实施方案\n\n一、任务\n（一）甲事。抓紧办好。（省财政厅牵头，省火星管理局配合）\n"
        "（二）乙事。抓紧办好。（省财政厅牵头，省水星管理局配合）\n"
    )
    document = in_review(user, Agency.objects.get(name="广东省人民政府办公厅"), text, now=timezone.now())
    sign_in(page, coordinator)
    page.goto(f"/plans/uploads/{document.pk}/")
    page.evaluate(
        """new MutationObserver(() => {
            const field = [...document.querySelectorAll("[data-doubt] input[list]")].at(-1);
            if (!field || field.value) return;
            field.value = "生态环境";
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    mars = page.locator("[data-doubt]", has_text="“省火星管理局”未列入")
    walk_to(page, mars)
    mars.press("x")
    expect(mars).to_have_count(0)
    expect(page.locator("[data-doubt]", has_text="“省水星管理局”未列入").locator("option")).not_to_have_count(0)


def test_a_measure_is_split_after_a_look_at_its_parts_and_put_together_again(page: Page) -> None:
    office = make_agency("省府办")
    coordinator = make_member(office, Role.COORDINATOR)
    document = in_review(coordinator, office, SMALL.replace("完善配套。", "完善配套。（省五局牵头）"), now=timezone.now())
    entered(page, coordinator)
    page.goto(f"/plans/uploads/{document.pk}/")
    measures = page.locator("article.measure")
    page.locator(".measure-edit summary").first.click()
    page.get_by_role("link", name="按句拆分").click()
    expect(page.get_by_role("heading", name="拆分为 2 条")).to_be_visible()
    page.get_by_role("button", name="查看各条内容").click()
    expect(page).to_have_url(re.compile("chosen=1"))
    expect(measures.nth(0)).to_contain_text("省五局")
    expect(measures.nth(1)).not_to_contain_text("省五局")
    page.get_by_role("button", name="拆分为").click()
    expect(page.locator("#undo button")).to_be_visible()
    expect(measures).to_have_count(3)
    page.locator(".measure-edit summary").first.click()
    page.get_by_role("button", name="与下一条合并").first.click()
    expect(measures).to_have_count(2)
    expect(measures.nth(0).locator(".named")).to_have_count(4)
    page.locator("body").press("u")
    expect(measures).to_have_count(3)
