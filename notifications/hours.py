"""When notices may go out: never at night, at weekends or on holidays. The in-app inbox knows no hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

_SATURDAY = 5
_LONGEST_REST = 30  # days


def _monday_to_friday(day: dt.date) -> bool:
    return day.weekday() < _SATURDAY


IsWorking = Callable[[dt.date], bool]


class _Calendar:
    load: Callable[[], IsWorking] = staticmethod(lambda: _monday_to_friday)


def use_calendar(load: Callable[[], IsWorking]) -> None:
    """Say how to learn which days are working days, asked afresh for each decision; until somebody does, Monday to Friday are."""
    _Calendar.load = staticmethod(load)


def _hours() -> tuple[dt.time, dt.time]:
    """Return when sending begins and ends; `DUBAN_SENDING_HOURS` "08:00-20:00", "24:00" being the end of the day."""
    begin, end = settings.DUBAN_SENDING_HOURS.split("-")
    return dt.time.fromisoformat(begin), dt.time.max if end == "24:00" else dt.time.fromisoformat(end)


def _days() -> IsWorking:
    return (lambda _day: True) if settings.DUBAN_SEND_ON_REST_DAYS else _Calendar.load()


def may_send(now: dt.datetime) -> bool:
    """Tell whether notices may go out at a moment."""
    local = timezone.localtime(now)
    begin, end = _hours()
    return begin <= local.time() < end and _days()(local.date())


def next_sending(now: dt.datetime) -> dt.datetime:
    """Return the first moment from `now` on at which notices may go out."""
    local = timezone.localtime(now)
    (begin, end), is_open = _hours(), _days()
    if begin <= local.time() < end and is_open(local.date()):
        return now
    day = local.date() if local.time() < begin else local.date() + dt.timedelta(days=1)
    for _ in range(_LONGEST_REST):
        if is_open(day):
            break
        day += dt.timedelta(days=1)
    return _first_at(day, begin, now)


def _first_at(day: dt.date, begin: dt.time, now: dt.datetime) -> dt.datetime:
    """Return the first moment after `now` of a day at or after a local time, where clocks may skip or repeat that time."""
    zone = timezone.get_current_timezone()
    first = dt.datetime.combine(day, begin, tzinfo=zone).astimezone(dt.UTC)
    if first <= now:
        first = dt.datetime.combine(day, begin, tzinfo=zone).replace(fold=1).astimezone(dt.UTC)
    shown = first.astimezone(zone)
    if shown.date() == day and shown.time() != begin:  # the clocks skip it: the day goes on where they have leapt to
        low, high = first - dt.timedelta(hours=3), first
        while high - low > dt.timedelta(seconds=1):
            middle = low + (high - low) / 2
            reached = middle.astimezone(zone)
            low, high = (low, middle) if reached.date() == day and reached.time() >= begin else (middle, high)
        first = high.replace(microsecond=0)
    return first.astimezone(zone)
