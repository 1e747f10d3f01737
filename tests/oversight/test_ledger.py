"""The ledger lists what may be seen and was asked for, a page at a time, at a constant cost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies.actor import Actor
from agencies.models import Role, User
from oversight import ledger
from oversight.filters import Filter, LedgerForm
from oversight.lights import Lights
from oversight.models import SavedView
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.tasks import Stage, accepted_task, closing_task, dispatched_task, draft_task, make_crew
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.models import Assignment, Task
from workflow.states import Part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def asked(actor: Actor, query: str = "", now: dt.datetime = NOW) -> Filter:
    form = LedgerForm(QueryDict(query), actor=actor, now=now)
    assert form.is_valid(), form.errors
    return Filter(form.cleaned_data, actor=actor, now=now, lights=Lights.on(now))


def titles(actor: Actor, query: str = "") -> list[str]:
    return sorted(asked(actor, query).tasks().values_list("title", flat=True))


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def more_tasks(stage: Stage, count: int, **values: object) -> list[Task]:
    """Have the stage's coordinator dispatch more tasks to the same agencies."""
    receivers = [PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk) for crew in stage.leads]
    receivers += [PlannedReceiver(Part.SUPPORT, agency_id=crew.agency.pk) for crew in stage.supporters]
    settings: dict[str, Any] = {"due_on": TODAY + dt.timedelta(days=30), "text": "", **values}
    tasks = [
        draw_up_task(actor=stage.coordinator_actor, issuer_id=stage.issuer.pk, title=f"事项{n}", receivers=receivers, now=NOW, **settings)
        for n in range(count)
    ]
    return dispatch(actor=stage.coordinator_actor, task_ids=[task.pk for task in tasks], now=NOW)


def test_each_sees_their_own_tasks_and_nobody_elses(client: Client) -> None:
    mine, other = dispatched_task(), dispatched_task()
    Task.objects.filter(pk=mine.task.pk).update(title="甲事项")
    Task.objects.filter(pk=other.task.pk).update(title="乙事项金丝雀")
    assert titles(mine.coordinator_actor) == ["甲事项"]
    assert titles(mine.leads[0].officer_actor) == ["甲事项"]
    for rows in ("tasks", "parts"):
        page = sign_in(client, mine.leads[0].officer).get("/ledger/", {"rows": rows}).content.decode()
        assert "甲事项" in page
        assert "金丝雀" not in page
        assert other.leads[0].agency.short_name not in page


def test_a_draft_is_listed_for_its_issuer_only() -> None:
    stage = draft_task()
    assert len(titles(stage.coordinator_actor)) == 1
    assert titles(stage.leads[0].officer_actor) == []


def test_a_plan_that_may_not_be_seen_cannot_be_asked_for(client: Client) -> None:
    stage = dispatched_task()
    answer = sign_in(client, stage.coordinator).get("/ledger/", {"plan": "999"})
    assert answer.status_code == 200
    assert stage.task.title not in answer.content.decode()


def test_filters_of_parts_speak_of_one_part() -> None:
    stage = dispatched_task(leads=1, supporters=1)
    lead, support = stage.leads[0].agency, stage.supporters[0].agency
    actor = stage.coordinator_actor
    assert titles(actor, f"agency={lead.pk}&part=lead")
    assert not titles(actor, f"agency={support.pk}&part=lead")
    assert asked(actor, f"rows=parts&agency={support.pk}").parts().get().agency == support


def test_overdue_only_and_the_red_light_are_the_same_rows() -> None:
    stage = dispatched_task(leads=2, supporters=3, due_on=TODAY + dt.timedelta(days=1))
    later = NOW + dt.timedelta(days=9)
    actor = actor_of(stage.coordinator, later)
    for query in ("overdue=on", "light=red"):
        assert asked(actor, query, later).parts().count() == 5
        assert asked(actor, query, later).tasks().get() == stage.task
    assert not asked(actor, "light=green", later).tasks().exists()


