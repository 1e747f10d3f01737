"""A notice that comes late moves the dates that were counted by the old calendar, and nothing else (E6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.actor import Actor
from agencies.models import Office
from agencies.refusals import Forbidden, Invalid
from measures.models import PlanEvent
from tests.factories.directory import NOW, TODAY, make_person
from tests.factories.tasks import Stage, accepted_task
from tests.workflow.late_notice import Late, late_notice
from workflow.actions import set_calendar as acts
from workflow.actions.ask_supporters import CONTRIBUTION_WORKING_DAYS
from workflow.actions.climb import climb
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.set_calendar import Change, look, set_calendar
from workflow.deadlines import add_working_days, official_calendar
from workflow.models import Assignment, CalendarDay, Contribution, Event, Firing, Report
from workflow.working_days import calendar_in_force

pytestmark = pytest.mark.django_db

PERIOD_END = dt.date(2026, 3, 31)
DUE = add_working_days(PERIOD_END, 5, official_calendar())
OFF = {DUE - dt.timedelta(days=1): False}


@pytest.fixture
def keeper() -> Actor:
    user = make_person(office=Office.SYSTEM)
    return Actor.load(user, now=NOW)


@pytest.fixture
def stage() -> Stage:
    stage = accepted_task(leads=1, supporters=0)
    part = stage.part_of(stage.leads[0])
    Report.objects.create(assignment=part, period_start=dt.date(2026, 3, 1), period_end=PERIOD_END, due_on=DUE)
    return stage


def test_a_report_moves_with_the_days_and_says_why_and_its_reminder_is_re_keyed(stage: Stage, keeper: Actor) -> None:
    moved = set_calendar(actor=keeper, days=OFF, notice="临时放假", now=NOW)
    after = add_working_days(PERIOD_END, 5, calendar_in_force())
    assert after > DUE
    assert Report.objects.get().due_on == after
    assert moved.count("reports") == 1
    line = Event.objects.get(verb="move_by_calendar")
    assert (line.data["date_before"], line.data["date_after"], line.data["notice"]) == (DUE.isoformat(), after.isoformat(), "临时放假")
    assert PlanEvent.objects.get(verb="set_calendar").data["reports"] == 1
    climb(dt.datetime.combine(add_working_days(after, 1, calendar_in_force()), dt.time(10), NOW.tzinfo))
    keys = list(Firing.objects.filter(rung="report_missed").values_list("key", flat=True))
    assert len(keys) == 1
    assert keys[0].endswith(after.isoformat())


def test_doing_it_again_changes_and_records_nothing(stage: Stage, keeper: Actor) -> None:
    set_calendar(actor=keeper, days=OFF, notice="临时放假", now=NOW)
    again = set_calendar(actor=keeper, days=OFF, notice="临时放假", now=NOW)
    assert not again.days
    assert not again.moves
    assert PlanEvent.objects.count() == Event.objects.filter(verb="move_by_calendar").count() == 1


def test_dates_that_somebody_set_that_have_passed_or_that_nobody_waits_for_stay(stage: Stage, keeper: Actor) -> None:
    by_hand = dt.date(2026, 4, 20)
    Report.objects.update(due_on=by_hand)
    due = Assignment.objects.get().due_on
    set_calendar(actor=keeper, days=OFF, notice="临时放假", now=NOW)
    assert Report.objects.get().due_on == by_hand
    assert Assignment.objects.get().due_on == due
    Report.objects.update(due_on=DUE)
    late = look({DUE - dt.timedelta(days=2): False}, now=NOW + dt.timedelta(days=60))
    assert late.count("reports") == 0


def test_no_date_moves_into_the_past(stage: Stage, keeper: Actor) -> None:
    saturdays = {dt.date(2026, 4, 4) - dt.timedelta(days=0): True, dt.date(2026, 4, 5): True, dt.date(2026, 4, 6): True}
    on_the_eve = dt.datetime.combine(DUE, dt.time(9), NOW.tzinfo)
    change = look(saturdays, now=on_the_eve)
    assert all(move.after >= DUE for move in change.moves)


def test_looking_changes_nothing_and_only_the_system_administrator_sets(stage: Stage, keeper: Actor) -> None:
    assert look(OFF, now=NOW).count("reports") == 1
    assert Report.objects.get().due_on == DUE
    assert not CalendarDay.objects.exists()
    with pytest.raises(Forbidden):
        set_calendar(actor=stage.coordinator_actor, days=OFF, notice="临时放假", now=NOW)
    with pytest.raises(Invalid):
        set_calendar(actor=keeper, days=OFF, notice=" ", now=NOW)
    with pytest.raises(Invalid):
        set_calendar(actor=keeper, days={}, notice="通知", now=NOW)


def test_a_year_is_known_once_its_first_of_january_is_entered(keeper: Actor) -> None:
    some_day = dt.date(2027, 6, 2)
    set_calendar(actor=keeper, days={dt.date(2027, 6, 9): False}, notice="一天", now=NOW)
    assert calendar_in_force().is_provisional(some_day)
    set_calendar(actor=keeper, days={dt.date(2027, 1, 1): False}, notice="国办发明电〔2026〕7号", now=NOW)
    assert not calendar_in_force().is_provisional(some_day)


def test_the_page_shows_what_would_move_then_moves_it_and_tells_its_history(stage: Stage, client: Client, keeper: Actor) -> None:
    assert keeper.user_id is not None
    client.force_login(make_person(office=Office.SYSTEM))
    url, asked = reverse("house-calendar"), {"off": f"{DUE - dt.timedelta(days=1)}..{DUE}", "notice": "临时放假"}
    ahead = (TODAY + dt.timedelta(days=400)).isoformat()
    assert client.post(url, {"off": "明天", "notice": "x"}).status_code == 400
    assert client.post(url, {"off": ahead, "worked": ahead, "notice": "x"}).status_code == 400
    Report.objects.update(due_on=DUE)
    page = client.post(url, {**asked, "do": "preview"})
    assert page.status_code == 200
    assert len(page.context["preview"]["days"]) == 2
    assert not CalendarDay.objects.exists()
    assert client.post(url, {**asked, "do": "save"}).status_code == 302
    assert "临时放假" in client.get(url).content.decode()
    client.force_login(stage.coordinator)
    assert client.get(url).status_code == 403


def test_what_nobody_owes_any_more_stays(keeper: Actor) -> None:
    stage = accepted_task()
    part = stage.part_of(stage.supporters[0])
    due = add_working_days(PERIOD_END, CONTRIBUTION_WORKING_DAYS, official_calendar())
    row = Contribution.objects.create(assignment=part, period_start=dt.date(2026, 3, 1), period_end=PERIOD_END, due_on=due)
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=part.pk, reason="调整", now=NOW)
    days = {due - dt.timedelta(days=1): False, due: False}
    assert set_calendar(actor=keeper, days=days, notice="临时放假", now=NOW).count("contributions") == 0
    assert Contribution.objects.get(pk=row.pk).due_on == due


def test_a_date_that_somebody_sets_after_the_count_stays_and_the_record_does_not_count_it(
    stage: Stage, keeper: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = dt.date(2026, 4, 20)

    def look_and_then(*args: Any, **words: Any) -> Change:
        change = look(*args, **words)
        assert change.count("reports") == 1
        Report.objects.update(due_on=by_hand)
        return change

    monkeypatch.setattr(acts, "look", look_and_then)
    assert set_calendar(actor=keeper, days=OFF, notice="临时放假", now=NOW).count("reports") == 0
    assert Report.objects.get().due_on == by_hand
    assert PlanEvent.objects.get(verb="set_calendar").data["reports"] == 0
    assert not Event.objects.filter(verb="move_by_calendar", data__what="reports").exists()


def test_e6_exactly_the_affected_dates_of_many_tasks_move_once() -> None:
    late_notice(Late(tasks=400))
