"""The newer pages, driven as each role works with them in a real browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.actions.create_user import create_user
from agencies.actor import Actor
from agencies.models import Agency, Office, Role, User
from measures.models import Plan
from oversight.models import SavedView
from tests.factories.directory import make_agency, make_member, make_person
from tests.journeys.test_whole_story import act, done
from tests.journeys.windows import entered
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers
from workflow.actions.sign_for import sign_for
from workflow.grants import rebuild
from workflow.ladder import Paper
from workflow.models import Assignment, Comment, Event, Instruction, Notice, Task
from workflow.states import Part

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

WindowMaker = Callable[..., Page]
LATE, CALM = "规范发展地方要素交易场所", "健全技术成果转化机制"


@dataclass
class Town:
    """Two tasks of one plan, the first of them late, and the people around them."""

    plan: Plan
    late: Task
    calm: Task
    lead: Agency
    coordinator: User
    leader: User
    officer: User
    colleague: User


@pytest.fixture
def town() -> Town:
    now = timezone.now()
    then = now - dt.timedelta(days=60)
    since = timezone.localdate(then) - dt.timedelta(days=30)
    issuer, lead, other = make_agency("省政府办公厅"), make_agency("省财政厅"), make_agency("省科技厅")

    def member(agency: Agency, role: Role, name: str) -> User:
        return make_member(agency, role, name=name, since=since, now=then)

    coordinator, leader = member(issuer, Role.COORDINATOR, "周督办"), member(issuer, Role.LEADER, "容领导")
    officer, colleague = member(lead, Role.OFFICER, "陈承办"), member(other, Role.OFFICER, "王科员")
    plan = Plan.objects.create(
        title="行动方案", issuer=issuer, coordinator=issuer, issued_on=since, text="全文。", sha256="0" * 64, confirmed_at=then
    )
    speaker = Actor.load(coordinator, now=then)

    def out(title: str, agency: Agency, person: User, days: int) -> Task:
        task = draw_up_task(
            actor=speaker, issuer_id=issuer.pk, title=title, text=f"{title}的具体要求。",
            due_on=timezone.localdate(now) + dt.timedelta(days=days),
            receivers=[PlannedReceiver(Part.LEAD, agency_id=agency.pk)], now=then,
        )  # fmt: skip
        dispatch(actor=speaker, task_ids=[task.pk], now=then)
        sign_for(actor=Actor.load(person, now=then), assignment_id=Assignment.objects.get(task=task).pk, now=then)
        return task

    late, calm = out(LATE, lead, officer, -6), out(CALM, other, colleague, 90)
    Task.objects.filter(pk__in=[late.pk, calm.pk]).update(plan=plan)
    rebuild()
    return Town(plan, late, calm, lead, coordinator, leader, officer, colleague)


def test_a_leader_narrows_the_board_reads_what_is_red_and_writes_an_instruction(new_page: WindowMaker, town: Town) -> None:
    page = entered(new_page(width=1024, height=768), town.leader)
    page.goto("/cockpit/")
    expect(page.locator("#red")).to_contain_text("省财政厅")
    page.get_by_role("link", name="选择").first.click()
    page.locator("#charge-agency").select_option(label="省财政厅")
    act(page, "添加单位")
    page.get_by_role("link", name="完成").click()
    page.get_by_role("link", name="只看分管").click()
    figure = page.get_by_role("link", name="已交办事项")
    expect(figure).to_contain_text("1")
    figure.click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    expect(page.get_by_role("link", name=LATE)).to_be_visible()
    expect(page.get_by_role("link", name=CALM)).to_have_count(0)
    page.go_back()
    act(page, "批示")
    page.locator("textarea").first.fill("请抓紧办理，一周内报告进展。")
    page.locator("main form .btn-primary").last.click()
    done(page, "批示")
    assert Instruction.objects.get().task == town.late
    page.goto(f"/cockpit/?on={(timezone.localdate() - dt.timedelta(days=30)).isoformat()}")
    expect(page.locator(".past")).to_be_visible()
    page.goto("/cockpit/?screen=big")
    expect(page.locator(".screen-figures")).to_contain_text("已交办事项")
    page.goto("/cockpit/briefing/")
    expect(page.locator(".paper")).to_contain_text(LATE)
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


PAPER_WIDTH = 1032
"""Pixels between the margins of an A4 sheet laid across."""


def test_in_english_too_the_tables_by_agency_stand_apart_on_paper(new_page: WindowMaker, town: Town) -> None:
    Agency.objects.filter(pk=town.lead.pk).update(short_name="金融监管总局深圳监管局")
    page = entered(new_page(width=PAPER_WIDTH), town.leader)
    page.goto("/cockpit/")
    page.locator("button[name=language][value=en]").click()
    expect(page.locator("h1")).to_have_text("Cockpit")
    page.emulate_media(media="print")
    tables = page.locator("#agencies table.figures")
    expect(tables.first).to_be_visible()
    wider = "tables => tables.filter(table => table.offsetWidth > table.closest('section').clientWidth).length"
    assert tables.evaluate_all(wider) == 0, "they run into one another"
    name = page.locator("#agencies td:nth-child(2)").filter(has_text="金融监管总局深圳监管局")
    assert name.evaluate("cell => cell.querySelector('a').getClientRects().length") == 1, "a name takes one line"


def test_a_coordinator_works_the_ledger_by_keys_keeps_a_view_and_presses_after_reading_the_receivers(
    new_page: WindowMaker, town: Town
) -> None:
    page = entered(new_page(), town.coordinator)
    page.goto("/ledger/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("input[data-tick]").first).to_be_checked()
    page.keyboard.press("/")
    expect(page.locator("#id_q")).to_be_focused()
    page.locator("input[data-tick]").first.uncheck()
    page.keyboard.press("j")
    expect(page.locator("tr.row-at")).to_have_text(re.compile(CALM))
    page.locator("summary").filter(has_text="列设置").click()
    page.locator("input[name=cols][value=latest]").check()
    page.get_by_role("button", name="应用").click()
    expect(page.locator("th.col-latest")).to_be_visible()
    page.locator("summary").filter(has_text="常用视图").click()
    page.locator("#view-name").fill("带动态的台账")
    page.locator("#view-agency").select_option(index=1)
    page.locator("form[action$='/ledger/views/'] button").click()
    done(page, "带动态的台账")
    assert SavedView.objects.get().agency_id is not None
    page.goto("/ledger/?rows=parts&overdue=on&scope=overseen")
    page.locator("[data-tick-all]").check()
    expect(page.locator("input[data-tick]").first).to_be_checked()
    act(page, "催办所选")
    expect(page.locator(".receivers")).to_contain_text("省财政厅")
    expect(page.locator(".receivers")).not_to_contain_text("省科技厅")
    assert page.locator("#press-text").input_value()
    assert not Event.objects.filter(verb="press").exists()
    page.locator(".receivers form .btn-primary").click()
    done(page, "已")
    assert Event.objects.filter(verb="press").count() == 1


def test_a_bulletin_is_signed_for_a_circle_and_read_by_whom_it_names_before(new_page: WindowMaker, town: Town) -> None:
    part = Assignment.objects.get(task=town.late)
    matter = Matter(LATE, "省财政厅", due_on=part.due_on)
    draft = NewPaper(
        "b", Paper.BULLETIN, town.late.issuer_id, town.late.pk, matter, "省财政厅", assignment_id=part.pk, agency_id=town.lead.pk
    )
    make_papers([draft], timezone.now())
    page = entered(new_page(), town.coordinator)
    page.goto("/circulars/")
    page.get_by_role("link", name="1份待签发").click()
    page.get_by_role("link", name="审阅签发").click()
    expect(page.locator(".receivers")).to_contain_text("省科技厅")
    page.get_by_label("方案全体承办单位").check()
    act(page, "签发")
    done(page, "督办通报")
    reader = entered(new_page(width=390, height=844), town.colleague)
    reader.goto("/circulars/")
    reader.get_by_role("link", name="查看", exact=True).click()
    expect(reader.locator(".paper")).to_contain_text("抄送：")
    assert Notice.objects.get(kind=Paper.BULLETIN).number == 1


def test_an_officer_finds_by_keys_comments_follows_and_sees_the_month(new_page: WindowMaker, town: Town) -> None:
    page = entered(new_page(), town.officer)
    page.goto("/workbench/")
    expect(page.locator(".stats")).to_contain_text("超期")
    page.keyboard.press("Control+k")
    page.locator("#quick-search input").type("要素")
    page.locator("#quick-results a").filter(has_text=LATE).first.click()
    expect(page.get_by_role("heading", name=re.compile(LATE))).to_be_visible()
    page.get_by_role("button", name="关注").click()
    page.locator("#say").fill("材料清单已备齐，")
    page.locator("#say").press_sequentially("@周")
    page.locator("#say-people [data-written]").first.click()
    page.get_by_role("button", name=re.compile("评论|发言|意见")).first.click()
    expect(page.locator(".conversation")).to_contain_text("材料清单已备齐")
    assert Comment.objects.get().calls.count() == 1
    page.goto("/following/")
    expect(page.get_by_role("link", name=re.compile(LATE)).first).to_be_visible()
    due = timezone.localdate() - dt.timedelta(days=6)
    page.goto(f"/calendar/?month={due:%Y-%m}")
    expect(page.get_by_role("link", name=re.compile(LATE)).first).to_be_visible()
    page.goto("/search/?q=要素")
    expect(page.locator("mark").first).to_be_visible()


def test_an_account_from_a_workbook_is_opened_with_its_slip(new_page: WindowMaker, town: Town) -> None:
    now = timezone.now()
    system, security = make_person(office=Office.SYSTEM), make_person(office=Office.SECURITY)
    create_user(actor=Actor.load(system, now=now), now=now, username="li.si", name="李四")
    page = entered(new_page(), security)
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("尚未设置密码")).first.click()
    page.locator("tr").filter(has_text="李四").locator("input[type=checkbox]").check()
    page.locator("select[name=action]").select_option("print_slips")
    page.locator("button[name=index]").click()
    code = page.locator(".slip-code").inner_text()
    own = new_page(width=390, height=844)
    own.goto("/sign-in/")
    own.get_by_label("账号").fill("li.si")
    own.get_by_label("密码").fill(code)
    own.get_by_role("main").get_by_role("button", name="登录").click()
    expect(own.get_by_text("首次登录凭条")).to_be_visible()
    for field in ("new_password1", "new_password2"):
        own.locator(f"#id_{field}").fill("Qingfeng-7-mingyue")
    own.locator("main form .btn-primary").click()
    expect(own.get_by_text("密码已修改")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_end_is_asked_about_once_with_scripts_and_without(new_page: WindowMaker, town: Town, scripts: bool) -> None:
    head = make_member(town.lead, Role.HEAD, name="何单位")
    page = entered(new_page(java_script_enabled=scripts), head)
    page.goto("/people/")
    row = page.get_by_role("row").filter(has_text="陈承办")
    if scripts:
        page.once("dialog", lambda box: box.dismiss())
        row.get_by_role("button", name="结束任职").click()
        assert town.officer.memberships.get().ends_on is None
        page.once("dialog", lambda box: box.accept())
        row.get_by_role("button", name="结束任职").click()
    else:
        row.get_by_role("button", name="结束任职").click()
        expect(page.locator("main form")).to_contain_text("确定立即结束该任职？")
        assert town.officer.memberships.get().ends_on is None
        page.get_by_role("button", name="结束任职").click()
    expect(page.get_by_text("任职已结束。")).to_be_visible()
    assert town.officer.memberships.get().ends_on is not None
