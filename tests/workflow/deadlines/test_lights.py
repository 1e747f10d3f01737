"""Lights and the sentences that explain them."""

import datetime as dt
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import (
    DEFAULT_THRESHOLDS,
    Colour,
    Light,
    Threshold,
    expected_percent,
    light_bounds,
    official_calendar,
    progress_light,
    threshold_for,
    time_light,
)

CALENDAR = official_calendar()
TODAY = dt.date(2026, 11, 18)  # a Wednesday
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))


def light(due: str | None, closed: str | None = None, *, total: int = 20, today: dt.date = TODAY, **more: Any) -> Light:
    due_on = dt.date.fromisoformat(due) if due else None
    closed_on = dt.date.fromisoformat(closed) if closed else None
    return time_light(due_on, closed_on, today=today, total_working_days=total, calendar=CALENDAR, **more)


@pytest.mark.parametrize(
    ("due", "colour", "sentence"),
    [
        ("2026-11-26", "green", "6 working days left until 2026-11-26."),
        ("2026-11-25", "yellow", "Only 5 working days left until 2026-11-25 (warned from 5)."),
        ("2026-11-20", "orange", "Only 2 working days left until 2026-11-20 (warned from 2)."),
        ("2026-11-19", "orange", "Only 1 working day left until 2026-11-19 (warned from 2)."),
        ("2026-11-18", "orange", "Due today, 2026-11-18."),
        ("2026-11-17", "red", "Overdue for 1 working day: it was due on 2026-11-17."),
        ("2026-11-13", "red", "Overdue for 3 working days: it was due on 2026-11-13."),
    ],
)
def test_the_time_light_of_a_task_of_twenty_working_days(due: str, colour: str, sentence: str) -> None:
    with translation.override("en"):
        found = light(due)
        assert (found.colour, str(found.reason)) == (colour, sentence)
    assert found.was_overdue is (colour == "red")


def test_due_on_saturday_is_red_on_sunday_without_a_working_day_between() -> None:
    with translation.override("en"):
        found = light("2026-11-21", today=dt.date(2026, 11, 22))
        assert (found.colour, str(found.reason)) == (Colour.RED, "Overdue: it was due on 2026-11-21.")


def test_due_on_sunday_has_no_working_day_left_on_saturday() -> None:
    with translation.override("en"):
        found = light("2026-11-22", today=dt.date(2026, 11, 21))
        assert (found.colour, str(found.reason)) == (Colour.ORANGE, "No working day is left until 2026-11-22.")


def test_finished_in_time_is_green_and_late_stays_marked() -> None:
    with translation.override("en"):
        assert str(light("2026-11-18", "2026-11-18").reason) == "Finished on 2026-11-18, in time for 2026-11-18."
        late = light("2026-11-13", "2026-11-16")
        assert str(late.reason) == "Finished on 2026-11-16, 1 working day after 2026-11-13."
        assert (late.colour, late.was_overdue, late.word) == (Colour.GREEN, True, "Was overdue")


def test_was_overdue_stays_after_an_extension() -> None:
    found = light("2026-12-31", was_overdue=True)
    assert (found.colour, found.was_overdue) == (Colour.GREEN, True)


def test_without_date_or_with_the_clock_standing_there_is_no_light() -> None:
    assert (light(None).colour, light(None).reason.code) == (Colour.NONE, "no_due_date")
    assert (light("2026-11-01", paused=True).colour, light("2026-11-01", paused=True).reason.code) == (Colour.NONE, "paused")


def test_the_length_of_the_task_chooses_the_threshold() -> None:
    assert [threshold_for(n).yellow for n in (1, 10, 11, 30, 31, 90, 91, 5000)] == [3, 3, 5, 5, 10, 10, 20, 20]
    assert threshold_for(50, [Threshold(up_to=10, yellow=2, orange=1), Threshold(up_to=20, yellow=4, orange=2)]).yellow == 4


@given(due=DAYS, today=DAYS, total=st.integers(1, 200))
def test_the_bounds_of_a_day_sort_like_the_light_itself(due: dt.date, today: dt.date, total: int) -> None:
    bounds = light_bounds(today, threshold_for(total), CALENDAR)
    assert bounds.colour(due) == time_light(due, None, today=today, total_working_days=total, calendar=CALENDAR).colour


@given(due=DAYS, total=st.integers(1, 200))
def test_a_light_only_gets_worse_as_days_pass(due: dt.date, total: int) -> None:
    order = [Colour.GREEN, Colour.YELLOW, Colour.ORANGE, Colour.RED]
    seen = [
        order.index(time_light(due, None, today=due + dt.timedelta(days=i), total_working_days=total, calendar=CALENDAR).colour)
        for i in range(-40, 5)
    ]
    assert seen == sorted(seen)
    assert seen[-1] == 3


def test_orange_is_never_wider_than_yellow_by_default() -> None:
    assert all(threshold.orange <= threshold.yellow for threshold in DEFAULT_THRESHOLDS)


def test_expected_progress_is_linear_between_milestones() -> None:
    start, due = dt.date(2026, 1, 1), dt.date(2026, 1, 11)
    assert expected_percent(dt.date(2026, 1, 6), start=start, due_on=due) == 50
    half = [(dt.date(2026, 1, 3), 60.0)]
    assert expected_percent(dt.date(2026, 1, 2), start=start, due_on=due, milestones=half) == 30
    assert expected_percent(dt.date(2026, 1, 7), start=start, due_on=due, milestones=half) == 80
    assert expected_percent(dt.date(2025, 12, 1), start=start, due_on=due) == 0
    assert expected_percent(dt.date(2026, 2, 1), start=start, due_on=due) == 100


@pytest.mark.parametrize(
    ("percent", "colour", "sentence"),
    [
        (60, "green", "60% reported, ahead of the 50% expected by now."),
        (45, "green", "45% reported, 50% expected by now."),
        (40, "yellow", "40% reported, 10 points behind the 50% expected by now."),
        (25, "orange", "25% reported, 25 points behind the 50% expected by now."),
        (10, "red", "10% reported, 40 points behind the 50% expected by now."),
        (None, "none", "No progress has been reported yet; 50% is expected by now."),
    ],
)
def test_the_progress_light(percent: float | None, colour: str, sentence: str) -> None:
    with translation.override("en"):
        found = progress_light(percent, 50)
        assert (found.colour, str(found.reason)) == (colour, sentence)
