"""The cockpit counts what is overdue, was overdue and was completed late by first dates or by those in force, as chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency
from measures.models import Measure, Plan, Section
from oversight import past, portfolio
from oversight.board import Board, Figure
from oversight.filters import Dates, Filter, LedgerForm
from oversight.ledger import counted
from oversight.lights import Lights
from oversight.models import Charge
from tests.factories.directory import NOW, actor_of
from tests.factories.tasks import Stage, accepted_task
from workflow.actions.decide_extension import grant_extension
from workflow.actions.request_extension import request_extension
from workflow.actions.sweep import sweep
from workflow.grants import rebuild
from workflow.models import Assignment, Task

pytestmark = pytest.mark.django_db

AFTER = NOW + dt.timedelta(days=70)


@dataclass
class Moved:
    """A task of a plan, its three leads late in different ways after its first date."""

    stage: Stage
    plan: Plan
    granted: Agency
    kept: Agency
    quick: Agency

    def board(self, dates: Dates, plan: str = "") -> Board:
        """Return the coordinator's board after the first date and before the one granted."""
        return Board(actor_of(self.stage.coordinator, AFTER), now=AFTER, dates=dates, plan=plan)


@pytest.fixture
def moved() -> Moved:
    """Grant two of three leads more time, one of which is done after the first date; the third is late by either."""
    stage = accepted_task(leads=3, supporters=0)
    plan = Plan.objects.create(title="高质量发展行动方案", issuer=stage.issuer, coordinator=stage.issuer, sha256="0" * 64, confirmed_at=NOW)
    section = Section.objects.create(plan=plan, number="一", title="要素", start=0, end=5)
    measure = Measure.objects.create(plan=plan, section=section, number="1", title="推进要素改革", text="甲", start=0, end=1)
    Task.objects.filter(pk=stage.task.pk).update(plan=plan, measure=measure)
    granted, kept, quick = stage.leads
    for crew in (granted, quick):
        part = stage.part_of(crew)
        assert part.due_on is not None
        later = part.due_on + dt.timedelta(days=60)
        request_extension(actor=crew.officer_actor, assignment_id=part.pk, asked_for=later, reason="招标未完成", now=NOW)
        grant_extension(actor=stage.coordinator_actor, assignment_id=part.pk, granted_to=later, opinion="同意", now=NOW)
    sweep(AFTER)
    Assignment.objects.filter(pk=stage.part_of(quick).pk).update(state="declared", declared_at=AFTER - dt.timedelta(days=1))
    rebuild()
    return Moved(stage, plan, granted.agency, kept.agency, quick.agency)


def told(board: Board, figures: list[Figure]) -> list[int]:
    """Return the numbers, after seeing that each leads to as many rows of the ledger."""
    for figure in figures:
        if figure.url:
            form = LedgerForm(QueryDict(figure.url.partition("?")[2]), actor=board.actor, now=AFTER)
            assert form.is_valid(), form.errors
            asked = Filter(form.cleaned_data, actor=board.actor, now=AFTER, lights=Lights.on(AFTER))
            assert counted(asked, form.rows_kind) == figure.value, figure.url
    return [figure.value for figure in figures]


@pytest.mark.parametrize("narrowed", [False, True])
def test_parts_count_by_the_dates_chosen_and_lights_by_those_in_force(moved: Moved, *, narrowed: bool) -> None:
    current, first = (moved.board(dates, str(moved.plan.pk) if narrowed else "") for dates in Dates)
    assert told(current, current.totals())[-4:] == [3, 1, 0, 1]
    assert told(first, first.totals())[-4:] == [3, 1, 1, 2]
    late = {
        board.dates: {line.label: tuple(told(board, list(line.figures))[4:]) for line in board.by_agency("lead")}
        for board in (current, first)
    }
    names = (moved.granted.short_name, moved.kept.short_name, moved.quick.short_name)
    assert late[Dates.CURRENT] == dict(zip(names, [(0, 0), (1, 1), (0, 0)], strict=True))
    assert late[Dates.FIRST] == dict(zip(names, [(1, 1), (1, 1), (0, 1)], strict=True))
    assert told(first, first.by_light()) == told(current, current.by_light())
    assert [told(board, list(line.figures)) for board in (first,) for line in board.by_section()] == [
        told(board, list(line.figures)) for board in (current,) for line in board.by_section()
    ]


def test_the_heat_map_and_the_portfolio_go_by_the_dates_chosen(moved: Moved) -> None:
    user = moved.stage.coordinator
    for agency in (moved.granted, moved.kept):
        Charge.objects.create(user=user, agency=agency)
    hot, held = {}, {}
    for dates in Dates:
        board = moved.board(dates)
        lines = board.heat().lines
        assert all(told(board, list(line.figures)) for line in lines)
        hot[dates] = {line.label: [figure.label for figure in line.figures] for line in lines}
        held[dates] = [told(board, [one.owed, one.late, one.done]) for one in portfolio.portfolio(board.actor, board)]
    granted, kept = moved.granted.short_name, moved.kept.short_name
    assert hot[Dates.CURRENT] == {granted: ["1"], kept: ["1/1"]}
    assert hot[Dates.FIRST] == {granted: ["1/1"], kept: ["1/1"]}
    assert held[Dates.CURRENT] == [[1, 0, 0], [1, 1, 0]]
    assert held[Dates.FIRST] == [[1, 1, 0], [1, 1, 0]]
    mine = Board(board.actor, now=AFTER, mine=True, dates=Dates.FIRST)
    assert told(mine, mine.totals())[-1] == 2


def test_the_past_counts_by_the_dates_chosen_too(moved: Moved) -> None:
    actor, day = actor_of(moved.stage.coordinator, AFTER), AFTER.date() - dt.timedelta(days=2)
    late = {dates: {name: row["late"] for name, row in past.board_on(day, actor, now=AFTER, dates=dates).agency_rows} for dates in Dates}
    names = (moved.granted.short_name, moved.kept.short_name)
    assert [late[Dates.CURRENT][name] for name in names] == [0, 1]
    assert [late[Dates.FIRST][name] for name in names] == [1, 1]


def test_the_pages_say_by_which_dates_they_count_and_ask_one_statement_for_it(
    client: Client, moved: Moved, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(moved.stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(AFTER, tick=False):
        client.get("/cockpit/")
        with django_assert_max_num_queries(60) as usual:
            page = client.get("/cockpit/")
        statements = len(usual.captured_queries)
        with django_assert_max_num_queries(60) as more:
            first = client.get("/cockpit/", {"dates": "first"})
        statements_by_first = len(more.captured_queries)
        briefing = client.get("/cockpit/briefing/", {"dates": "first"}).content.decode()
        past_page = client.get("/cockpit/", {"dates": "first", "on": (AFTER.date() - dt.timedelta(days=2)).isoformat()}).content.decode()
    assert statements_by_first == statements + 1
    said = "预警灯及依灯统计的内容"
    assert said not in page.content.decode()
    assert said in first.content.decode()
    assert said in past_page
    assert "dates=first" in first.context["asked"]
    assert "按首次时限超期较多的牵头单位" in briefing
    assert moved.granted.short_name in briefing
