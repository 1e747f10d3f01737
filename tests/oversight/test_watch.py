"""A silent scheduler is told by the web: into the administrators' inboxes and by mail, once for each outage."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from agencies.models import Office, User
from notifications import health
from notifications.models import InboxItem
from oversight.watch import look
from tests.factories.directory import NOW, make_person

pytestmark = pytest.mark.django_db
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)
LONG_AGO = NOW - 10 * HOUR


@pytest.fixture
def administrator() -> User:
    person = make_person(office=Office.SYSTEM)
    person.email = "keeper@example.test"
    person.save()
    return person


def test_a_silence_is_told_once_by_inbox_and_mail(administrator: User, settings: Any) -> None:
    settings.DUBAN_ALARM_TO = ["duty@example.test"]
    make_person()
    health.beat("scheduler", NOW)
    assert not look(NOW + 40 * SECOND, since=LONG_AGO)
    assert look(NOW + 46 * SECOND, since=LONG_AGO)
    assert not look(NOW + 61 * SECOND, since=LONG_AGO)
    told = InboxItem.objects.get()
    assert (told.recipient, "10:00:00" in told.subject) == (administrator, True)
    assert [message.to for message in mail.outbox] == [["duty@example.test"], ["keeper@example.test"]]
    assert "定时调度" in mail.outbox[0].subject


def test_the_next_outage_is_told_again_and_a_long_one_every_six_hours(administrator: User) -> None:
    health.beat("scheduler", NOW)
    assert look(NOW + 60 * SECOND, since=LONG_AGO)
    assert not look(NOW + 5 * HOUR, since=LONG_AGO)
    assert look(NOW + 7 * HOUR, since=LONG_AGO)
    health.beat("scheduler", NOW + 8 * HOUR)
    assert not look(NOW + 8 * HOUR + 30 * SECOND, since=LONG_AGO)
    assert look(NOW + 8 * HOUR + 60 * SECOND, since=LONG_AGO)
    assert InboxItem.objects.filter(recipient=administrator).count() == 3


def test_silence_from_before_the_web_was_started_does_not_count() -> None:
    health.beat("scheduler", NOW - HOUR)
    assert not look(NOW + 30 * SECOND, since=NOW)
    assert look(NOW + 46 * SECOND, since=NOW)


def test_a_scheduler_that_never_lived_is_told_too() -> None:
    assert not look(NOW + 40 * SECOND, since=NOW)
    assert look(NOW + 46 * SECOND, since=NOW)


def test_a_mail_server_that_is_away_keeps_nobody_from_the_inbox(administrator: User, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    health.beat("scheduler", NOW)
    assert look(NOW + HOUR, since=LONG_AGO)
    assert InboxItem.objects.get().recipient == administrator
