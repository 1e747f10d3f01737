"""The doctor and the probes: every failure is named, and what is well is said to be."""

import datetime as dt
import shutil
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from notifications import health
from notifications.models import ChannelHealth, Message
from notifications.outbox import post
from oversight import checkup
from oversight.checkup import Level, examine, worst
from oversight.models import Tally
from tests.factories.directory import NOW, make_person
from tests.factories.tasks import dispatched_task
from tests.notifications.conftest import notice
from workflow.models import Assignment, CalendarDay, NextRung

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def finding(check: str, now: dt.datetime = NOW) -> checkup.Finding:
    return next(found for found in examine(now) if found.check == check)


@pytest.fixture
def running() -> None:
    health.beat("scheduler", NOW - dt.timedelta(seconds=10))


@pytest.mark.usefixtures("running")
def test_all_is_well() -> None:
    findings = examine(NOW)
    assert {found.check for found in findings} == {
        "database", "clock", "scheduler", "outbox", "delivery", "channels", "wall", "broker", "ladder", "history",
        "counters", "calendar", "disk",
    }  # fmt: skip
    assert {found.check: found.sentence for found in findings if found.level != Level.FINE} == {}


@pytest.mark.usefixtures("running")
def test_a_counter_that_says_something_else_than_a_recount_is_a_failure() -> None:
    dispatched_task()
    assert finding("counters").level == Level.FINE
    Tally.objects.filter(grain="clock").update(n=7)
    assert finding("counters").level == Level.FAILURE
    assert "check_counters --rebuild" in finding("counters").sentence


def test_a_silent_scheduler_is_a_failure_within_a_minute() -> None:
    assert finding("scheduler").level == Level.FAILURE
    health.beat("scheduler", NOW)
    assert finding("scheduler", NOW + dt.timedelta(seconds=40)).level == Level.FINE
    assert finding("scheduler", NOW + dt.timedelta(seconds=46)).level == Level.FAILURE


@pytest.mark.usefixtures("running")
def test_a_sweep_that_fails_again_and_again_is_a_failure_though_the_scheduler_lives() -> None:
    health.beat("sweep", NOW - 10 * MINUTE)
    assert finding("scheduler").level == Level.FINE
    health.beat("sweep", NOW - 12 * MINUTE)
    assert finding("scheduler").level == Level.FAILURE
    assert "09:48" in finding("scheduler").sentence


def test_notices_that_wait_too_long_are_told() -> None:
    person = make_person()
    person.email = "a@example.test"
    person.save()
    post([notice(person)], now=NOW)
    assert finding("outbox", NOW + 4 * MINUTE).level == Level.FINE
    assert finding("outbox", NOW + 6 * MINUTE).level == Level.WARNING
    assert finding("outbox", NOW + 31 * MINUTE).level == Level.FAILURE
    assert finding("outbox", NOW.replace(hour=23)).level == Level.FINE  # nothing goes out at night
    Message.objects.update(state="given_up")
    assert (finding("outbox").level, finding("delivery").level) == (Level.FINE, Level.WARNING)
    assert finding("delivery", NOW + dt.timedelta(days=8)).level == Level.FINE


def test_channels_that_lack_settings_or_rest_are_told(settings: Any) -> None:
    ChannelHealth.objects.create(channel="email", failures=7, rests_until=NOW + MINUTE, answer="timed out")
    assert finding("channels").level == Level.WARNING
    assert "timed out" in finding("channels").sentence
    settings.DUBAN_CHANNELS = ["inbox", "webhook"]
    assert finding("channels").level == Level.FAILURE
    assert "DUBAN_WEBHOOK_URL" in finding("channels").sentence


def test_a_broker_out_of_reach_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    broken = current_app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app, "connection_for_write", lambda: broken, raising=False)
    monkeypatch.setattr(checkup, "current_app", SimpleNamespace(connection_for_write=lambda: broken))
    assert finding("broker").level == Level.FAILURE


def test_a_database_that_does_not_answer_is_all_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise DatabaseError("could not connect")

    monkeypatch.setattr(checkup, "MigrationExecutor", fail)
    (only,) = examine(NOW)
    assert (only.check, only.level) == ("database", Level.FAILURE)
    assert "could not connect" in only.sentence


def test_a_ladder_that_was_not_climbed_is_told() -> None:
    dispatched_task()
    NextRung.objects.bulk_create([NextRung(assignment=part, day=NOW.date() - dt.timedelta(days=2)) for part in Assignment.objects.all()])
    assert finding("ladder").level == Level.WARNING
    assert "2026-03-16" in finding("ladder").sentence


def test_a_damaged_record_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("history").level == Level.FINE
    monkeypatch.setattr(checkup, "verify", lambda model, limit: [f"{model.__name__} 7: does not say what was written"])
    assert finding("history").level == Level.FAILURE


def test_the_coming_years_calendar_is_asked_for_from_november() -> None:
    assert finding("calendar", dt.datetime(2026, 10, 31, 9, tzinfo=dt.UTC)).level == Level.FINE
    november = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    assert finding("calendar", november).level == Level.WARNING
    CalendarDay.objects.create(day=dt.date(2027, 1, 1), is_working=False, notice="国办发明电〔2026〕7号")
    assert finding("calendar", november).level == Level.FINE


@pytest.mark.parametrize(("free", "level"), [(4096, Level.FINE), (1000, Level.WARNING), (100, Level.FAILURE)])
def test_a_disk_that_fills_is_told(monkeypatch: pytest.MonkeyPatch, free: int, level: Level) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free * 1024 * 1024))
    assert finding("disk").level == level


def test_a_host_whose_clock_is_off_is_told_for_pages_go_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("clock").level == Level.FINE
    for seconds, level in ((29, Level.FINE), (31, Level.WARNING), (-90, Level.WARNING)):
        monkeypatch.setattr(checkup, "host_apart", lambda seconds=seconds: dt.timedelta(seconds=seconds))
        assert finding("clock").level == level
    assert "90" in finding("clock").sentence


def test_the_doctor_speaks_and_ends_with_the_worst_level(monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    monkeypatch.setattr("oversight.checkup.database_now", lambda: NOW)
    with pytest.raises(SystemExit) as left:
        call_command("doctor", stdout=said)
    assert left.value.code == 2
    assert "scheduler" in said.getvalue()
    health.beat("scheduler", NOW)
    said = StringIO()
    call_command("doctor", "--quick", stdout=said)
    assert "broker" not in said.getvalue()


def test_the_probe_turns_red_with_the_scheduler_and_names_no_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oversight.checkup.database_now", lambda: NOW)
    response = client.get("/healthz/")
    assert (response.status_code, response.json()["status"], response.json()["checks"]["scheduler"]) == (503, "failure", "failure")
    health.beat("scheduler", NOW)
    response = client.get("/healthz/")
    assert (response.status_code, response.json()["status"]) == (200, "fine")
    assert set(response.json()["checks"].values()) == {"fine"}


def test_metrics_are_for_who_shows_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics/").status_code == 404
    settings.DUBAN_METRICS_TOKEN = "t0ken"
    assert client.get("/metrics/").status_code == 404
    assert client.get("/metrics/", headers={"Authorization": "Bearer t0ken "}).status_code == 404
    response = client.get("/metrics/", headers={"Authorization": "Bearer t0ken"})
    assert response.status_code == 200
    assert 'duban_messages{state="queued"} 0' in response.content.decode()


def test_the_worst_of_nothing_is_fine() -> None:
    assert worst([]) == Level.FINE
