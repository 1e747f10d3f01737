"""Terms that run from an event (印发后10个工作日内, 三年内): how long, and from when."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from chinese_calendar import constants as announced

from measures.importing.numerals import number_from
from measures.importing.partial_date import PartialDate, months_later

_MONTHS = {"年": 12, "季度": 3, "个月": 1, "月": 1}
_WEEKEND = 5  # weekday() of Saturday
_LAST_ANNOUNCED = max(announced.holidays).year
_ISSUED = re.compile(
    r"(?:印发|发布|下发|公布|颁布|出台|实施|施行|成文|发文)(?:之日起|日起|之日|起|之?后)$|^(?:未来|今后|用|从?现在起|即日起)?$"
)
# The event, behind which the number stands.
BEFORE_NUMBER = re.compile(
    r"(?:并且|并|且|应当|应|须|要|于|在|原则上)*(?P<event>[^，。；、：（）\n“”\d]{1,14}(?:之日起|日起|之?后|起)(?:的)?)$"
)


def runs_from_issue(event: str) -> bool:
    """Whether a term is said to run from the document's own issue (印发之日起)."""
    return bool(event and _ISSUED.search(event))


def term_end(event: str, number: str, unit: str, reference: PartialDate | None) -> tuple[date | None, str]:
    """The last day of a term, and why it is doubtful.

    Args:
        event: what it runs from (印发之日起, 会后), "" for the document's own date.
        number: how many units; 半 is half a year.
        unit: 年, 季度, 月, 周, 天, 日 or 工作日.
        reference: date of the document.
    """
    if not _ISSUED.search(event):
        return None, f"起算日“{event}”不明，请填写具体日期"
    if reference is None or reference.year >= date.max.year - 100:
        return None, "不知道成文日期，无法推算"
    exact = reference.month is not None and reference.day is not None
    if unit == "工作日" and not exact:
        return None, "工作日要从确定的日子起算，请填写具体日期"
    why = "从成文日期起算" if exact else "成文日期不全，按其最后一天起算"
    count = number_from(number) or 0
    if unit == "工作日":
        last = working_days_later(reference.last_day(), count)
        return last, why if last.year <= _LAST_ANNOUNCED else "该年的放假安排尚未公布，只按周末推算"
    if unit in _MONTHS:
        return months_later(reference.last_day(), 6 if number == "半" else _MONTHS[unit] * count), why
    return reference.last_day() + timedelta(days=(7 if unit == "周" else 1) * count), why


def working_days_later(day: date, count: int, works: Callable[[date], bool] | None = None) -> date:
    """The working day some working days after a day, by the kept calendar with make-up days; Monday to Friday where it knows nothing."""
    is_working = works or _is_working
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def _is_working(day: date) -> bool:
    return day in announced.workdays or (day.weekday() < _WEEKEND and day not in announced.holidays)
