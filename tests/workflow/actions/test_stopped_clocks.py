"""A day on which a clock stood still is given back once, however many stops held it up and in whatever order they ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task
from workflow.actions.decide_extension import grant_extension, refuse_extension
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import resume, suspend
from workflow.actions.request_extension import request_extension, withdraw_extension
from workflow.actions.rule_on_hand_back import reroute, uphold, withdraw_hand_back
from workflow.deadlines import add_working_days, official_calendar
from workflow.models import Assignment

pytestmark = pytest.mark.django_db

CALENDAR = official_calendar()
DUE = TODAY + dt.timedelta(days=60)
Act = Callable[[Stage, dt.datetime], object]


def part(stage: Stage) -> Assignment:
    return stage.part_of(stage.leads[0])


def stops(stage: Stage, now: dt.datetime) -> None:
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=now)


def goes_on(stage: Stage, now: dt.datetime) -> None:
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=now)


def says_not_ours(stage: Stage, now: dt.datetime) -> None:
    lead = stage.leads[0]
    hand_back(actor=lead.officer_actor, assignment_id=part(stage).pk, reason="不属本单位职责。", legal_basis="三定方案", now=now)


def is_upheld(stage: Stage, now: dt.datetime) -> None:
    uphold(actor=stage.coordinator_actor, assignment_id=part(stage).pk, opinion="属你单位职责。", now=now)


def takes_it_back(stage: Stage, now: dt.datetime) -> None:
    withdraw_hand_back(actor=stage.leads[0].officer_actor, assignment_id=part(stage).pk, now=now)


def asks_for_time(stage: Stage, now: dt.datetime) -> None:
    later = DUE + dt.timedelta(days=30)
    request_extension(actor=stage.leads[0].reviewer_actor, assignment_id=part(stage).pk, asked_for=later, reason="会签未完成。", now=now)


def is_refused(stage: Stage, now: dt.datetime) -> None:
    refuse_extension(actor=stage.coordinator_actor, assignment_id=part(stage).pk, opinion="理由不充分。", now=now)


def asks_no_more(stage: Stage, now: dt.datetime) -> None:
    withdraw_extension(actor=stage.leads[0].reviewer_actor, assignment_id=part(stage).pk, now=now)


STORIES: dict[str, tuple[int, list[tuple[int, Act]]]] = {
    # what happens on which working day, and how many working days the clock stood still
    "one stop": (4, [(0, says_not_ours), (4, is_upheld)]),
    "one inside the other": (4, [(0, says_not_ours), (1, stops), (3, goes_on), (4, is_upheld)]),
    "one into the other": (6, [(0, says_not_ours), (2, stops), (4, is_upheld), (6, goes_on)]),
    "taken back while suspended": (5, [(0, says_not_ours), (1, stops), (3, takes_it_back), (5, goes_on)]),
    "asked for time, then not ours": (5, [(0, asks_for_time), (1, says_not_ours), (3, is_refused), (5, is_upheld)]),
    "not ours ends first": (6, [(0, asks_for_time), (2, says_not_ours), (4, takes_it_back), (6, asks_no_more)]),
    "three at once": (7, [(0, asks_for_time), (1, says_not_ours), (2, stops), (4, is_upheld), (5, goes_on), (7, is_refused)]),
    "one after the other": (4, [(0, stops), (2, goes_on), (4, asks_for_time), (6, is_refused)]),
}


def tell(stage: Stage, story: list[tuple[int, Act]]) -> None:
    for days, act in story:
        act(stage, dt.datetime.combine(add_working_days(TODAY, days, CALENDAR), dt.time(11), NOW.tzinfo))


@pytest.mark.parametrize("name", STORIES)
def test_each_day_is_given_back_once(name: str) -> None:
    days, story = STORIES[name]
    stage = accepted_task(supporters=0, due_on=DUE)
    tell(stage, story)
    assert part(stage).due_on == add_working_days(DUE, days, CALENDAR)
    assert part(stage).first_due_on == DUE


def test_the_successor_of_a_part_gets_each_day_once_too() -> None:
    stage, other = accepted_task(supporters=0, due_on=DUE), accepted_task(supporters=0).leads[0]
    tell(stage, [(0, says_not_ours), (1, stops), (3, goes_on)])
    ruled = dt.datetime.combine(add_working_days(TODAY, 4, CALENDAR), dt.time(11), NOW.tzinfo)
    row = part(stage)
    successor = reroute(actor=stage.coordinator_actor, assignment_id=row.pk, agency_id=other.agency.pk, opinion="按职责改派。", now=ruled)
    assert successor.due_on == add_working_days(DUE, 4, CALENDAR)


def test_a_date_that_was_granted_stands_as_it_was_granted() -> None:
    stage = accepted_task(supporters=0, due_on=DUE)
    tell(stage, [(0, asks_for_time)])
    granted = DUE + dt.timedelta(days=14)
    grant_extension(
        actor=stage.coordinator_actor, assignment_id=part(stage).pk, granted_to=granted, opinion="同意。", now=NOW + dt.timedelta(days=7)
    )
    assert part(stage).due_on == granted
