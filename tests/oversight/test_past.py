"""The board as of a past day says what the pages of that day said."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from agencies.refusals import Invalid
from oversight import past, trend
from oversight.counts import Counts
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.tasks import Stage, closing_task, dispatched_task
from workflow.actions.decide_extension import grant_extension
from workflow.actions.decide_sign_off import return_sign_off, sign_off, submit_sign_off
from workflow.actions.interrupt import suspend
from workflow.actions.request_extension import request_extension
from workflow.actions.sign_for import sign_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def looked(stage: Stage, day: dt.date, later: int = 90) -> past.PastBoard:
    now = NOW + later * DAY
    return past.board_on(day, actor_of(stage.coordinator, now), now=now)


def test_states_of_tasks_and_parts_are_those_of_the_day() -> None:
    stage = dispatched_task(leads=1, supporters=1)
    part = stage.part_of(stage.leads[0])
    sign_for(actor=actor_of(stage.leads[0].officer, NOW + 3 * DAY), assignment_id=part.pk, now=NOW + 3 * DAY)
    suspend(actor=actor_of(stage.coordinator, NOW + 9 * DAY), task_id=stage.task.pk, reason="等待", now=NOW + 9 * DAY)
    assert looked(stage, TODAY - DAY).tasks == []
    assert [parts.state for parts in looked(stage, TODAY).tasks[0].parts] == ["pending", "pending"]
    assert [parts.state for parts in looked(stage, TODAY + 3 * DAY).tasks[0].parts] == ["accepted", "pending"]
    assert looked(stage, TODAY + 8 * DAY).states == {"dispatched": 1}
    assert looked(stage, TODAY + 9 * DAY).states == {"suspended": 1}


def test_what_was_returned_was_in_hand_again() -> None:
    stage = closing_task(supporters=0)
    return_sign_off(actor=actor_of(stage.coordinator, NOW + 5 * DAY), task_id=stage.task.pk, opinion="补充", now=NOW + 5 * DAY)
    before, after = looked(stage, TODAY + 4 * DAY).tasks[0], looked(stage, TODAY + 5 * DAY).tasks[0]
    assert (before.state, before.parts[0].state) == ("closing", "declared")
    assert (after.state, after.parts[0].state) == ("dispatched", "accepted")


def test_a_due_date_moved_later_was_another_then() -> None:
    due_on = TODAY + 10 * DAY
    stage = dispatched_task(leads=1, supporters=0, due_on=due_on)
    part = stage.part_of(stage.leads[0])
    sign_for(actor=stage.leads[0].officer_actor, assignment_id=part.pk, now=NOW)
    asked = NOW + 5 * DAY
    request_extension(
        actor=actor_of(stage.leads[0].officer, asked), assignment_id=part.pk, asked_for=due_on + 40 * DAY, reason="需要时间", now=asked
    )
    granted = NOW + 20 * DAY
    grant_extension(
        actor=actor_of(stage.coordinator, granted), assignment_id=part.pk, granted_to=due_on + 40 * DAY, opinion="", now=granted
    )
    was = looked(stage, TODAY + 15 * DAY)
    assert [(task.alarm_on, task.colour, task.late) for task in was.red] == [(due_on, "red", [stage.leads[0].agency.short_name])]
    assert was.agencies[stage.leads[0].agency.short_name]["late"] == 1
    assert looked(stage, TODAY + 21 * DAY).red == []


def test_the_page_says_that_it_looks_at_the_past(client: Client) -> None:
    stage = dispatched_task(due_on=TODAY + 2 * DAY)
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        client.force_login(stage.leader)
        page = client.get("/cockpit/", {"on": (TODAY + 5 * DAY).isoformat()}).content.decode()
        assert "本页为历史情况" in page
        assert f"<td>{stage.leads[0].agency.short_name}</td>" in page
        assert (TODAY + 5 * DAY).isoformat() in page
        assert "本页为历史情况" not in client.get("/cockpit/", {"on": (TODAY + 30 * DAY).isoformat()}).content.decode()
        assert client.get("/cockpit/", {"on": "vorgestern"}).status_code == 400


def test_too_much_to_look_back_on_asks_for_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = dispatched_task()
    monkeypatch.setattr(past, "MOST_TASKS", 0)
    with pytest.raises(Invalid):
        looked(stage, TODAY)


def test_the_trend_counts_what_went_out_ended_and_was_late_each_week() -> None:
    stage = closing_task(due_on=TODAY + 3 * DAY, supporters=0)
    later = NOW + 15 * DAY
    submit = actor_of(stage.coordinator, later)
    if stage.task.sign_offs.get().state == "collecting":
        submit_sign_off(actor=submit, task_id=stage.task.pk, now=later)
    sign_off(actor=submit, task_id=stage.task.pk, opinion="", now=later)
    today = TODAY + 21 * DAY
    weeks = trend.weeks(Counts(submit), today, number=5)
    assert [(week.out, week.done, week.late) for week in weeks] == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 0, 1), (1, 1, 0)]