def test_words_of_two_characters_find_and_one_is_refused(client: Client) -> None:
    stage = dispatched_task()
    assert titles(stage.coordinator_actor, "q=要素") == [stage.task.title]
    assert titles(stage.coordinator_actor, "q=要素 大宗") == [stage.task.title]
    assert not titles(stage.coordinator_actor, "q=粮食")
    page = sign_in(client, stage.coordinator).get("/ledger/", {"q": "要"}).content.decode()
    assert "请至少输入两个字" in page


def test_a_row_shows_leads_state_light_and_due_date(client: Client) -> None:
    stage = accepted_task()
    page = sign_in(client, stage.coordinator).get("/ledger/").content.decode()
    assert stage.leads[0].agency.short_name in page
    assert "bg-blue-lt" in page
    assert "正常" in page
    assert (TODAY + dt.timedelta(days=60)).isoformat() in page
    assert re.search(r"共\s*1\s*条", page)


@pytest.mark.parametrize("sort", ["due", "number", "light"])
@pytest.mark.parametrize("rows", ["tasks", "parts"])
def test_pages_forth_and_back_show_every_row_once(rows: str, sort: str) -> None:
    stage = dispatched_task(due_on=None)
    more_tasks(stage, 3, due_on=None)
    more_tasks(stage, 4)
    more_tasks(stage, 3, due_on=TODAY + dt.timedelta(days=2))
    wanted = asked(stage.coordinator_actor, f"rows={rows}")
    forth: list[list[int]] = []
    address = QueryDict()
    for _page in range(12):
        found, pager = ledger.page(wanted, rows=rows, sort=sort, address=address, size=4)
        forth.append([row.pk for row in found])
        if not pager.next_url:
            break
        address = QueryDict(pager.next_url[1:])
    flat = [pk for page in forth for pk in page]
    assert len(flat) == len(set(flat)) == (11 if rows == "tasks" else 22)
    back = [forth[-1]]
    while pager.previous_url:
        found, pager = ledger.page(wanted, rows=rows, sort=sort, address=QueryDict(pager.previous_url[1:]), size=4)
        back.insert(0, [row.pk for row in found])
    assert [pk for page in back for pk in page] == flat


@pytest.mark.parametrize(("words", "number"), [("要素", 4), ("要素 大宗", 1), ("粮食", 0)])
@pytest.mark.parametrize("rows", ["tasks", "parts"])
def test_a_page_knows_how_many_rows_contain_some_words(words: str, number: int, rows: str) -> None:
    stage, _other = dispatched_task(supporters=0), dispatched_task()
    Task.objects.filter(pk__in=[task.pk for task in more_tasks(stage, 3)]).update(title="要素", text="无")
    within = asked(stage.coordinator_actor, f"q={words}&rows={rows}")
    found, pager, counted = ledger.counted_page(within, rows=rows, sort="due", address=QueryDict(), size=2)
    assert (len(found), counted) == (min(number, 2), number)
    assert counted == ledger.counted(within, rows)
    if number > 2:
        rest, _pager, counted = ledger.counted_page(within, rows=rows, sort="due", address=QueryDict(pager.next_url[1:]), size=2)
        assert (len(rest), counted) == (2, 4)
        assert not {row.pk for row in rest} & {row.pk for row in found}


def test_rows_without_a_due_date_come_last() -> None:
    stage = dispatched_task(due_on=None)
    dated = more_tasks(stage, 1)[0]
    found, _pager = ledger.page(asked(stage.coordinator_actor), rows="tasks", sort="due", address=QueryDict())
    assert [row.pk for row in found] == [dated.pk, stage.task.pk]


@pytest.mark.parametrize("start", ["", "garbage", "W10", "WzEsMiwzXQ", "%00", "W251bGwsIDFd" * 9])
def test_a_start_that_cannot_be_read_means_the_first_page(client: Client, start: str) -> None:
    stage = dispatched_task()
    answer = sign_in(client, stage.coordinator).get("/ledger/", {"after": start})
    assert answer.status_code == 200
    assert stage.task.title in answer.content.decode()


