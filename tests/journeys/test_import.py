"""A coordinator turns the sample plan into dispatched tasks, in a real browser, with a real worker reading the document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Role
from measures.models import Plan, Upload
from tests.factories.directory import PASSWORD, make_member
from tests.factories.documents import SAMPLE, load_directory
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
