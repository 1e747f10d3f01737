"""待办 and 已办: what is owed, whose it is, page by page; and signing for many at once."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, Role, User
from measures.models import Plan
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.documents import confirmed
from tests.factories.tasks import Crew, accepted_task, closing_task, dispatched_task, make_crew, open_report, submitted_report
from tests.workflow.web.conftest import SignIn
from workflow import duties
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.hand_back import hand_back
from workflow.actions.request_extension import request_extension
from workflow.actions.verify import SIGHT_DAYS, ask_verifier, verify
from workflow.duties import Duty
from workflow.models import Assignment, Report, Task
from workflow.web.todo_rows import page_of

pytestmark = pytest.mark.django_db


def rows_of(client: Client, **query: str | int) -> list[tuple[Duty, int]]:
    return [(row.duty, row.pk) for row in client.get(reverse("todo"), query).context["rows"]]


def test_each_role_owes_its_own(signed_in: SignIn) -> None:
    stage = accepted_task(leads=1, supporters=1)
    lead, supporter = stage.leads[0], stage.supporters[0]
    report = open_report(stage, lead)
    request_extension(
        actor=supporter.officer_actor,
        assignment_id=stage.part_of(supporter).pk,
        asked_for=TODAY + dt.timedelta(days=90),
        reason="需要时间",
        now=NOW,
    )
    assert rows_of(signed_in(lead.officer)) == [(Duty.REPORT, report.pk)]
    assert [duty for duty, _pk in rows_of(signed_in(stage.coordinator))] == [Duty.EXTENSION]
    assert rows_of(signed_in(make_crew().officer)) == []


def test_hand_backs_submitted_reports_and_co_signatures_wait_for_the_right_people(signed_in: SignIn) -> None:
    handed = dispatched_task()
    crew = handed.supporters[0]
    hand_back(actor=crew.officer_actor, assignment_id=handed.part_of(crew).pk, reason="不属职责", legal_basis="三定方案", now=NOW)
    assert [duty for duty, _pk in rows_of(signed_in(handed.coordinator))] == [Duty.RULE]
    reported = accepted_task()
    submitted_report(reported, reported.leads[0], percent=40)
    assert [duty for duty, _pk in rows_of(signed_in(reported.coordinator))] == [Duty.JUDGE]
    closing = closing_task()
    assert [duty for duty, _pk in rows_of(signed_in(closing.supporters[0].reviewer))] == [Duty.CO_SIGN]
    assert rows_of(signed_in(closing.supporters[0].officer)) == []
    assert rows_of(signed_in(closing.coordinator)) == []


def test_a_round_that_nobody_has_to_co_sign_waits_for_the_coordinator(signed_in: SignIn) -> None:
    stage = closing_task(supporters=0)
    assert [duty for duty, _pk in rows_of(signed_in(stage.coordinator))] == [Duty.SIGN_OFF]


def many_tasks(number: int) -> tuple[Crew, User]:
    issuer, crew = make_agency(), make_crew()
    coordinator = make_member(issuer, Role.COORDINATOR)
    actor = actor_of(coordinator)
    tasks = [
        draw_up_task(
            actor=actor,
            issuer_id=issuer.pk,
            title=f"事项{index}",
            text="",
            receivers=[PlannedReceiver("lead", agency_id=crew.agency.pk)],
            due_on=TODAY + dt.timedelta(days=30 + index % 7) if index % 5 else None,
            now=NOW,
        )
        for index in range(number)
    ]
    dispatch(actor=actor, task_ids=[task.pk for task in tasks], now=NOW)
    return crew, coordinator


def test_pages_follow_one_another_without_gaps_or_repeats_and_lead_back(signed_in: SignIn) -> None:
    crew, _coordinator = many_tasks(60)
    client = signed_in(crew.officer)
    seen, url, pages = [], reverse("todo"), []
    while url:
        answer = client.get(url)
        pages.append([row.pk for row in answer.context["rows"]])
        seen += [(row.due_on or duties.FAR, row.pk) for row in answer.context["rows"]]
        url, last = answer.context["pager"].next_url, answer
    assert [len(page) for page in pages] == [25, 25, 10]
    assert seen == sorted(seen)
    assert len(set(seen)) == 60
    back = client.get(last.context["pager"].previous_url)
    assert [row.pk for row in back.context["rows"]] == pages[1]
    first = client.get(back.context["pager"].previous_url)
    assert [row.pk for row in first.context["rows"]] == pages[0]
    assert first.context["pager"].previous_url == ""


def test_the_list_costs_the_same_for_few_rows_and_for_many(
    signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    few, _ = many_tasks(2)
    many, _ = many_tasks(40)
    small, large = signed_in(few.officer), signed_in(many.officer)
    with django_assert_max_num_queries(14) as measured:
        assert len(small.get(reverse("todo")).context["rows"]) == 2
    with django_assert_max_num_queries(len(measured.captured_queries)):
        assert len(large.get(reverse("todo")).context["rows"]) == 25


MARKUP = "<script>\"&'</script>"
QUOTED = "&lt;script&gt;&quot;&amp;&#x27;&lt;/script&gt;"


def test_rows_show_every_name_as_it_was_written_each_under_its_column(signed_in: SignIn) -> None:
    stage = dispatched_task()
    crew, other = stage.leads[0], accepted_task()
    plan = confirmed(stage.coordinator, stage.issuer)
    Plan.objects.update(title=MARKUP)
    Task.objects.update(title=MARKUP, number="", plan=plan)
    Agency.objects.update(short_name=MARKUP)
    page = signed_in(crew.officer).get(reverse("todo")).content.decode()
    row = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert row.count("<tr>") == 1
    assert re.findall(r'data-label="(\w+)"', row) == ["事由", "督办事项", "单位", "状态", "办结时限", "亮灯"]
    assert row.count(QUOTED) == 4, "the title in its cell and for the box, the plan, the agency"
    assert '<script>"' not in page
    assert f'href="{reverse("task", args=[stage.task.pk])}"' in row
    assert stage.task.due_on is not None
    assert stage.task.due_on.isoformat() in row
    open_report(other, other.leads[0])
    row = signed_in(other.leads[0].officer).get(reverse("todo")).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    assert "col-tick" not in row
    assert reverse("report", args=[Report.objects.get().pk]) in row


def test_a_row_is_signed_for_by_its_own_button_and_leads_back_to_the_list() -> None:
    crew, _coordinator = many_tasks(2)
    client = Client(enforce_csrf_checks=True)
    client.force_login(crew.officer, backend="django.contrib.auth.backends.ModelBackend")
    address = f"{reverse('todo')}?kind={int(Duty.SIGN_FOR)}&q=1"
    page = client.get(address).content.decode()
    form = page.partition("<tbody>")[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    answer = client.post(form.partition('action="')[2].partition('"')[0], {name: html.unescape(value) for name, value in fields.items()})
    assert answer.status_code == 302
    assert answer.headers["Location"] == address
    states = Assignment.objects.filter(agency=crew.agency).order_by("task__title").values_list("state", flat=True)
    assert list(states) == ["pending", "accepted"]


def test_a_broken_key_in_the_address_shows_the_first_page(signed_in: SignIn) -> None:
    crew, _coordinator = many_tasks(2)
    assert len(rows_of(signed_in(crew.officer), after="what.ever")) == 2
    assert len(rows_of(signed_in(crew.officer), kind="99", due="never")) == 2


def test_filters_narrow_the_list(signed_in: SignIn) -> None:
    crew, _coordinator = many_tasks(12)
    client = signed_in(crew.officer)
    assert len(rows_of(client, q="事项11")) == 1
    assert len(rows_of(client, due="late")) == 0
    assert len(rows_of(client, kind=int(Duty.REPORT))) == 0
    assert len(rows_of(client, kind=int(Duty.SIGN_FOR))) == 12


def test_many_are_signed_for_at_once_and_each_refusal_is_told(signed_in: SignIn) -> None:
    crew, _coordinator = many_tasks(3)
    mine = list(Assignment.objects.filter(agency=crew.agency).values_list("pk", flat=True))
    foreign = dispatched_task()
    theirs = foreign.part_of(foreign.leads[0]).pk
    answer = signed_in(crew.officer).post(reverse("todo-sign-for"), {"assignment": [*mine, theirs, "x"]}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert set(Assignment.objects.filter(agency=crew.agency).values_list("state", flat=True)) == {"accepted"}
    assert foreign.part_of(foreign.leads[0]).state == "pending"
    assert any("已签收 3 项" in words for words in told)
    assert len(told) == 2
    assert foreign.task.title not in "".join(told)


def test_the_number_on_the_menu_is_the_number_of_rows() -> None:
    crew, coordinator = many_tasks(4)
    assert duties.count(actor_of(crew.officer), now=NOW) == 4
    assert duties.count(actor_of(coordinator), now=NOW) == 0


def test_done_lists_ones_own_acts_the_latest_first_and_only_tasks_still_to_be_seen(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    submitted_report(stage, lead, percent=20)
    rows = signed_in(lead.officer).get(reverse("done")).context["rows"]
    assert [event.verb for event, _line in rows] == ["send_for_review", "save_report", "sign_for"]
    assert signed_in(make_crew().officer).get(reverse("done")).context["rows"] == []


def test_who_is_asked_to_verify_from_outside_finds_it_in_the_list_until_it_is_said(signed_in: SignIn) -> None:
    stage, outsider = closing_task(), make_member(make_agency(), Role.OFFICER)
    client = signed_in(outsider)
    assert Duty.VERIFY not in duties.count_by_kind(actor_of(outsider), now=NOW), "no empty tab for what is asked by name"
    row = ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=outsider.pk, now=NOW)
    assert rows_of(client) == [(Duty.VERIFY, row.pk)]
    listed = client.get(reverse("todo"), {"q": stage.task.title[:4]}).context["rows"]
    assert [one.due_on for one in listed] == [row.due_on]
    assert client.get(page_of(listed[0])).status_code == 200
    assert duties.count(actor_of(outsider), now=NOW) == 1
    over = NOW + dt.timedelta(days=SIGHT_DAYS)
    assert duties.count(actor_of(outsider), now=over) == 0, "they see the task no more, so nothing of it is theirs to do"
    verify(actor=actor_of(outsider), task_id=stage.task.pk, result="holds", finding="属实", now=NOW)
    assert rows_of(client) == []
