"""Time: working days, reporting periods, stopped clocks and lights. Pure functions; whatever needs the day takes it."""

from workflow.deadlines.calendar import (
    ChineseCalendar,
    WorkCalendar,
    add_working_days,
    end_of_day,
    next_working_day,
    official_calendar,
    working_days_between,
)
from workflow.deadlines.clocks import Stop, shift_for_stops, stopped_days
from workflow.deadlines.lights import (
    DEFAULT_THRESHOLDS,
    Bounds,
    Colour,
    Light,
    Reason,
    Threshold,
    check_thresholds,
    expected_percent,
    light_bounds,
    progress_light,
    threshold_for,
    time_light,
)
from workflow.deadlines.periods import Period, PeriodKind, last_day_of_period, period_of, periods

__all__ = [
    "DEFAULT_THRESHOLDS",
    "Bounds",
    "ChineseCalendar",
    "Colour",
    "Light",
    "Period",
    "PeriodKind",
    "Reason",
    "Stop",
    "Threshold",
    "WorkCalendar",
    "add_working_days",
    "check_thresholds",
    "end_of_day",
    "expected_percent",
    "last_day_of_period",
    "light_bounds",
    "next_working_day",
    "official_calendar",
    "period_of",
    "periods",
    "progress_light",
    "shift_for_stops",
    "stopped_days",
    "threshold_for",
    "time_light",
    "working_days_between",
]
