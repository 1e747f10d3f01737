"""The diary of the story: what happens on which day, lived through in order."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from itertools import count

from django.utils import timezone

from workflow.deadlines import official_calendar

Happening = Callable[[dt.datetime], object]


class Diary:
    """Collects what happens and lives through it in the order of time; what happens may enter more that happens later."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        self._pages: list[tuple[dt.datetime, int, Happening]] = []
        self._order = count()

    def moment(self, days_ago: int, hour: int, minute: int = 0) -> dt.datetime:
        """Return a moment on that day; on a day off, one in the evening of the last working day before it.

        What comes first in days and hours comes first in moments too, over any run of days off.
        """
        day = self.today - dt.timedelta(days=days_ago)
        rested = 0
        while not official_calendar().is_working(day):
            day -= dt.timedelta(days=1)
            rested += 1
        if not rested:
            return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
        evening = timezone.make_aware(dt.datetime.combine(day, dt.time(18)))
        return evening + dt.timedelta(minutes=20 * rested, seconds=30 * hour + minute / 2)

    def enter(self, days_ago: int, hour: int, happening: Happening, *, minute: int = 0) -> None:
        """Note what happens some days before the day of telling; what would lie ahead happens just now."""
        when = min(self.moment(days_ago, hour, minute), self.now)
        heapq.heappush(self._pages, (when, next(self._order), happening))

    def live_through(self) -> None:
        """Let everything happen, in order."""
        while self._pages:
            when, _order, happening = heapq.heappop(self._pages)
            happening(when)
