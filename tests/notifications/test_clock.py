"""A clock that jumps stops the sending, says so, and lets it go on when it returns or when somebody accepts it (E1, E2)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from agencies.models import Office
from notifications import clock, health
from notifications.models import Heartbeat, InboxItem
from oversight.checkup import Level
from oversight.checkup import clock as check
from tests.factories.directory import NOW, make_person

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


class Ticks:
    """The steady clock of a process, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    ticks = Ticks()
    monkeypatch.setattr(clock, "steady", ticks)
    return ticks


@pytest.mark.parametrize("jump", [60 * MINUTE, -120 * MINUTE, dt.timedelta(days=365), 6 * MINUTE, -6 * MINUTE])
def test_a_jump_stops_the_sending_and_tells_the_keeper_once_until_it_returns(ticks: Ticks, jump: dt.timedelta) -> None:
    keeper = make_person(office=Office.SYSTEM)
    assert clock.is_right(NOW)
    for second in range(1, 4):
        ticks.seconds += 1
        assert not clock.is_right(NOW + jump + dt.timedelta(seconds=second))
    assert InboxItem.objects.filter(recipient=keeper).count() == 1
    assert check(NOW).level == Level.FAILURE
    ticks.seconds += 1
    assert clock.is_right(NOW + dt.timedelta(seconds=4))
    assert check(NOW).level == Level.FINE


def test_small_steps_and_long_rests_are_no_jump(ticks: Ticks) -> None:
    now = NOW
    for step in (1, -1, 240, -240, 86400):
        moved = step if step == 86400 else 0
        ticks.seconds += moved
        now += dt.timedelta(seconds=step)
        assert clock.is_right(now)


def test_a_clock_set_right_for_good_is_accepted_by_hand(ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    later = NOW + dt.timedelta(hours=3)
    assert clock.is_right(NOW)
    assert not clock.is_right(later)
    monkeypatch.setattr("notifications.management.commands.accept_clock.database_now", lambda: later)
    call_command("accept_clock")
    assert clock.is_right(later)
    assert not clock.jumped()


@pytest.mark.parametrize(
    ("last", "host", "is_right"),
    [
        (dt.timedelta(seconds=-20), dt.timedelta(minutes=10), True),  # others have just been at work: the host is wrong, not the database
        (dt.timedelta(seconds=-20), dt.timedelta(minutes=-10), True),
        (dt.timedelta(days=-3), dt.timedelta(0), True),  # everything stood still for three days
        (dt.timedelta(days=-3), dt.timedelta(days=-3), False),  # the clock went forward while nobody looked
        (dt.timedelta(hours=2), dt.timedelta(hours=2), False),  # the clock went back
    ],
)
def test_a_process_that_has_just_started_asks_the_last_sign_of_life_then_its_host(
    ticks: Ticks, monkeypatch: pytest.MonkeyPatch, last: dt.timedelta, host: dt.timedelta, is_right: bool
) -> None:
    health.beat("scheduler", NOW + last)
    monkeypatch.setattr(timezone, "now", lambda: NOW + host)
    assert clock.is_right(NOW) is is_right


def test_a_process_that_starts_in_the_middle_of_a_jump_takes_it_for_one_and_keeps_the_first_alarm(ticks: Ticks) -> None:
    keeper = make_person(office=Office.SYSTEM)
    health.beat("scheduler", NOW)
    assert clock.is_right(NOW)
    ticks.seconds += 1
    later = NOW + dt.timedelta(hours=3)
    with time_machine.travel(later, tick=False):  # the host jumps along with its database
        assert not clock.is_right(later)
        clock._mark.cache_clear()  # as in a child of a worker forked now, and in a service that is started anew
        assert not clock.is_right(later)
        Heartbeat.objects.filter(name__startswith=clock.MARK).delete()  # as on another host
        assert not clock.is_right(later)
    assert InboxItem.objects.filter(recipient=keeper).count() == 1


def test_no_sign_of_life_is_left_while_the_clock_cannot_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    from notifications import tasks

    monkeypatch.setattr(clock, "trusted_now", lambda: None)
    tasks.beat()
    assert not Heartbeat.objects.exists()
    monkeypatch.setattr(clock, "trusted_now", lambda: NOW)
    tasks.beat()
    assert health.last_beat("scheduler") == NOW


def test_a_process_on_postgresql_asks_the_database_for_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    found = clock.database_now()
    assert (found == NOW) is (connection.vendor == "sqlite")
