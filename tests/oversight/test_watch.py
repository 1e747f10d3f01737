"""A silent scheduler is told by the web: into the administrators' inboxes and by mail, once for each outage."""

import datetime as dt
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Office, User
from config.watch import Watch
from notifications import clock, health
from notifications.models import InboxItem
from notifications.outbox import NewMessage, post
from oversight import checkup
from oversight.watch import look
from tests.factories.directory import NOW, make_person

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
LONG_AGO = NOW - 10 * HOUR


@pytest.fixture(autouse=True)
def swept() -> None:
    health.beat("sweep", NOW + 9 * HOUR)


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
    assert [message.to for message in mail.outbox] == [["duty@example.test"], ["keeper@example.test"]], "not mailed by the watch itself"
    told = InboxItem.objects.get()
    assert (told.recipient, "10:00:00" in told.subject) == (administrator, True)
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


class Particular(EmailBackend):
    """Keeps mail in memory, and refuses addresses as the backend that speaks SMTP does."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            for address in message.to:
                sanitize_address(address, "utf-8")
                if address.startswith("refused"):
                    raise SMTPRecipientsRefused({address: (550, b"nobody of that name")})
        return int(super().send_messages(messages))


def test_an_address_that_nobody_can_write_to_keeps_no_other_from_being_told(administrator: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Particular"
    settings.DUBAN_ALARM_TO = ["a duty, officer@@", "duty@example.test", "refused@example.test", "值班@"]
    health.beat("scheduler", NOW)
    assert look(NOW + HOUR, since=LONG_AGO)
    assert [message.to for message in mail.outbox] == [["duty@example.test"], ["keeper@example.test"]]


def test_a_scheduler_that_lives_and_does_not_sweep_is_told(administrator: User) -> None:
    health.beat("sweep", NOW)
    health.beat("scheduler", NOW + 10 * MINUTE)
    assert not look(NOW + 10 * MINUTE, since=LONG_AGO)
    health.beat("scheduler", NOW + 12 * MINUTE)
    assert look(NOW + 12 * MINUTE, since=LONG_AGO)
    assert not look(NOW + 12 * MINUTE, since=LONG_AGO)
    assert "10:00:00" in InboxItem.objects.get().subject


@pytest.mark.usefixtures("administrator")
def test_while_the_clock_has_jumped_the_jump_is_mailed_once_and_no_silence_is_claimed() -> None:
    health.beat("scheduler", NOW)
    health.beat(clock.JUMPED, NOW + HOUR)
    assert look(NOW + HOUR, since=LONG_AGO, is_right=False)
    assert not look(NOW + HOUR + 15 * SECOND, since=LONG_AGO, is_right=False)
    assert [message.subject for message in mail.outbox] == [checkup.clock_jumped()]
    assert checkup.scheduler(NOW + HOUR).sentence == checkup.clock_jumped()
    assert look(NOW + 60 * SECOND, since=LONG_AGO), "and real silence is told once the clock is right"


def test_the_watch_of_a_web_process_goes_by_the_clock_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    right = timezone.now()
    monkeypatch.setattr("config.watch.database_now", lambda: right)
    watch = Watch()
    with time_machine.travel(right + HOUR, tick=False):  # the host's own clock is an hour ahead
        health.beat("scheduler", right)
        watch.look()
    assert not mail.outbox
    assert not InboxItem.objects.exists()


def test_probe_and_figures_go_by_the_clock_of_the_database(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DUBAN_METRICS_TOKEN = "token"
    for module in ("oversight.checkup", "oversight.views.probes"):
        monkeypatch.setattr(f"{module}.database_now", lambda: NOW)
    health.beat("scheduler", NOW)
    assert client.get("/healthz/").json()["checks"]["scheduler"] == "fine"
    shown = client.get("/metrics/", headers={"Authorization": "Bearer token"}).content.decode()
    assert "duban_scheduler_silence_seconds 0.0" in shown


def test_a_mail_server_that_is_away_keeps_nobody_from_the_inbox(administrator: User, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    health.beat("scheduler", NOW)
    assert look(NOW + HOUR, since=LONG_AGO)
    assert InboxItem.objects.get().recipient == administrator


def told_by_the_outbox(subject: str, body: str, keepers: Any) -> None:
    """Tell an alarm by the path that everything else takes, which is the one that stands still."""
    people = User.objects.filter(email__in=list(keepers)).values_list("pk", flat=True)
    with transaction.atomic():
        post([NewMessage("alarm", pk, "system", subject, body, urgent=True, channels=("email",)) for pk in people], now=NOW)


def test_a17_is_red_when_the_alarm_takes_the_path_that_stands_still(
    administrator: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oversight.watch._mail", told_by_the_outbox)
    with pytest.raises(AssertionError, match="not mailed by the watch itself"):
        test_a_silence_is_told_once_by_inbox_and_mail(administrator, settings)
