"""Reporting periods tile the calendar."""

import datetime as dt
import itertools

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import PeriodKind, last_day_of_period, period_of, periods

ONE = dt.timedelta(days=1)
KINDS = st.sampled_from(list(PeriodKind))
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "last"),
    [
        (PeriodKind.WEEKLY, "2026-12-31", "2027-01-03"),  # ISO week 53
        (PeriodKind.HALF_MONTHLY, "2024-02-15", "2024-02-15"),
        (PeriodKind.HALF_MONTHLY, "2024-02-16", "2024-02-29"),
        (PeriodKind.MONTHLY, "2100-02-01", "2100-02-28"),  # not a leap year
        (PeriodKind.MONTHLY, "2024-02-01", "2024-02-29"),
        (PeriodKind.QUARTERLY, "2026-11-22", "2026-12-31"),
        (PeriodKind.QUARTERLY, "2026-04-01", "2026-06-30"),
        (PeriodKind.HALF_YEARLY, "2026-06-30", "2026-06-30"),
        (PeriodKind.HALF_YEARLY, "2026-07-01", "2026-12-31"),
        (PeriodKind.YEARLY, "2026-02-03", "2026-12-31"),
    ],
)
def test_last_days(kind: PeriodKind, day: str, last: str) -> None:
    assert last_day_of_period(kind, dt.date.fromisoformat(day)) == dt.date.fromisoformat(last)


@given(KINDS, DAYS, st.integers(0, 800))
def test_periods_cover_a_span_without_gap_or_overlap(kind: PeriodKind, start: dt.date, length: int) -> None:
    until = start + ONE * length
    found = list(periods(kind, start, until))
    assert found[0].starts_on <= start <= found[0].ends_on
    assert found[-1].starts_on <= until <= found[-1].ends_on
    assert all(after.starts_on == before.ends_on + ONE for before, after in itertools.pairwise(found))


@given(KINDS, DAYS)
def test_every_day_of_a_period_finds_it(kind: PeriodKind, day: dt.date) -> None:
    period = period_of(kind, day)
    assert period_of(kind, period.starts_on) == period == period_of(kind, period.ends_on)
    assert period_of(kind, period.ends_on + ONE) != period


def test_no_period_before_its_start_and_none_at_the_end_of_time_repeats() -> None:
    assert list(periods(PeriodKind.MONTHLY, dt.date(2026, 2, 2), dt.date(2026, 2, 1))) == []
    assert len(list(periods(PeriodKind.YEARLY, dt.date(9999, 1, 1), dt.date(9999, 12, 31)))) == 1


@pytest.mark.parametrize("kind", list(PeriodKind))
def test_labels_of_a_year_differ(kind: PeriodKind) -> None:
    with translation.override("en"):
        labels = [period.label for period in periods(kind, dt.date(2026, 1, 1), dt.date(2026, 12, 31))]
    assert len(set(labels)) == len(labels)
    assert all("2026" in label for label in labels)
