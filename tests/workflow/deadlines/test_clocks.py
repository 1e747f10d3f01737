"""Stopped clocks give their working days back, once."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import Stop, official_calendar, shift_for_stops, stopped_days, working_days_between

CALENDAR = official_calendar()
TODAY = dt.date(2026, 6, 30)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def shifted(due: str, *stops: Stop) -> str:
    return shift_for_stops(day(due), stops, CALENDAR, today=TODAY).isoformat()


def test_a_stop_over_three_working_days_moves_the_date_by_three() -> None:
    stop = Stop(day("2026-03-02"), day("2026-03-05"))  # Monday to Thursday
    assert shifted("2026-03-20", stop) == "2026-03-25"
    assert stopped_days([stop], CALENDAR, today=TODAY) == 3


def test_a_stop_over_a_holiday_gives_only_its_working_days_back() -> None:
    stop = Stop(day("2026-04-30"), day("2026-05-06"))  # 30 April works, 1 to 5 May do not
    assert stopped_days([stop], CALENDAR, today=TODAY) == 1
    assert shifted("2026-05-08", stop) == "2026-05-09"  # a Saturday that is made up


def test_stopped_and_resumed_on_one_day_changes_nothing() -> None:
    assert shifted("2026-03-20", Stop(day("2026-03-02"), day("2026-03-02"))) == "2026-03-20"


def test_overlapping_stops_count_once() -> None:
    hand_back = Stop(day("2026-03-02"), day("2026-03-05"))
    suspension = Stop(day("2026-03-03"), day("2026-03-06"))
    assert stopped_days([hand_back, suspension], CALENDAR, today=TODAY) == 4
    assert shifted("2026-03-20", suspension, hand_back) == "2026-03-26"


def test_a_pending_stop_counts_up_to_today() -> None:
    pending = Stop(day("2026-06-24"))
    assert stopped_days([pending], CALENDAR, today=TODAY) == 4
    assert shifted("2026-06-26", pending) == "2026-07-02"


def test_a_stop_after_the_due_date_heals_nothing() -> None:
    assert shifted("2026-03-20", Stop(day("2026-03-23"), day("2026-04-23"))) == "2026-03-20"


def test_a_stop_that_began_before_the_date_as_moved_counts() -> None:
    first, second = Stop(day("2026-03-19"), day("2026-03-23")), Stop(day("2026-03-24"), day("2026-03-25"))
    assert shifted("2026-03-20", first, second) == "2026-03-25"


def test_a_stop_that_ends_before_it_begins_counts_nothing() -> None:
    assert stopped_days([Stop(day("2026-03-20"), day("2026-03-02"))], CALENDAR, today=TODAY) == 0


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 30))
STOPS = st.lists(st.tuples(DAYS, DAYS).map(lambda pair: Stop(min(pair), max(pair))), max_size=6)


@given(STOPS)
def test_the_days_given_back_are_the_days_inside_any_stop(stops: list[Stop]) -> None:
    inside = {
        stop.stopped_on + dt.timedelta(days=i)
        for stop in stops
        if stop.resumed_on is not None
        for i in range((stop.resumed_on - stop.stopped_on).days)
    }
    assert stopped_days(stops, CALENDAR, today=TODAY) == sum(CALENDAR.is_working(each) for each in inside)


@given(DAYS, STOPS)
def test_a_date_never_moves_earlier_nor_further_than_the_sum_of_stops(due: dt.date, stops: list[Stop]) -> None:
    moved = shift_for_stops(due, stops, CALENDAR, today=TODAY)
    assert moved >= due
    assert working_days_between(due, moved, CALENDAR) <= stopped_days(stops, CALENDAR, today=TODAY)
