"""Seen red: with one guard taken away, the tests of the rows that it stands for fail, and by their own assertion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from notifications import guards
from tests.workflow import late_notice
from tests.workflow.actions import test_reminders, test_sweep
from tests.workflow.deadlines import test_boundaries, test_calendar
from workflow.actions import climb
from workflow.actions.set_calendar import set_calendar
from workflow.actions.sweep import Swept, sweep
from workflow.deadlines import ChineseCalendar, official_calendar
from workflow.ladder import Firing, timetable
from workflow.models import Assignment, Report, batches
from workflow.models.batches import NewFiring

ONE = dt.timedelta(days=1)


@pytest.mark.django_db
def test_a5_is_red_when_every_level_that_was_missed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = timetable._walk

    def loud(*asked: Any) -> tuple[list[Firing], dt.date | None]:
        fresh, following = walk(*asked)
        return [Firing(one.rung, one.subject, one.fires_on, one.anchor) for one in fresh], following

    monkeypatch.setattr(timetable, "_walk", loud)
    with pytest.raises(AssertionError, match="leadership"):
        test_sweep.test_after_weeks_without_a_sweep_only_the_highest_rung_is_told()


def everything_is_still_so(keys: Any, now: dt.datetime) -> set[str]:
    """Take whatever was written once for what is so (A8, A9)."""
    return set(keys)


@pytest.mark.django_db
def test_a9_is_red_when_nobody_asks_whether_the_date_is_still_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "still_true", everything_is_still_so)
    with pytest.raises(AssertionError, match="a reminder of a past date was sent"):
        test_reminders.test_due_dates_moved_forth_and_back_are_reminded_once_each_when_they_came_to_pass(6)


def sweep_all_anew(now: dt.datetime) -> Swept:
    """Look at every part again, as if something had happened to each."""
    Assignment.objects.update(climbs_anew=True)
    return sweep(now)


@pytest.mark.django_db
def test_e8_is_red_without_the_unique_row_of_a_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_sweep, "sweep", sweep_all_anew)
    test_sweep.test_e8_a_clock_that_steps_back_and_forth_around_the_end_of_the_due_date_repeats_nothing(4)
    fire = batches.fire

    def fire_whatever_is_on_record(rows: Sequence[NewFiring], fired_at: dt.datetime) -> set[str]:
        fire(rows, fired_at)
        return {row.key for row in rows}

    monkeypatch.setattr(climb, "fire", fire_whatever_is_on_record)
    monkeypatch.setattr(climb, "_fired", lambda ids: {})
    with pytest.raises(AssertionError):
        test_sweep.test_e8_a_clock_that_steps_back_and_forth_around_the_end_of_the_due_date_repeats_nothing(4)


def by_weekdays(day: dt.date, count: int, calendar: ChineseCalendar) -> dt.date:
    """Add working days as if there were no holidays and no days made up (E4)."""
    while count:
        day += ONE
        count -= day.weekday() < 5
    return day


def test_e4_is_red_when_weekdays_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_boundaries, "add_working_days", by_weekdays)
    with pytest.raises(AssertionError, match="= add_working_days"):
        test_boundaries.test_e4_no_date_deviates_from_the_written_rule(100)


def test_e5_is_red_when_one_day_of_a_notice_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    day = dt.date(2026, 2, 14)
    monkeypatch.setattr(test_calendar, "CALENDAR", ChineseCalendar({day: not official_calendar().is_working(day)}))
    with pytest.raises(AssertionError, match="2026, 2, 14"):
        test_calendar.test_every_announced_day_agrees_with_the_package()


@pytest.mark.django_db
def test_e6_is_red_when_one_date_moves_that_should_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    act = set_calendar

    def one_too_many(**asked: Any) -> Any:
        before = dict(Report.objects.values_list("pk", "due_on"))
        done = act(**asked)
        stayed = next(pk for pk, due_on in Report.objects.values_list("pk", "due_on") if before[pk] == due_on)
        Report.objects.filter(pk=stayed).update(due_on=before[stayed] + ONE)
        return done

    monkeypatch.setattr(late_notice, "set_calendar", one_too_many)
    with pytest.raises(AssertionError, match="a date moved that should not"):
        late_notice.late_notice(late_notice.Late(tasks=60))


def test_e7_is_red_when_a_day_ends_at_the_midnight_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_boundaries, "end_of_day", lambda day: dt.datetime.combine(day + ONE, dt.time(), dt.UTC))
    with pytest.raises(AssertionError, match="Asia/Shanghai"):
        test_boundaries.test_e7_a_day_ends_at_its_midnight_in_shanghai_whatever_clock_is_asked()
