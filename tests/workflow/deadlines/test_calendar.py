"""Working days against a slow oracle and against the notices of 2024 to 2026."""

import datetime as dt

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import ChineseCalendar, add_working_days, end_of_day, next_working_day, official_calendar, working_days_between

ONE = dt.timedelta(days=1)
CALENDAR = official_calendar()
ANNOUNCED = st.dates(dt.date(2004, 1, 1), dt.date(2026, 12, 31))
ANY = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def slow_working_days_between(start: dt.date, end: dt.date, calendar: ChineseCalendar) -> int:
    if end < start:
        return -slow_working_days_between(end, start, calendar)
    return sum(calendar.is_working(start + ONE * i) for i in range(1, (end - start).days + 1))


def slow_add(day: dt.date, count: int, calendar: ChineseCalendar) -> dt.date:
    step = ONE if count > 0 else -ONE
    while count:
        day += step
        if calendar.is_working(day):
            count -= 1 if count > 0 else -1
    return day


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2024-02-04", True),  # Sunday made up for Spring Festival
        ("2024-02-09", True),  # New Year's Eve was not a holiday that year
        ("2024-02-10", False),
        ("2024-02-16", False),
        ("2024-02-18", True),
        ("2024-04-07", True),
        ("2024-05-01", False),
        ("2024-09-29", True),
        ("2024-10-07", False),
        ("2024-10-12", True),
        ("2025-01-01", False),
        ("2025-01-26", True),
        ("2025-01-28", False),  # New Year's Eve is one from 2025
        ("2025-02-04", False),
        ("2025-02-08", True),
        ("2025-05-05", False),
        ("2025-05-06", True),
        ("2025-09-28", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
    ],
)
def test_days_of_the_notices(day: str, working: bool) -> None:
    assert CALENDAR.is_working(dt.date.fromisoformat(day)) is working


@pytest.mark.row("E5")
def test_every_announced_day_agrees_with_the_package() -> None:
    day, swept = dt.date(2004, 1, 1), 0
    while day <= dt.date(2026, 12, 31):
        assert CALENDAR.is_working(day) is chinese_calendar.is_workday(day), day
        day, swept = day + ONE, swept + 1
    assert swept == 8401


@pytest.mark.row("E5")
def test_every_announced_day_agrees_with_a_second_package_but_one() -> None:
    other = holidays.country_holidays("CN", years=range(2004, 2027))
    days = [dt.date(2004, 1, 1) + ONE * number for number in range(8401)]
    apart = [day for day in days if CALENDAR.is_working(day) is not other.is_working_day(day)]
    assert apart == [dt.date(2005, 12, 31)], "a Saturday worked for the New Year of 2006, ordered by the notice of the next year"


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2025-09-30", 1, "2025-10-09"),  # over National Day and Mid-Autumn
        ("2025-09-30", 3, "2025-10-11"),  # the Saturday is made up
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-24", -1, "2026-02-14"),
        ("2025-10-05", -1, "2025-09-30"),
        ("2024-02-17", 0, "2024-02-18"),
        ("2024-02-19", 0, "2024-02-19"),
    ],
)
def test_adding_working_days_over_the_holidays(start: str, count: int, expected: str) -> None:
    assert add_working_days(dt.date.fromisoformat(start), count, CALENDAR) == dt.date.fromisoformat(expected)


@given(ANNOUNCED, ANNOUNCED)
def test_counting_agrees_with_the_slow_oracle(start: dt.date, end: dt.date) -> None:
    assert working_days_between(start, end, CALENDAR) == slow_working_days_between(start, end, CALENDAR)


@given(ANY, st.integers(-300, 300).filter(bool))
def test_adding_agrees_with_the_slow_oracle(day: dt.date, count: int) -> None:
    assert add_working_days(day, count, CALENDAR) == slow_add(day, count, CALENDAR)


@given(ANY, st.integers(1, 2000))
def test_counting_undoes_adding(day: dt.date, count: int) -> None:
    assert working_days_between(day, add_working_days(day, count, CALENDAR), CALENDAR) == count


@given(st.dictionaries(st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31)), st.booleans(), max_size=60), ANY, st.integers(-80, 80))
def test_overrides_are_counted_like_announced_days(overrides: dict[dt.date, bool], day: dt.date, count: int) -> None:
    calendar = ChineseCalendar(overrides)
    for special, working in overrides.items():
        assert calendar.is_working(special) is working
    if count:
        assert add_working_days(day, count, calendar) == slow_add(day, count, calendar)
    else:
        assert next_working_day(day, calendar) == add_working_days(day - ONE, 1, calendar)


def test_a_whole_year_of_closed_days_is_counted_past() -> None:
    closed = {dt.date(2030, 1, 1) + ONE * i: False for i in range(365)}
    calendar = ChineseCalendar(closed, loaded_years=[2030])
    assert add_working_days(dt.date(2029, 12, 31), 1, calendar) == dt.date(2031, 1, 1)


def test_an_unknown_year_is_monday_to_friday_and_says_so() -> None:
    new_year = dt.date(2027, 1, 1)
    assert CALENDAR.is_working(new_year)
    assert CALENDAR.is_provisional(new_year)
    assert not CALENDAR.is_provisional(dt.date(2026, 12, 31))
    assert CALENDAR.is_provisional(dt.date(2003, 12, 31))


def test_a_loaded_year_is_certain_and_a_single_override_only_for_its_day() -> None:
    new_year = dt.date(2027, 1, 1)
    loaded = ChineseCalendar({new_year: False}, loaded_years=[2027])
    assert not loaded.is_working(new_year)
    assert not loaded.is_provisional(dt.date(2027, 6, 1))
    single = ChineseCalendar({new_year: False})
    assert not single.is_provisional(new_year)
    assert single.is_provisional(dt.date(2027, 6, 1))


def test_a_day_ends_where_the_next_begins_in_shanghai() -> None:
    assert end_of_day(dt.date(2026, 12, 31)) == dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)
    assert end_of_day(dt.date(1988, 7, 1)) == dt.datetime(1988, 7, 1, 15, 0, tzinfo=dt.UTC)  # summer time then


def test_beyond_the_calendar_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        add_working_days(dt.date(9999, 12, 30), 10, CALENDAR)
    with pytest.raises(OverflowError):
        add_working_days(dt.date(1, 1, 2), -10, CALENDAR)
