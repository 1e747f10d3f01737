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


class _Calendar:
    is_working: Callable[[dt.date], bool] = staticmethod(_monday_to_friday)


def use_calendar(is_working: Callable[[dt.date], bool]) -> None:
    """Say which days are working days; until somebody does, Monday to Friday are."""
    _Calendar.is_working = staticmethod(is_working)


def _hours() -> tuple[dt.time, dt.time]:
    """Return when sending begins and ends; `DUBAN_SENDING_HOURS` "08:00-20:00", "24:00" being the end of the day."""
    begin, end = settings.DUBAN_SENDING_HOURS.split("-")
    return dt.time.fromisoformat(begin), dt.time.max if end == "24:00" else dt.time.fromisoformat(end)


def _may_send_on(day: dt.date) -> bool:
    return settings.DUBAN_SEND_ON_REST_DAYS or _Calendar.is_working(day)


def may_send(now: dt.datetime) -> bool:
    """Tell whether notices may go out at a moment."""
    local = timezone.localtime(now)
    begin, end = _hours()
    return _may_send_on(local.date()) and begin <= local.time() < end


def next_sending(now: dt.datetime) -> dt.datetime:
    """Return the first moment from `now` on at which notices may go out."""
    if may_send(now):
        return now
    local = timezone.localtime(now)
    begin, _end = _hours()
    day = local.date() if local.time() < begin else local.date() + dt.timedelta(days=1)
    for _ in range(_LONGEST_REST):
        if _may_send_on(day):
            break
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, begin, tzinfo=local.tzinfo)
