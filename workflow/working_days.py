"""The calendar in force: what the package announces, corrected by the rows of the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from workflow.deadlines import ChineseCalendar
from workflow.models import CalendarDay


def calendar_in_force() -> ChineseCalendar:
    """Return the working days as they stand, in one query."""
    return calendar_of(dict(CalendarDay.objects.values_list("day", "is_working")))


def calendar_of(days: Mapping[dt.date, bool]) -> ChineseCalendar:
    """Return the working days that corrections make.

    The notice of every year begins with its first of January: a year is known once that day is entered, and provisional until then.
    """
    return _made(frozenset(days.items()))


@lru_cache(maxsize=8)
def _made(days: frozenset[tuple[dt.date, bool]]) -> ChineseCalendar:
    """Return the calendar of these very corrections; it is asked for in every request, and nobody changes it once it is made."""
    return ChineseCalendar(overrides=dict(days), loaded_years={day.year for day, _working in days if (day.month, day.day) == (1, 1)})
