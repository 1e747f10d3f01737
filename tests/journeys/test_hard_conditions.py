"""Writing under hard conditions: a session that ends, a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from agencies.actor import Actor
from agencies.models import Role, User
from tests.factories.directory import PASSWORD, make_agency, make_member
from tests.journeys.test_whole_story import act, done, sign_in
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ask_for_report
from workflow.models import Assignment, Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def asked_report() -> tuple[User, Report]:
    """Make an officer and the report that is asked of them."""
    now = timezone.now()
    issuer, lead = make_agency("省政府办公厅"), make_agency("省财政厅")
    coordinator = Actor.load(make_member(issuer, Role.COORDINATOR, now=now), now=now)
    officer = make_member(lead, Role.OFFICER, password=PASSWORD, now=now)
    receivers = [PlannedReceiver("lead", agency_id=lead.pk)]
    task = draw_up_task(actor=coordinator, issuer_id=issuer.pk, title="事项", text="", receivers=receivers, due_on=None, now=now)
    dispatch(actor=coordinator, task_ids=[task.pk], now=now)
    part = Assignment.objects.get()
    sign_for(actor=Actor.load(officer, now=now), assignment_id=part.pk, now=now)
    report = ask_for_report(actor=coordinator, assignment_id=part.pk, comment="", now=now)
    return officer, report


TYPES_AT_ONCE = """new MutationObserver((_, self) => {
    const field = document.querySelector("main textarea");
    if (!field) return;
    self.disconnect();
    field.value = "页面刚出现就写的报告。";
    field.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document, { childList: true, subtree: true })"""


def test_what_is_typed_before_the_scripts_have_come_is_kept_as_well(new_page: Callable[..., Page]) -> None:
    officer, report = asked_report()
    page = sign_in(new_page(), officer)
    page.add_init_script(TYPES_AT_ONCE)
    page.goto(reverse("report", args=[report.pk]))
    expect(page.locator("#autosaved")).to_contain_text("自动保存")
    assert Report.objects.get().done == "页面刚出现就写的报告。"


def test_a_report_saved_by_hand_while_it_saves_itself_is_taken(new_page: Callable[..., Page]) -> None:
    officer, report = asked_report()
    page = sign_in(new_page(), officer)
    page.goto(reverse("report", args=[report.pk]))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/autosave/", hold)
    with page.expect_request("**/autosave/"):
        page.get_by_label("本期已完成工作").fill("自动保存还在途中。")
    while not held:  # told right behind the request
        page.evaluate("null")
    answer = held[0].fetch()
    assert Report.objects.get().done == "自动保存还在途中。"
    act(page, "保存草稿")
    held[0].fulfill(response=answer)
    done(page, "草稿已保存")


def test_a_report_typed_when_the_session_ends_is_back_after_signing_in(new_page: Callable[..., Page]) -> None:
    officer, report = asked_report()

    page = sign_in(new_page(), officer)
    page.goto(reverse("report", args=[report.pk]))
    Session.objects.all().delete()
    page.get_by_label("本期已完成工作").fill("写到一半的报告。")
    page.get_by_label("有一定风险").check()
    expect(page.get_by_role("alert").get_by_text("登录已过期")).to_be_visible()
    expect(page.locator("#autosaved")).to_contain_text("登录已过期")
    act(page, "保存草稿")
    page.get_by_label("账号").fill(officer.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_label("本期已完成工作")).to_have_value("写到一半的报告。")
    expect(page.get_by_text("填写的内容已恢复")).to_be_visible()
    act(page, "保存草稿")
    done(page, "草稿已保存")
    kept = Report.objects.get()
    assert (kept.done, kept.confidence) == ("写到一半的报告。", "medium")


def test_without_scripts_a_task_is_signed_for_and_reported_on(new_page: Callable[..., Page]) -> None:
    now = timezone.now()
    issuer, lead = make_agency("省政府办公厅"), make_agency("省财政厅")
    coordinator = Actor.load(make_member(issuer, Role.COORDINATOR, now=now), now=now)
    officer = make_member(lead, Role.OFFICER, password=PASSWORD, now=now)
    receivers = [PlannedReceiver("lead", agency_id=lead.pk)]
    task = draw_up_task(actor=coordinator, issuer_id=issuer.pk, title="事项", text="", receivers=receivers, due_on=None, now=now)
    dispatch(actor=coordinator, task_ids=[task.pk], now=now)

    page = sign_in(new_page(java_script_enabled=False), officer)
    page.goto(reverse("task", args=[task.pk]))
    act(page, "签收")
    done(page, "已办理：签收")
    act(page, "专项报告")
    act(page, "专项报告")
    done(page, "已办理：专项报告")
    act(page, "填报")
    page.get_by_label("本期已完成工作").fill("已完成。")
    page.get_by_label("进度（%）").fill("30")
    act(page, "提交审核")
    done(page, "已提交本单位审核人")
    assert Report.objects.get().state == "agency_review"
