"""The calendar in force: what the package announces, corrected by the rows of the database."""

from __future__ import annotations

from workflow.deadlines import ChineseCalendar
from workflow.models import CalendarDay


def calendar_in_force() -> ChineseCalendar:
    """Return the working days as they stand, in one query."""
    return ChineseCalendar(overrides=dict(CalendarDay.objects.values_list("day", "is_working")))
