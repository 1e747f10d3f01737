"""Every number of the boards is the number of the rows it leads to."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies.actor import Actor
from agencies.models import Agency, User
from oversight import burden, centre, matters, past, sight, trend, workbench
from oversight.board import Board, Figure
from oversight.filters import Filter, LedgerForm
from oversight.ledger import queryset
from oversight.lights import Lights
from oversight.models import Charge
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group
from tests.factories.tasks import (
    Stage,
    accepted_task,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    make_crew,
    submitted_report,
)
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.request_extension import request_extension
from workflow.actions.sign_for import sign_for
from workflow.grants import rebuild
from workflow.models import Assignment, Task
from workflow.states import Part

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(days=45)


def story() -> Stage:
    """Make tasks in every state, issued by one agency, and one of another agency that must never be counted."""
    near = TODAY + dt.timedelta(days=40)
    first = dispatched_task(leads=2, supporters=2, due_on=near)
    stages = [
        first,
        accepted_task(due_on=near),
        accepted_task(due_on=TODAY + dt.timedelta(days=48)),
        declared_task(),
        closing_task(),
        draft_task(),
    ]
    stages += [accepted_task(due_on=None), accepted_task(due_on=TODAY + dt.timedelta(days=300))]
    closed, suspended, disputed = closing_task(), accepted_task(), dispatched_task()
    waiting, ended = accepted_task(due_on=near), accepted_task()
    submit_sign_off(actor=closed.coordinator_actor, task_id=closed.task.pk, now=NOW)
    sign_off(actor=closed.coordinator_actor, task_id=closed.task.pk, opinion="", now=NOW)
    suspend(actor=suspended.coordinator_actor, task_id=suspended.task.pk, reason="等待上级文件", now=NOW)
    terminate(actor=ended.coordinator_actor, task_id=ended.task.pk, reason="任务并入他项", now=NOW)
    hand_back(
        actor=disputed.leads[0].officer_actor, assignment_id=disputed.part_of(disputed.leads[0]).pk,
        reason="不属我单位职责", legal_basis="三定规定", now=NOW,
    )  # fmt: skip
    request_extension(
        actor=waiting.leads[0].officer_actor, assignment_id=waiting.part_of(waiting.leads[0]).pk,
        asked_for=near + dt.timedelta(days=30), reason="需要时间", now=NOW,
    )  # fmt: skip
    submitted_report(first_signed := accepted_task(due_on=near), first_signed.leads[0], 40)
    for stage in (*stages, closed, suspended, disputed, waiting, ended, first_signed):
        Task.objects.filter(pk=stage.task.pk).update(issuer=first.issuer)
    rebuild()
    dispatched_task(due_on=near)
    return first


@pytest.fixture
def board() -> Iterator[Board]:
    first = story()
    with time_machine.travel(LATER, tick=False):
        yield Board(actor_of(first.coordinator, LATER), now=LATER)


def rows_behind(url: str, actor: Actor, now: dt.datetime = LATER) -> int:
    query = QueryDict(url.partition("?")[2])
    form = LedgerForm(query, actor=actor, now=now)
    assert form.is_valid(), (url, form.errors)
    asked = Filter(form.cleaned_data, actor=actor, now=now, lights=Lights.on(now))
    return queryset(asked, form.rows_kind).count()


def check(figures: list[Figure], actor: Actor) -> int:
    for figure in figures:
        if figure.url:
            assert rows_behind(figure.url, actor) == figure.value, (str(figure.label), figure.url)
    return sum(figure.value for figure in figures)


def test_totals_equal_their_rows(board: Board) -> None:
    totals = board.totals()
    assert check(totals, board.actor) > 20
    assert totals[0].value == 13
    assert sum(figure.value for figure in totals[1:6]) == 13


def test_lights_equal_their_rows_and_add_up_to_what_is_under_way(board: Board) -> None:
    lights = board.by_light()
    under_way = sight.overseen_tasks(board.actor, now=LATER).filter(state__in=["dispatched", "closing", "suspended"])
    assert check(lights, board.actor) == under_way.count()
    assert [figure.value > 0 for figure in lights].count(True) >= 4


def test_a_leader_sees_each_red_task_once_with_those_who_have_it() -> None:
    first = story()
    with time_machine.travel(LATER, tick=False):
        leader = actor_of(first.leader, LATER)
        desk = next(desk for desk in workbench.desks(leader, now=LATER, lights=Lights.on(LATER)) if desk.name == "leader")
        red = next(pile for pile in desk.piles if pile.name == "red")
        assert red.count == rows_behind(red.url, leader) == len(red.matters)
    shown = [matter.task_id for matter in red.matters]
    assert len(shown) == len(set(shown)) > 1
    late = next(matter for matter in red.matters if matter.task_id == first.task.pk)
    assert late.about == "、".join(crew.agency.short_name for crew in first.leads)
    assert "尚未签收" in late.note


@pytest.mark.parametrize("part", ["lead", "support"])
def test_agencies_equal_their_rows(board: Board, part: str) -> None:
    lines = board.by_agency(part)
    assert lines
    for line in lines:
        check(list(line.figures), board.actor)
        assert rows_behind(line.url, board.actor) == line.figures[0].value
    assert sum(line.figures[0].value for line in lines) == sight.overseen_parts(board.actor, now=LATER).filter(part=part).count()


def test_agencies_sort_by_a_column_and_by_nothing_else(board: Board) -> None:
    values = [line.figures[4].value for line in board.by_agency("lead", "late")]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0
    assert [line.label for line in board.by_agency("lead", "password")] == [line.label for line in board.by_agency("lead")]


def test_waiting_lists_equal_their_rows(board: Board) -> None:
    assert check(board.waiting(), board.actor) > 0
    assert all(figure.value for figure in board.waiting())


def test_what_is_red_says_who_and_why(board: Board) -> None:
    rows = matters.red(board.actor, lights=board.lights, now=LATER)
    assert rows
    for row in rows:
        assert row.who
        assert row.why
        assert row.ahead
        assert row.days == (board.lights.today - row.since).days + 1
    assert [row.days for row in rows] == sorted((row.days for row in rows), reverse=True)


def test_statistics_equal_their_rows(board: Board) -> None:
    lines = burden.by_agency(board.actor, now=LATER)
    assert lines
    for line in lines:
        check(list(line.figures), board.actor)


def test_queues_lead_to_their_rows(board: Board) -> None:
    queues = centre.queues(board.actor, now=LATER, shown=5)
    assert {queue.name for queue in queues if queue.count} == {
        "hand_back",
        "extension",
        "sign_off",
        "report",
        "overdue",
        "unsigned",
        "stalled",
    }
    for queue in queues:
        assert len(queue.rows) == min(5, queue.count)
        if queue.url:
            assert rows_behind(queue.url, board.actor) >= queue.count - (queue.name == "sign_off")
        if queue.name in {"overdue", "unsigned", "stalled"}:
            assert rows_behind(queue.url, board.actor) == queue.count


def test_the_agencies_of_a_group_stand_side_by_side() -> None:
    stage = draft_task(leads=1, supporters=1)
    crews = [make_crew(f"第{n}市政府") for n in range(4)]
    group = make_group("各地级以上市政府", *[crew.agency for crew in crews])
    receivers = [PlannedReceiver(Part.LEAD, agency_id=stage.leads[0].agency.pk), PlannedReceiver(Part.SUPPORT, group_id=group.pk)]
    task = draw_up_task(
        actor=stage.coordinator_actor, issuer_id=stage.issuer.pk, title="各市共办", text="", due_on=TODAY + dt.timedelta(days=5),
        receivers=receivers, now=NOW,
    )  # fmt: skip
    dispatch(actor=stage.coordinator_actor, task_ids=[task.pk], now=NOW)
    for crew in crews[:3]:
        sign_for(actor=crew.officer_actor, assignment_id=Assignment.objects.get(task=task, agency=crew.agency).pk, now=NOW)
    (fan,) = centre.fan_outs(stage.coordinator_actor, now=NOW, shown=5)
    assert (fan.title, fan.group, fan.total, fan.signed, fan.late) == ("各市共办", "各地级以上市政府", 4, 3, 0)
    (fan,) = centre.fan_outs(actor_of(stage.coordinator, NOW + dt.timedelta(days=9)), now=NOW + dt.timedelta(days=9), shown=5)
    assert fan.sentence == "3/4 已签收，0/4 已报送，4 超期"


PAGES = [
    "/cockpit/",
    "/cockpit/?sort=late",
    "/cockpit/?screen=big",
    "/cockpit/?charges=on",
    "/cockpit/?on=2026-01-20",
    "/cockpit/briefing/",
    "/command/",
    "/command/?unsigned=0&stalled=1",
    "/statistics/",
    "/workbench/",
    "/ledger/?light=red",
    "/search/?q=要素",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_show_nothing_of_other_issuers(client: Client, board: Board, address: str) -> None:
    seen = matters.red(board.actor, lights=board.lights, now=LATER)[0].task_id
    Task.objects.exclude(issuer=Task.objects.get(pk=seen).issuer).update(title="金丝雀要素")
    stranger = Task.objects.get(title="金丝雀要素")
    client.force_login(User.objects.get(pk=board.actor.user_id or 0))
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "金丝雀" not in page
    for part in stranger.assignments.all():
        assert f">{part.agency.short_name}<" not in page
    assert " style=" not in page
    assert not re.findall(r"\son\w+=", page)


@pytest.mark.parametrize("address", ["/cockpit/", "/cockpit/?dates=first", "/command/", "/statistics/"])
def test_an_officer_is_refused_the_boards(client: Client, address: str) -> None:
    stage = dispatched_task()
    client.force_login(stage.leads[0].officer)
    assert client.get(address).status_code == 403


def test_a_plan_of_others_is_no_board(client: Client, board: Board) -> None:
    client.force_login(User.objects.get(pk=board.actor.user_id or 0))
    assert client.get("/cockpit/", {"plan": "77"}).status_code == 404


def office_of(board: Board) -> Agency:
    return Agency.objects.filter(pk__in=board.actor.overseen).order_by("position", "pk")[0]


def test_the_briefing_is_written_with_the_marks_of_its_language(client: Client, board: Board) -> None:
    client.force_login(User.objects.get(pk=board.actor.user_id or 0))
    papers = {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        paper = client.get("/cockpit/briefing/").content.decode().partition("<article")[2].partition("</article>")[0]
        papers[language] = re.sub(r"<[^>]+>", "", paper)
    assert re.search(r"（\d）\S+（\S+、\S+）：自", papers["zh-hans"])
    assert re.search(r"\(\d\) \S+ \(\S+, \S+\): late since .+ Why: .+ What next: ", papers["en"])
    assert not re.search("[，。；：（）、]", papers["en"].replace(office_of(board).name, ""))


def test_the_briefing_is_worded_as_a_paper_and_not_as_a_page(client: Client, board: Board) -> None:
    """It gives its office the full name and tells no reader which button to press."""
    client.force_login(User.objects.get(pk=board.actor.user_id or 0))
    paper = client.get("/cockpit/briefing/").content.decode().partition("<article")[2].partition("</article>")[0]
    assert office_of(board).name in paper
    assert "可催办" not in paper
    assert "尚未报送下一步安排。" in paper


@pytest.mark.parametrize("address", ["/cockpit/", "/command/", "/statistics/", "/workbench/", "/search/?q=要素"])
def test_a_page_costs_the_same_with_one_task_and_with_twelve(
    client: Client, django_assert_max_num_queries: AssertQueries, address: str
) -> None:
    stage = accepted_task(due_on=TODAY + dt.timedelta(days=1))
    with time_machine.travel(LATER, tick=False):
        client.force_login(stage.coordinator)
        client.get(address)
        with django_assert_max_num_queries(60) as few:
            client.get(address)
    for _n in range(11):
        other = accepted_task(due_on=TODAY + dt.timedelta(days=1))
        Task.objects.filter(pk=other.task.pk).update(issuer=stage.issuer)
    rebuild()
    with time_machine.travel(LATER, tick=False), django_assert_max_num_queries(len(few.captured_queries)):
        client.get(address)


def test_an_agency_elsewhere_is_counted_nowhere(board: Board) -> None:
    outsider = make_agency("省局外厅")
    assert outsider.short_name not in [line.label for part in ("lead", "support") for line in board.by_agency(part)]


@pytest.fixture
def narrowed(board: Board) -> Board:
    """Return the board of somebody in charge of two agencies, one of which leads what is late, and of nothing else."""
    person = board.actor.user_id or 0
    late = sight.overseen_parts(board.actor, now=LATER).filter(part="lead", due_on__lt=board.lights.today, state="accepted")
    calm = sight.overseen_parts(board.actor, now=LATER).filter(part="lead", due_on__gt=board.lights.today)
    for part in (late.order_by("pk").first(), calm.order_by("-pk").first()):
        assert part is not None
        Charge.objects.get_or_create(user_id=person, agency_id=part.agency_id)
    return Board(board.actor, now=LATER, mine=True)


def test_a_board_narrowed_to_the_portfolio_counts_what_its_agencies_lead_and_leads_there(board: Board, narrowed: Board) -> None:
    charged = Charge.objects.filter(user_id=board.actor.user_id or 0).values("agency")
    mine = sight.overseen_parts(board.actor, now=LATER).filter(part="lead", agency__in=charged).values("task").distinct()
    totals = narrowed.totals()
    assert totals[0].value == mine.count() == 2
    assert board.totals()[0].value > 2
    for figures in (totals, narrowed.by_light(), narrowed.waiting()):
        check(figures, board.actor)
    for lines in (narrowed.by_agency("lead"), narrowed.by_agency("support"), narrowed.by_section()):
        for line in lines:
            check(list(line.figures), board.actor)
    red = matters.red(board.actor, lights=board.lights, now=LATER, scope=narrowed.scope)
    assert {row.task_id for row in red} == {row.task_id for row in matters.red(board.actor, lights=board.lights, now=LATER)} & set(
        mine.values_list("task", flat=True)
    )
    assert red
    assert trend.weeks(narrowed.counts, narrowed.lights.today)[-1].out == 2
    assert len(past.board_on(TODAY, board.actor, now=LATER, scope=narrowed.scope).tasks) == 2


def test_a_portfolio_of_nothing_narrows_nothing(board: Board) -> None:
    empty = Board(board.actor, now=LATER, mine=True)
    assert [figure.value for figure in empty.totals()] == [figure.value for figure in board.totals()]


def test_the_cockpit_offers_to_narrow_the_board_to_those_who_chose(client: Client, board: Board) -> None:
    person = User.objects.get(pk=board.actor.user_id or 0)
    client.force_login(person)
    assert "只看分管" not in client.get("/cockpit/").content.decode()
    part = sight.overseen_parts(board.actor, now=LATER).filter(part="lead").first()
    assert part is not None
    Charge.objects.create(user=person, agency_id=part.agency_id)
    assert "只看分管" in client.get("/cockpit/").content.decode()
    for address in ("/cockpit/?mine=on", "/cockpit/?mine=on&screen=big", "/cockpit/briefing/?mine=on", "/ledger/?mine=on"):
        assert client.get(address).status_code == 200, address
    assert "mine=on" in client.get("/cockpit/?mine=on&on=2026-01-05").content.decode()
