"""E3: daily and hourly rules in zones that change their clocks; each local occurrence once, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from notifications.digests import digest_day
from notifications.hours import may_send, next_sending
from workflow.deadlines import end_of_day

ZONES = {
    "Asia/Shanghai": 1985,  # summer time from 1986 to 1991
    "Europe/Berlin": 2004,
    "America/New_York": 2004,
    "America/St_Johns": 1994,  # changed its clocks a minute after midnight until 2011
    "Asia/Kathmandu": 1985,  # 5:30 until 1986, 5:45 since
    "Pacific/Apia": 2004,  # had no 30 December 2011
}
YEARS = 20
STEP = dt.timedelta(minutes=30)
BEGIN, END, DIGEST = "02:15", "23:30", "02:30"
"""In the very hour that is skipped and repeated in most zones."""


@pytest.fixture(autouse=True)
def _rule(settings: Any) -> None:
    settings.DUBAN_SENDING_HOURS, settings.DUBAN_DIGEST_AT = f"{BEGIN}-{END}", DIGEST
    settings.DUBAN_SEND_ON_REST_DAYS = True


def moments(zone: ZoneInfo, year: int) -> list[dt.datetime]:
    """Return every half hour that elapses over twenty years, as the schedule rings."""
    now, until = dt.datetime(year, 1, 1, tzinfo=dt.UTC), dt.datetime(year + YEARS, 1, 1, tzinfo=dt.UTC)
    return [now + n * STEP for n in range(int((until - now) / STEP))]


@pytest.mark.parametrize(("name", "year"), ZONES.items())
def test_e3_each_local_day_has_one_digest_and_opens_at_its_first_moment(name: str, year: int) -> None:
    zone, deviations = ZoneInfo(name), []
    opens, begin = dt.time.fromisoformat(DIGEST), dt.time.fromisoformat(BEGIN)
    composed: Counter[dt.date] = Counter()
    meant: set[dt.date] = set()
    days: set[dt.date] = set()
    done: set[dt.date] = set()
    asleep: dt.datetime | None = None
    with timezone.override(zone):
        for now in moments(zone, year):
            local = now.astimezone(zone)
            days.add(local.date())
            if opens <= local.time() < dt.time.fromisoformat(END):
                meant.add(local.date())
            day = digest_day(now)
            if day is not None and day not in done:  # the unique row of a person and day
                done.add(day)
                composed[day] += 1
            if may_send(now):
                if asleep is not None and not now - STEP < asleep <= now:
                    deviations.append(f"{now}: it opens at {asleep}")
                asleep = None
            elif asleep is None:
                asleep = next_sending(now).astimezone(dt.UTC)
                if asleep <= now or not may_send(asleep) or may_send(asleep - dt.timedelta(seconds=1)):
                    deviations.append(f"{now}: {asleep} is not the first moment")
    assert composed == Counter(meant)
    assert not deviations
    assert len(days) >= YEARS * 365
    assert begin < opens
    if name == "Pacific/Apia":
        assert dt.date(2011, 12, 30) not in days


def test_e3_the_zones_come_to_forty_thousand_days() -> None:
    assert len(ZONES) * YEARS * 365 >= 40_000


def test_e3_a_day_ends_where_the_next_begins_also_when_shanghai_changed_its_clocks() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    day, second = dt.date(1985, 1, 1), dt.timedelta(seconds=1)
    while day < dt.date(2005, 1, 1):
        end = end_of_day(day).astimezone(dt.UTC)
        assert (end - second).astimezone(zone).date() == day
        assert end.astimezone(zone).date() == day + dt.timedelta(days=1)
        day += dt.timedelta(days=1)


def test_e3_the_schedule_counts_elapsed_seconds_so_no_hour_is_rung_twice_or_left_out() -> None:
    from config.celery import app

    for name, entry in app.conf.beat_schedule.items():
        assert isinstance(entry["schedule"], float), f"{name} hangs on a wall clock"


def test_e3_control_a_plain_combination_of_day_and_time_is_late_where_the_clocks_leap() -> None:
    zone, now = ZoneInfo("Europe/Berlin"), dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC)
    with timezone.override(zone):
        assert next_sending(now) == dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)
    plain = dt.datetime.combine(dt.date(2026, 3, 29), dt.time.fromisoformat(BEGIN), tzinfo=zone)
    assert plain.astimezone(dt.UTC) == dt.datetime(2026, 3, 29, 1, 15, tzinfo=dt.UTC)
