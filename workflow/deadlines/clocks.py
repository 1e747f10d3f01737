"""Stopped clocks: while a hand-back, an extension request or a suspension is pending, no working day is charged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from workflow.deadlines.calendar import WorkCalendar, add_working_days, working_days_between


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """A clock standing still from one day to another (Asia/Shanghai); `resumed_on` is None while it still does.

    The day it stopped is not charged, the day it resumed is: stopped on Monday and resumed on Wednesday gives two working
    days back, stopped and resumed on one day gives none.
    """

    stopped_on: dt.date
    resumed_on: dt.date | None = None


def _merged(stops: Iterable[Stop], today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the spans without overlaps, in order; what still stands is counted up to today."""
    spans: list[tuple[dt.date, dt.date]] = []
    for start, end in sorted((stop.stopped_on, today if stop.resumed_on is None else stop.resumed_on) for stop in stops):
        if end < start:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def _given_back(start: dt.date, end: dt.date, calendar: WorkCalendar) -> int:
    """Return the working days from `start` to the day before `end`."""
    one = dt.timedelta(days=1)
    return working_days_between(start - one, end - one, calendar)


def stopped_days(stops: Iterable[Stop], calendar: WorkCalendar, *, today: dt.date) -> int:
    """Return for how many working days the clock stood still; overlapping stops count once."""
    return sum(_given_back(start, end, calendar) for start, end in _merged(stops, today))


def shift_for_stops(due_on: dt.date, stops: Iterable[Stop], calendar: WorkCalendar, *, today: dt.date) -> dt.date:
    """Return a due date moved later by the working days the clock stood still.

    A stop that began after the date as moved so far changes nothing: lateness is not healed by stopping the clock.

    Args:
        due_on: the date as it was set.
        stops: the stops since it was set.
        calendar: the working days.
        today: the day up to which a stop still pending counts.
    """
    for start, end in _merged(stops, today):
        if start > due_on:
            break
        given_back = _given_back(start, end, calendar)
        if given_back:
            due_on = add_working_days(due_on, given_back, calendar)
    return due_on
