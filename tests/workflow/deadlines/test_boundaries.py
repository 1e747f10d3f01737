"""Ends of days, weeks, months and years: by the hundred thousand against rules written out slowly, and case by case at midnight."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from bisect import bisect_right
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from workflow.deadlines import (
    Colour,
    PeriodKind,
    add_working_days,
    end_of_day,
    last_day_of_period,
    official_calendar,
    time_light,
    working_days_between,
)

ONE = dt.timedelta(days=1)
CALENDAR = official_calendar()
FIRST, LAST = dt.date(1996, 1, 1), dt.date(2040, 12, 31)

ENDS: dict[PeriodKind, Callable[[dt.date], bool]] = {
    PeriodKind.WEEKLY: lambda day: day.isoweekday() == 7,
    PeriodKind.HALF_MONTHLY: lambda day: day.day == 15 or (day + ONE).day == 1,
    PeriodKind.MONTHLY: lambda day: (day + ONE).day == 1,
    PeriodKind.QUARTERLY: lambda day: (day + ONE).day == 1 and (day + ONE).month in {1, 4, 7, 10},
    PeriodKind.HALF_YEARLY: lambda day: (day + ONE).day == 1 and (day + ONE).month in {1, 7},
    PeriodKind.YEARLY: lambda day: (day + ONE).day == 1 and (day + ONE).month == 1,
}
"""When a period ends: the day after it is another's first."""


@pytest.mark.row("E4")
@pytest.mark.parametrize("dates", [3000, pytest.param(100_000, marks=[pytest.mark.proof, pytest.mark.sqlite])])
def test_e4_no_date_deviates_from_the_written_rule(dates: int) -> None:
    chance = random.Random(20261122)  # noqa: S311
    days = [FIRST + ONE * number for number in range((LAST - FIRST).days + 1)]
    working = [day for day in days if CALENDAR.is_working(day)]
    assert set(ENDS) == set(PeriodKind)
    for _ in range(dates):
        start = chance.choice(days[400:-1200])
        count = chance.randrange(1, 250)
        reached = working[bisect_right(working, start) + count - 1]
        assert add_working_days(start, count, CALENDAR) == reached, (start, count)
        assert working_days_between(start, reached, CALENDAR) == count, (start, reached)
        kind = chance.choice(list(ENDS))
        last = next(day for day in (start + ONE * number for number in itertools.count()) if ENDS[kind](day))
        assert last_day_of_period(kind, start) == last, (kind, start)


DUE = ["2024-02-29", "2025-01-28", "2025-09-28", "2025-10-08", "2025-12-31", "2026-02-14", "2026-02-15", "2026-05-31"]
DUE += ["2026-06-20", "2026-11-20"]
ZONES = ["Asia/Shanghai", "UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"]
AROUND = [dt.timedelta(seconds=-1), dt.timedelta(microseconds=-1), dt.timedelta(0), dt.timedelta(seconds=1)]
CASES = list(itertools.product(DUE, ZONES, AROUND))


@pytest.mark.row("E7")
def test_e7_a_day_ends_at_its_midnight_in_shanghai_whatever_clock_is_asked() -> None:
    assert len(CASES) == 200
    for due, zone, step in CASES:
        day = dt.date.fromisoformat(due)
        moment = (end_of_day(day) + step).astimezone(ZoneInfo(zone))
        light = time_light(day, None, today=timezone.localdate(moment), total_working_days=20, calendar=CALENDAR)
        assert (light.colour == Colour.RED) is (step >= dt.timedelta(0)), (due, zone, step)
