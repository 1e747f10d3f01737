"""Reporting periods: weekly, half-monthly, monthly, quarterly, half-yearly, yearly."""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

_MID_MONTH = 15


class PeriodKind(TextChoices):
    """How often an assignment owes a report."""

    WEEKLY = "weekly", _("Weekly")
    HALF_MONTHLY = "half_monthly", _("Half-monthly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    HALF_YEARLY = "half_yearly", _("Half-yearly")
    YEARLY = "yearly", _("Yearly")


_MONTHS = {PeriodKind.MONTHLY: 1, PeriodKind.QUARTERLY: 3, PeriodKind.HALF_YEARLY: 6, PeriodKind.YEARLY: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period, both days included; weeks run from Monday to Sunday."""

    starts_on: dt.date
    ends_on: dt.date
    kind: PeriodKind

    @property
    def label(self) -> str:
        """Return how people call it: 2026年第3季度, 2026年11月上半月."""
        start = self.starts_on
        year, month = start.year, start.month
        first = start.day == 1 if self.kind == PeriodKind.HALF_MONTHLY else month == 1
        if self.kind == PeriodKind.WEEKLY:
            year, week, _weekday = start.isocalendar()
            return str(_LABELS[self.kind, True]) % {"week": week, "year": year}
        return str(_LABELS[self.kind, first or self.kind in _WHOLE]) % {"year": year, "month": month, "quarter": (month + 2) // 3}


_WHOLE = {PeriodKind.MONTHLY, PeriodKind.QUARTERLY, PeriodKind.YEARLY}
_LABELS = {
    (PeriodKind.WEEKLY, True): _("week %(week)d of %(year)d"),
    (PeriodKind.HALF_MONTHLY, True): _("first half of %(year)d/%(month)d"),
    (PeriodKind.HALF_MONTHLY, False): _("second half of %(year)d/%(month)d"),
    (PeriodKind.MONTHLY, True): _("%(year)d/%(month)d"),
    (PeriodKind.QUARTERLY, True): _("quarter %(quarter)d of %(year)d"),
    (PeriodKind.HALF_YEARLY, True): _("first half of %(year)d"),
    (PeriodKind.HALF_YEARLY, False): _("second half of %(year)d"),
    (PeriodKind.YEARLY, True): _("year %(year)d"),
}


def _last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, gregorian.monthrange(year, month)[1])


def period_of(kind: PeriodKind, day: dt.date) -> Period:
    """Return the period of a kind that contains a day."""
    if kind == PeriodKind.WEEKLY:
        monday = day - dt.timedelta(days=day.weekday())
        return Period(monday, monday + dt.timedelta(days=6), kind)
    if kind == PeriodKind.HALF_MONTHLY:
        if day.day <= _MID_MONTH:
            return Period(day.replace(day=1), day.replace(day=_MID_MONTH), kind)
        return Period(day.replace(day=_MID_MONTH + 1), _last_of_month(day.year, day.month), kind)
    months = _MONTHS[kind]
    first = (day.month - 1) // months * months + 1
    return Period(dt.date(day.year, first, 1), _last_of_month(day.year, first + months - 1), kind)


def last_day_of_period(kind: PeriodKind, day: dt.date) -> dt.date:
    """Return the last day of the period of a kind that contains a day."""
    return period_of(kind, day).ends_on


def periods(kind: PeriodKind, start: dt.date, until: dt.date) -> Iterator[Period]:
    """Yield, in order, every period that shares a day with `start`..`until`, both included.

    The first and the last may reach beyond; whoever wants only finished ones compares `ends_on` with `until`.
    """
    while start <= until:
        period = period_of(kind, start)
        yield period
        if period.ends_on == dt.date.max:
            return
        start = period.ends_on + dt.timedelta(days=1)