@pytest.mark.parametrize("rows", ["tasks", "parts"])
def test_a_page_costs_the_same_with_3_rows_and_with_30(client: Client, django_assert_max_num_queries: AssertQueries, rows: str) -> None:
    stage = accepted_task()
    more_tasks(stage, 2)
    sign_in(client, stage.coordinator).get("/ledger/", {"rows": rows})
    with django_assert_max_num_queries(40) as few:
        client.get("/ledger/", {"rows": rows})
    more_tasks(stage, 27)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/ledger/", {"rows": rows})


def test_columns_are_chosen_and_kept_in_order(client: Client) -> None:
    stage = dispatched_task()
    page = sign_in(client, stage.coordinator).get("/ledger/", {"cols": ["first_due_on", "plan", "nonsense"]}).content.decode()
    heads = re.findall(r'<th class="col-(\w+)">', page)
    assert heads[1:] == ["plan", "first_due_on"] or heads == ["number", "plan", "first_due_on"]


def test_a_view_is_kept_shared_inside_the_agency_and_seen_nowhere_else(client: Client) -> None:
    stage, stranger = dispatched_task(), make_crew()
    colleague = make_member(stage.issuer, Role.COORDINATOR)
    sign_in(client, stage.coordinator).post(
        "/ledger/views/", {"name": "本周超期", "query": "overdue=on&after=x", "agency": stage.issuer.pk}
    )
    view = SavedView.objects.get()
    assert (view.query, view.agency) == ("overdue=on", stage.issuer)
    assert "本周超期" in sign_in(client, colleague).get("/ledger/").content.decode()
    assert "本周超期" not in sign_in(client, stranger.officer).get("/ledger/").content.decode()
    assert client.post(f"/ledger/views/{view.pk}/delete/").status_code == 404
    dropped = sign_in(client, stage.coordinator).post(f"/ledger/views/{view.pk}/delete/", {"query": "state=live"})
    assert dropped.headers["Location"] == "/ledger/?state=live"
    assert not SavedView.objects.exists()


def test_what_a_link_of_a_board_asks_is_said_and_can_be_taken_off(client: Client) -> None:
    stage = dispatched_task()
    page = sign_in(client, stage.coordinator).get("/ledger/", {"rows": "parts", "unsigned": "0", "state": "live"})
    assert page.context["unseen"] == [("满 0 天未签收", "?rows=parts&state=live"), ("事项状态：未办结", "?rows=parts&unsigned=0")]
    assert "满 0 天未签收" in page.content.decode()
    assert not client.get("/ledger/", {"state": "live"}).context["unseen"]


def test_a_leader_writes_an_instruction_from_the_ledger_and_the_workbench(client: Client) -> None:
    stage = dispatched_task(due_on=TODAY + dt.timedelta(days=1))
    address = f"/tasks/{stage.task.pk}/acts/instruct/?next="
    with time_machine.travel(NOW + dt.timedelta(days=9), tick=False):
        assert f'{address}%2Fledger%2F%3Fstate%3Dlive"' in sign_in(client, stage.leader).get("/ledger/", {"state": "live"}).content.decode()
        assert f'{address}/workbench/"' in client.get("/workbench/").content.decode()
        assert "/acts/instruct/" not in sign_in(client, stage.coordinator).get("/ledger/").content.decode()


def test_a_view_cannot_be_shared_with_an_agency_of_others(client: Client) -> None:
    stage, other = dispatched_task(), make_agency()
    answer = sign_in(client, stage.coordinator).post("/ledger/views/", {"name": "x", "query": "", "agency": other.pk})
    assert answer.status_code == 404
    assert not SavedView.objects.exists()


def test_closed_and_closing_tasks_are_found_by_state() -> None:
    closing = closing_task()
    assert titles(closing.coordinator_actor, "state=closing") == [closing.task.title]
    assert titles(closing.coordinator_actor, "state=live") == [closing.task.title]
    assert titles(closing.coordinator_actor, "state=closed") == []


def test_ended_parts_are_no_rows() -> None:
    stage = dispatched_task(supporters=2)
    Assignment.objects.filter(pk=stage.part_of(stage.supporters[0]).pk).update(state="withdrawn")
    assert asked(stage.coordinator_actor, "rows=parts").parts().count() == 2
