"""Working days of the Chinese calendar with 调休 make-up days.

The days come from the kept package `chinesecalendar` (the State Council's yearly notices, from 2004), corrected by
`overrides` from the database. A year nobody has announced yet falls back to Monday-Friday and is *provisional*: pages say so.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from chinese_calendar import constants as announced

SHANGHAI = ZoneInfo("Asia/Shanghai")
_WEEKEND = 5  # weekday() of Saturday
MOST_REMEMBERED = 20_000
"""Days whose count a calendar remembers at most: more than plans speak of, and few enough to be kept as long as the process lives."""


class WorkCalendar(Protocol):
    """What the arithmetic needs to know of a calendar."""

    def is_working(self, day: dt.date) -> bool:
        """Tell whether offices work on the day."""

    def is_provisional(self, day: dt.date) -> bool:
        """Tell whether the year of the day is not announced yet, so that the answer is only Monday-Friday."""

    def count_through(self, day: dt.date) -> int:
        """Return the number of working days from the calendar's beginning up to and including the day."""

    def nth(self, count: int) -> dt.date:
        """Return the working day of which `count_through` is `count`."""


@cache
def _announced_exceptions() -> Mapping[dt.date, bool]:
    """Return the announced days that differ from Monday-Friday: holidays on weekdays, make-up days on weekends."""
    closed = dict.fromkeys(announced.holidays, False)
    return closed | dict.fromkeys(announced.workdays, True)


@cache
def announced_years() -> frozenset[int]:
    """Return the years whose notice the kept package contains."""
    return frozenset(day.year for day in announced.holidays)


def _weekdays_through(ordinal: int) -> int:
    """Return the number of Mondays to Fridays up to an ordinal; ordinal 1, 0001-01-01, is a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


class ChineseCalendar:
    """The calendar in force: announced years, corrected by overrides.

    Counting costs a bisection over the few days that differ from Monday-Friday, remembered by day: a sweep over a million
    tasks meets some thousand different days.

    Args:
        overrides: days whose announced answer is replaced, True for a working day.
        loaded_years: years whose notice was entered completely through `overrides`; they are no longer provisional.
    """

    def __init__(self, overrides: Mapping[dt.date, bool] | None = None, loaded_years: Iterable[int] = ()) -> None:
        self._days = dict(_announced_exceptions()) | dict(overrides or {})
        self._known = announced_years() | frozenset(loaded_years)
        self._ordinals: list[int] = []
        self._shift: list[int] = [0]
        for day, working in sorted(self._days.items()):
            ordinary = day.weekday() < _WEEKEND
            if working != ordinary:
                self._ordinals.append(day.toordinal())
                self._shift.append(self._shift[-1] + (1 if working else -1))
        self._counts: dict[dt.date, int] = {}

    def is_working(self, day: dt.date) -> bool:
        """Tell whether offices work on the day."""
        special = self._days.get(day)
        return day.weekday() < _WEEKEND if special is None else special

    def is_provisional(self, day: dt.date) -> bool:
        """Tell whether the year of the day is not announced yet; a day overridden by itself is certain."""
        return day.year not in self._known and day not in self._days

    def count_through(self, day: dt.date) -> int:
        """Return the number of working days from 0001-01-01 up to and including the day."""
        count = self._counts.get(day)
        if count is None:
            ordinal = day.toordinal()
            count = _weekdays_through(ordinal) + self._shift[bisect.bisect_right(self._ordinals, ordinal)]
            if len(self._counts) < MOST_REMEMBERED:
                self._counts[day] = count
        return count

    def nth(self, count: int) -> dt.date:
        """Return the working day of which `count_through` is `count`.

        Raises:
            OverflowError: there is no such day in the years 1 to 9999.
        """
        guess, margin = count // 5 * 7, 2 * len(self._ordinals) + 14  # each special day moves the answer by at most two days
        low, high = max(1, guess - margin), min(dt.date.max.toordinal(), guess + margin)
        if count < 1 or low > high or self.count_through(dt.date.fromordinal(high)) < count:
            raise OverflowError("There is no such working day in the calendar.")
        found = bisect.bisect_left(range(low, high), count, key=lambda ordinal: self.count_through(dt.date.fromordinal(ordinal)))
        return dt.date.fromordinal(low + found)


@cache
def official_calendar() -> ChineseCalendar:
    """Return the calendar as announced, without overrides."""
    return ChineseCalendar()


def add_working_days(day: dt.date, count: int, calendar: WorkCalendar) -> dt.date:
    """Return the `count`-th working day after a day (before it when negative); the day itself is not counted.

    With 0 the day itself when it is a working day, else the next one.
    """
    if count > 0:
        return calendar.nth(calendar.count_through(day) + count)
    if count == 0:
        return next_working_day(day, calendar)
    through = calendar.count_through(day)
    return calendar.nth(through + count + (0 if calendar.is_working(day) else 1))


def next_working_day(day: dt.date, calendar: WorkCalendar) -> dt.date:
    """Return the day itself when it is a working day, else the first one after it."""
    return day if calendar.is_working(day) else calendar.nth(calendar.count_through(day) + 1)


def working_days_between(start: dt.date, end: dt.date, calendar: WorkCalendar) -> int:
    """Return how many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
    return calendar.count_through(end) - calendar.count_through(start)


def end_of_day(day: dt.date) -> dt.datetime:
    """Return the moment at which a day ends in Asia/Shanghai: 24:00, the first moment that no longer belongs to it.

    Something due on the day is on time while `now < end_of_day(due_on)`.
    """
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)
