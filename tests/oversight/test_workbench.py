"""The piles of a workbench: each counts what its list in 待办 shows, and says what comes while it is empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries as AssertQueries

from oversight.workbench import SHOWN, Pile
from tests.factories.directory import NOW, TODAY, make_agency, make_member
from tests.factories.tasks import Stage, accepted_task, asked_contribution, closing_task, declared_task, make_crew, reviewed_contribution
from workflow.actions.answer import give_answer
from workflow.actions.instruct import instruct
from workflow.actions.verify import ask_verifier
from workflow.deadlines import Colour
from workflow.models import Answer, Contribution, Report
from workflow.web.todo_rows import page_of

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def piles(client: Client) -> dict[str, Pile]:
    return {pile.name: pile for desk in client.get(reverse("workbench")).context["desks"] for pile in desk.piles}


def shown_at(client: Client, pile: Pile) -> set[str]:
    return {page_of(row) for row in client.get(pile.url).context["rows"]}


def test_contributions_asked_for_are_a_pile_as_large_as_their_list(client: Client) -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    page = reverse("contribution", args=[row.pk])
    client.force_login(stage.supporters[0].officer)
    pile = piles(client)["contributions"]
    assert (pile.count, [matter.url for matter in pile.matters]) == (1, [page])
    assert shown_at(client, pile) == {page}
    assert f'href="{page}">打开配合材料</a>' in client.get(reverse("workbench")).content.decode()
    reviewed_contribution(stage, row)
    assert piles(client)["contributions"].count == 0
    client.force_login(stage.supporters[0].reviewer)
    pile = piles(client)["contribution_review"]
    assert (pile.count, shown_at(client, pile)) == (1, {page})


@pytest.mark.parametrize(("make", "number"), [(accepted_task, 1), (declared_task, 0)])
def test_reports_to_be_written_are_those_of_parts_in_hand(client: Client, make: Callable[..., Stage], number: int) -> None:
    stage = make(rhythm="monthly")
    Report.objects.filter(state="due").update(period_start=YESTERDAY, period_end=YESTERDAY)
    client.force_login(stage.leads[0].officer)
    pile = piles(client)["reports"]
    assert (pile.count, len(shown_at(client, pile))) == (number, number)


def test_a_late_report_shows_the_light_that_its_list_shows(client: Client) -> None:
    """A pile without lights would let what is long overdue look calm."""
    stage = accepted_task(rhythm="monthly")
    last_week = TODAY - dt.timedelta(days=7)
    Report.objects.filter(state="due").update(period_start=last_week, period_end=last_week, due_on=YESTERDAY)
    client.force_login(stage.leads[0].officer)
    pile = piles(client)["reports"]
    lights = [matter.light for matter in pile.matters]
    assert [light.colour for light in lights if light] == [Colour.RED]
    assert lights == [row.light for row in client.get(pile.url).context["rows"]]


def test_many_contributions_cost_what_one_does(client: Client, django_assert_num_queries: AssertQueries) -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    client.force_login(stage.supporters[0].officer)
    with CaptureQueriesContext(connection) as one:
        assert piles(client)["contributions"].count == 1
    earlier = [row.period_start - dt.timedelta(days=days) for days in range(1, 20)]
    part, due_on = row.assignment, row.due_on
    Contribution.objects.bulk_create(Contribution(assignment=part, period_start=day, period_end=day, due_on=due_on) for day in earlier)
    with django_assert_num_queries(len(one)):
        pile = piles(client)["contributions"]
    assert (pile.count, len(pile.matters)) == (20, SHOWN)


def test_an_empty_desk_says_what_will_stand_there(client: Client) -> None:
    client.force_login(make_crew().officer)
    assert "要求填报的报告和配合材料会列在这里" in client.get(reverse("workbench")).content.decode()


def test_an_instruction_and_a_verification_lie_on_the_desk_while_they_wait(client: Client) -> None:
    stage = accepted_task(supporters=0)
    lead = stage.leads[0]
    client.force_login(lead.reviewer)
    assert "answer" not in piles(client)
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请报进度", answer_by=TODAY + dt.timedelta(days=7), now=NOW)
    page = client.get(reverse("workbench"))
    desk = next(desk for desk in page.context["desks"] if desk.name == "reviewer")
    [pile] = [pile for pile in desk.piles if pile.name == "answer"]
    assert (pile.count, len(shown_at(client, pile)), desk.is_waiting) == (1, 1, True)
    give_answer(actor=lead.reviewer_actor, answer_id=Answer.objects.get().pk, text="已办", now=NOW)
    assert "answer" not in piles(client)
    client.force_login(stage.coordinator)
    assert piles(client)["close_answer"].count == 1

    closing, outsider = closing_task(supporters=0), make_member(make_agency())
    ask_verifier(actor=closing.coordinator_actor, task_id=closing.task.pk, verifier_id=outsider.pk, now=NOW)
    client.force_login(outsider)
    page = client.get(reverse("workbench"))
    assert str(page.context["desks"][0].calm) not in page.content.decode()
    assert piles(client)["verify"].count == 1
