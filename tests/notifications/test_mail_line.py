"""The connection to the mail server that is kept from one mail to the next, against a server that counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agencies.models import User
from notifications import channels
from notifications.channels import RefusedError, UnreachableError
from notifications.channels import email as email_channel
from tests.notifications.test_channels import letter
from tests.proof.sinks import MailSink, mail_sink


@pytest.fixture
def server(settings: Any) -> Iterator[MailSink]:
    with mail_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def mail(number: int, address: str = "wang@example.test") -> channels.Letter:
    return letter(message_id=f"<{number}@duban.example>", to=User(username="wang", email=address))


def test_many_mails_go_over_one_connection_and_each_arrives_once(server: MailSink) -> None:
    with channels.load("email").line() as send:
        assert [send(mail(number)) for number in range(12)] == ["250"] * 12
    assert server.ids == {f"<{number}@duban.example>": 1 for number in range(12)}
    assert server.sessions == 1


def test_a_connection_that_the_server_has_ended_is_opened_again(server: MailSink) -> None:
    server.mails_a_session = 3
    with channels.load("email").line() as send:
        assert [send(mail(number)) for number in range(7)] == ["250"] * 7
    assert server.ids == {f"<{number}@duban.example>": 1 for number in range(7)}
    assert server.sessions == 3


def test_no_connection_carries_more_than_servers_take(server: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_channel, "MAILS_A_CONNECTION", 2)
    with channels.load("email").line() as send:
        for number in range(5):
            send(mail(number))
    assert (len(server.ids), server.sessions) == (5, 3)


@pytest.mark.parametrize("fault", ["451", "452-data", "421", "550", "554-data", "reset", "cut", "garbage"])
def test_what_goes_wrong_with_one_mail_does_not_touch_the_next(server: MailSink, fault: str) -> None:
    server.fault = lambda recipient: fault if recipient.startswith("odd") else ""
    with channels.load("email").line() as send:
        send(mail(1))
        with pytest.raises(RefusedError):
            send(mail(2, "odd@example.test"))
        send(mail(3))
    assert server.ids == {"<1@duban.example>": 1, "<3@duban.example>": 1}


def test_a_server_that_went_away_between_two_mails_is_out_of_reach(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        sink.mails_a_session = 1
        line = channels.load("email").line()
        send = line.__enter__()
        send(mail(1))
    with pytest.raises(UnreachableError):
        send(mail(2))
    line.__exit__(None, None, None)
