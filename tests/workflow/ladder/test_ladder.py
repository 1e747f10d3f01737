"""Which rungs fire, once, and at the right level after an outage."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import add_working_days, end_of_day, official_calendar, working_days_between
from workflow.ladder import (
    DEFAULT_LADDER,
    Audience,
    Firing,
    OpenReport,
    Paper,
    Rung,
    Subject,
    Trigger,
    check_ladder,
    ladder_from_data,
    ladder_to_data,
    next_rung_on,
    preview,
    rungs_due,
)
from workflow.ladder.rungs import SHAMING

CALENDAR = official_calendar()
DUE = dt.date(2026, 6, 10)  # a Wednesday
SUBJECT = Subject("assignment:1", due_on=DUE, dispatched_on=dt.date(2026, 5, 11), signed=True, total_working_days=22)


def on(day: dt.date) -> dt.datetime:
    return end_of_day(day) - dt.timedelta(hours=10)


def due(subject: Subject, day: dt.date, fired: set[str] | None = None) -> list[Firing]:
    return rungs_due(subject, now=on(day), calendar=CALENDAR, rungs=DEFAULT_LADDER, fired=fired or set())


def told(subject: Subject, day: dt.date, fired: set[str] | None = None) -> list[str]:
    return [firing.rung.code for firing in due(subject, day, fired) if not firing.skipped]


def run_daily(subject: Subject, start: dt.date, days: int) -> dict[str, str]:
    fired: set[str] = set()
    story: dict[str, str] = {}
    for i in range(days):
        day = start + dt.timedelta(days=i)
        for firing in due(subject, day, fired):
            fired.add(firing.key)
            if not firing.skipped:
                story[firing.rung.code] = day.isoformat()
    return story


def test_the_default_ladder_day_by_day() -> None:
    assert run_daily(SUBJECT, dt.date(2026, 5, 20), 60) == {
        "due_soon": "2026-06-03",  # five working days before
        "warning": "2026-06-08",  # two
        "overdue": "2026-06-11",  # the working day after
        "bulletin": "2026-06-17",
        "leadership": "2026-06-25",  # 19 June is a holiday
    }


def test_a_rung_fires_once() -> None:
    first = due(SUBJECT, dt.date(2026, 6, 11), {"assignment:1|due_soon|v1", "assignment:1|warning|v1"})
    assert [firing.key for firing in first] == ["assignment:1|overdue|v1"]
    assert due(SUBJECT, dt.date(2026, 6, 11), {first[0].key}) == []
    assert due(SUBJECT, dt.date(2026, 6, 16), {first[0].key}) == []


def test_after_an_outage_only_the_highest_rung_is_told_and_the_lower_ones_are_passed() -> None:
    found = due(SUBJECT, dt.date(2026, 6, 18), {"assignment:1|due_soon|v1"})
    assert [(firing.rung.code, firing.skipped) for firing in found] == [("warning", True), ("overdue", True), ("bulletin", False)]
    assert due(SUBJECT, dt.date(2026, 6, 18), {firing.key for firing in found}) == []


def test_a_rung_below_one_already_told_never_fires() -> None:
    assert due(SUBJECT, dt.date(2026, 6, 12), {"assignment:1|overdue|v1"}) == []


def test_nothing_fires_on_a_day_off() -> None:
    assert due(SUBJECT, dt.date(2026, 6, 20)) == []  # a Saturday after the due date
    assert due(SUBJECT, dt.date(2026, 6, 19)) == []  # Dragon Boat Festival
    assert told(replace(SUBJECT, due_on=dt.date(2026, 5, 8)), dt.date(2026, 5, 9)) == ["overdue"]  # a Saturday that is made up


def test_a_moved_due_date_arms_the_ladder_anew_under_another_key() -> None:
    moved = replace(SUBJECT, due_on=dt.date(2026, 6, 30), due_version=2)
    fired = {"assignment:1|overdue|v1", "assignment:1|warning|v1", "assignment:1|due_soon|v1"}
    assert due(moved, dt.date(2026, 6, 12), fired) == []
    assert [firing.key for firing in due(moved, dt.date(2026, 6, 23), fired)] == ["assignment:1|due_soon|v2"]


@pytest.mark.parametrize("stopped", [{"finished": True}, {"paused": True}, {"due_on": None}])
def test_finished_paused_or_undated_fires_nothing(stopped: dict[str, Any]) -> None:
    assert due(replace(SUBJECT, **stopped), dt.date(2026, 6, 18)) == []


def test_not_signed_for_is_told_after_three_and_five_working_days() -> None:
    subject = Subject("assignment:2", dispatched_on=dt.date(2026, 4, 29))  # Wednesday before Labour Day
    assert run_daily(subject, dt.date(2026, 4, 29), 30) == {"unsigned": "2026-05-07", "unsigned_long": "2026-05-09"}
    assert run_daily(replace(subject, signed=True), dt.date(2026, 4, 29), 30) == {}


def test_each_missed_report_has_its_own_course() -> None:
    reports = (OpenReport("report:7", dt.date(2026, 6, 1)), OpenReport("report:8", dt.date(2026, 6, 2)))
    subject = Subject("assignment:3", signed=True, open_reports=reports)
    found = due(subject, dt.date(2026, 6, 3))
    assert {firing.key for firing in found} == {
        "assignment:3|report:7|report_missed|2026-06-01",
        "assignment:3|report:8|report_missed|2026-06-02",
    }


def test_standstill_is_told_after_twenty_working_days_and_again_after_the_next_movement() -> None:
    subject = Subject("assignment:4", signed=True, last_movement_on=dt.date(2026, 5, 6))
    day = add_working_days(dt.date(2026, 5, 6), 20, CALENDAR)
    first = due(subject, day)
    assert [firing.rung.code for firing in first] == ["standstill"]
    assert told(subject, day - dt.timedelta(days=1)) == []
    moved = replace(subject, last_movement_on=day)
    assert told(moved, add_working_days(day, 20, CALENDAR), {first[0].key}) == ["standstill"]


def test_each_audience_has_its_own_key() -> None:
    firing = due(SUBJECT, dt.date(2026, 6, 3))[0]
    assert firing.keys == {Audience.OFFICER: "assignment:1|due_soon|v1|officer"}


def test_a_rung_that_shames_only_drafts() -> None:
    assert {rung.code for rung in DEFAULT_LADDER if rung.paper in SHAMING} == {"bulletin"}
    assert next(rung for rung in DEFAULT_LADDER if rung.code == "overdue").paper == Paper.URGE


def test_the_ladder_survives_the_database() -> None:
    assert ladder_from_data(ladder_to_data(DEFAULT_LADDER)) == DEFAULT_LADDER
    assert check_ladder(DEFAULT_LADDER) == []


def test_a_wrong_ladder_is_explained() -> None:
    wrong = [
        Rung("a", Trigger.DUE, ()),
        Rung("a", Trigger.UNSIGNED, (Audience.OFFICER,), days=-1),
        Rung("b", Trigger.REPORT, (Audience.OFFICER,), threshold="purple"),
    ]
    assert len(check_ladder(wrong)) == 5


def test_the_preview_tells_what_would_happen_if_nobody_acts() -> None:
    late = Subject("assignment:9", due_on=dt.date(2026, 5, 29), signed=True, total_working_days=22)
    planned = preview([SUBJECT, late], start=dt.date(2026, 6, 6), calendar=CALENDAR, rungs=DEFAULT_LADDER, days=19)
    assert [(plan.on.isoformat(), plan.firing.subject, plan.firing.rung.code) for plan in planned] == [
        ("2026-06-08", "assignment:1", "warning"),
        ("2026-06-08", "assignment:9", "bulletin"),
        ("2026-06-11", "assignment:1", "overdue"),
        ("2026-06-12", "assignment:9", "leadership"),
        ("2026-06-17", "assignment:1", "bulletin"),
        ("2026-06-25", "assignment:1", "leadership"),
    ]


DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 6, 30))


@given(due_on=DAYS, start=DAYS, total=st.integers(1, 150))
def test_the_next_rung_is_the_day_on_which_something_first_fires(due_on: dt.date, start: dt.date, total: int) -> None:
    subject = Subject("t", due_on=due_on, dispatched_on=start, total_working_days=total)
    day = next_rung_on(subject, calendar=CALENDAR, rungs=DEFAULT_LADDER)
    assert day is not None
    assert due(subject, day)
    assert due(subject, day - dt.timedelta(days=1)) == []


@given(due_on=DAYS, gaps=st.lists(st.integers(1, 9), min_size=1, max_size=25))
def test_however_the_sweep_is_interrupted_each_rung_fires_at_most_once_and_the_last_one_is_told(due_on: dt.date, gaps: list[int]) -> None:
    subject = Subject("t", due_on=due_on, signed=True, total_working_days=20)
    fired: set[str] = set()
    codes: list[str] = []
    day = due_on - dt.timedelta(days=12)
    for gap in gaps:
        day = day + dt.timedelta(days=gap)
        for firing in due(subject, day, fired):
            assert firing.key not in fired
            fired.add(firing.key)
            if not firing.skipped:
                codes.append(firing.rung.code)
    order = ["due_soon", "warning", "overdue", "bulletin", "leadership"]
    assert codes == sorted(codes, key=order.index)
    if CALENDAR.is_working(day) and working_days_between(due_on, day, CALENDAR) >= 10:
        assert codes[-1] == "leadership"
