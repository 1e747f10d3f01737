"""Periods that pass while no sweep runs: one sweep afterwards leaves what a sweep of every day would have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.directory import NOW
from tests.factories.tasks import Stage, accepted_task, declared_task
from workflow.actions.decide_sign_off import return_sign_off
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import resume, suspend
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.rule_on_hand_back import uphold
from workflow.actions.sweep import sweep
from workflow.models import Assignment, Report
from workflow.states import Rhythm

pytestmark = pytest.mark.django_db

WEEKS_AWAY = 6


def owed_by(part: Assignment) -> list[tuple[dt.date, dt.date]]:
    """Return the first day of each period for which a part owes a report, and the day it is due."""
    return list(Report.objects.filter(assignment=part, on_demand=False).order_by("period_start").values_list("period_start", "due_on"))


PASSED_IN_THE_STOP = {"suspension": 2, "hand_back": 2, "closing": 3, "both": 2}


@pytest.mark.parametrize("stop", ["suspension", "hand_back", "closing", "both"])
def test_a_stop_in_the_gap_takes_no_period_away_that_could_be_worked_on(stop: str) -> None:
    """One sweep after six weeks leaves the rows and days that a sweep of every day leaves."""
    left: list[list[tuple[dt.date, dt.date]]] = []
    for every_day in (True, False):
        stage = (declared_task if stop == "closing" else accepted_task)(rhythm=Rhythm.WEEKLY, supporters=0)
        part = stage.part_of(stage.leads[0])
        sweep(NOW)
        acts = stops_of(stage, stop)
        for day in range(1, 7 * WEEKS_AWAY + 1):
            moment = NOW + dt.timedelta(days=day)
            if day in acts:
                acts[day](moment)
            if every_day:
                sweep(moment)
        sweep(moment)
        left.append(owed_by(part))
    assert left[0] == left[1]
    assert len(left[1]) == WEEKS_AWAY + 1 - PASSED_IN_THE_STOP[stop], "what passed wholly in the stop is not owed"


def stops_of(stage: Stage, stop: str) -> dict[int, Callable[[dt.datetime], object]]:
    """Return acts by the day, that hold a task up from the end of the second week to the middle of the fifth."""
    lead = stage.leads[0]
    who: dict[str, Any] = {"actor": stage.coordinator_actor, "task_id": stage.task.pk}
    own: dict[str, Any] = {"actor": lead.officer_actor, "assignment_id": stage.part_of(lead).pk}
    review = own | {"actor": lead.reviewer_actor}
    ruled = own | {"actor": stage.coordinator_actor}
    acts: dict[str, dict[int, Callable[[dt.datetime], object]]] = {
        "suspension": {9: lambda now: suspend(**who, reason="政策调整", now=now), 28: lambda now: resume(**who, now=now)},
        "hand_back": {
            9: lambda now: hand_back(**own, reason="非职责", legal_basis="三定规定", now=now),
            28: lambda now: uphold(**ruled, opinion="属你单位职责。", now=now),
        },
        "closing": {
            9: lambda now: request_sign_off(**review, summary="任务完成。", now=now),
            28: lambda now: return_sign_off(**who, opinion="补充佐证。", now=now),
        },
        "both": {
            9: lambda now: hand_back(**own, reason="非职责", legal_basis="三定规定", now=now),
            16: lambda now: suspend(**who, reason="政策调整", now=now),
            20: lambda now: resume(**who, now=now),
            28: lambda now: uphold(**ruled, opinion="属你单位职责。", now=now),
            30: lambda now: suspend(**who, reason="政策调整", now=now),
            33: lambda now: resume(**who, now=now),
        },
    }
    return acts[stop]
