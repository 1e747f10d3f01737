"""What each channel puts on the wire, against receivers that check it."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import random
import smtplib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agencies.models import User
from notifications import channels, wire
from notifications.channels import Letter, Line, RefusedError, UnreachableError
from notifications.channels import email as email_channel
from notifications.channels.dingtalk import signature
from notifications.channels.webhook import is_genuine, sign
from tests.notifications.conftest import NOW

Sent = list[tuple[str, bytes, dict[str, str]]]


def letter(**values: Any) -> Letter:
    defaults: dict[str, Any] = {
        "key": "assignment:1|overdue|v1|7|email",
        "message_id": "<abc@duban.example>",
        "to": User(username="wang", name="王五", email="wang@example.test", phone="13800000000"),
        "topic": "escalation",
        "urgent": True,
        "subject": "超期督办：第 1 项",
        "body": "已超期 1 个工作日。",
        "url": "https://duban.example/tasks/1/",
        "unsubscribe_url": "",
        "at": NOW,
    }
    return Letter(**(defaults | values))


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> tuple[Sent, list[wire.Reply]]:
    sent: Sent = []
    replies = [wire.Reply(200, b'{"errcode":0,"errmsg":"ok"}')]

    def post(url: str, body: bytes, headers: dict[str, str]) -> wire.Reply:
        sent.append((url, body, headers))
        return replies[0]

    monkeypatch.setattr(wire, "post", post)
    return sent, replies


def test_a_mail_carries_text_and_html_one_message_id_and_no_answer_wanted() -> None:
    assert channels.load("email").send(letter(lines=[Line("临期 <1>", "还有 3 天", "https://duban.example/t/")])) == "250"
    sent = mail.outbox[0]
    assert isinstance(sent, mail.EmailMultiAlternatives)
    message = sent.message()
    assert (message["Message-ID"], message["To"], message["Auto-Submitted"]) == (
        "<abc@duban.example>",
        "wang@example.test",
        "auto-generated",
    )
    assert message["List-Unsubscribe"] is None
    html = str(sent.alternatives[0][0])
    assert "临期 &lt;1&gt;" in html
    assert "临期 <1>" in sent.body
    assert "https://duban.example/tasks/1/" in sent.body


def test_a_way_out_is_offered_where_there_is_one() -> None:
    channels.load("email").send(letter(unsubscribe_url="https://duban.example/u/x/"))
    message = mail.outbox[0].message()
    assert message["List-Unsubscribe"] == "<https://duban.example/u/x/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


ODD = st.text(alphabet=st.sampled_from('\r\n\x0b\x0c\x1c\x85\u2028\u2029 :a@,<>"超Bcc'), max_size=40)


@pytest.mark.row("F6")
@settings(deadline=None)
@given(subject=ODD, name=ODD, key=ODD)
@example(subject="x\x0ba:b", name="", key="")  # the library takes this for a line break, and what follows for a header
def test_no_string_adds_a_header_or_a_recipient(subject: str, name: str, key: str) -> None:
    person = User(username="wang", name=name, email="wang@example.test")
    mail.outbox = []
    try:
        channels.load("email").send(letter(subject=subject, to=person, key=key, body=subject))
    except RefusedError:
        assert mail.outbox == []
        return
    message = mail.outbox[0].message()
    assert sorted(message.keys()) == ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert mail.outbox[0].recipients() == ["wang@example.test"]


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"wang@example.test": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"wang@example.test": (451, b"greylisted")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(452, b"disk full"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("slow"), False),
        (ConnectionResetError(), False),
    ],
)
def test_what_a_mail_server_says_is_sorted(error: Exception, for_good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def open(self) -> None:
            pass

        def close(self) -> None:
            raise smtplib.SMTPServerDisconnected("already gone")

        def send_messages(self, messages: object) -> None:
            raise error

    monkeypatch.setattr(email_channel, "get_connection", Broken)
    with pytest.raises(RefusedError) as caught:
        channels.load("email").send(letter())
    assert caught.value.for_good is for_good


@pytest.mark.parametrize("error", [smtplib.SMTPConnectError(421, b"busy"), TimeoutError("slow"), ConnectionRefusedError()])
def test_a_mail_server_that_is_not_there_lets_the_channel_rest(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def open(self) -> None:
            raise error

        def close(self) -> None:
            pass

    monkeypatch.setattr(email_channel, "get_connection", Away)
    with pytest.raises(UnreachableError):
        channels.load("email").send(letter())


def test_nobody_without_address_is_mailed() -> None:
    with pytest.raises(RefusedError):
        channels.load("email").send(letter(to=User(username="x")))


def test_a_webhook_is_signed_and_carries_the_same_idempotency_key(wired: tuple[Sent, list[wire.Reply]], settings: Any) -> None:
    settings.DUBAN_WEBHOOK_URL, settings.DUBAN_WEBHOOK_SECRET = "https://oa.example/hook", "s3cret"
    for _attempt in range(2):
        assert channels.load("webhook").send(letter()) == "HTTP 200"
    (url, body, headers), (_url, again, other) = wired[0]
    assert (url, body) == ("https://oa.example/hook", again)
    assert headers["Idempotency-Key"] == other["Idempotency-Key"]
    stamp = int(headers["Duban-Signature"].partition(",")[0].removeprefix("t="))
    assert is_genuine("s3cret", headers["Duban-Signature"], body, now=stamp)
    told = json.loads(body)
    assert (told["recipient"], told["subject"], told["at"]) == ("wang", "超期督办：第 1 项", NOW.isoformat())


@pytest.mark.row("F5")
def test_tampered_forged_and_replayed_webhooks_are_recognised() -> None:
    rng = random.Random(20261118)  # noqa: S311  (a seed that a failure can be replayed with)
    body, now = json.dumps({"subject": "超期", "key": "k"}).encode(), int(dt.datetime(2026, 11, 18, tzinfo=dt.UTC).timestamp())
    header = sign("s3cret", body, at=now)
    assert is_genuine("s3cret", header, body, now=now + 299)
    accepted = 0
    for _ in range(1000):
        kind = rng.randrange(5)
        bad_body, bad_header, secret, moment = body, header, "s3cret", now
        if kind == 0:
            place = rng.randrange(len(body))
            bad_body = body[:place] + bytes([body[place] ^ (1 << rng.randrange(8))]) + body[place + 1 :]
        elif kind == 1:
            place = rng.randrange(len(header))
            bad_header = header[:place] + chr(rng.randrange(33, 0x2FFF)) + header[place + 1 :]
            if bad_header == header:
                continue
        elif kind == 2:
            secret = f"s3cret{rng.randrange(9)}"
        elif kind == 3:
            moment = now + rng.choice([-1, 1]) * rng.randrange(301, 100_000)
        else:
            bad_header = rng.choice(
                ["", "t=", "t=,v1=", f"t={now}", "v1=x", f"t={now + 1},v1={header.partition('v1=')[2]}", "t=" + "9" * 5000 + ",v1=0"]
            )
        accepted += is_genuine(secret, bad_header, bad_body, now=moment)
    assert accepted == 0


@pytest.mark.parametrize(
    ("status", "expected"), [(500, UnreachableError), (302, UnreachableError), (400, RefusedError), (429, RefusedError)]
)
def test_a_receiver_that_says_no_is_sorted(
    wired: tuple[Sent, list[wire.Reply]], settings: Any, status: int, expected: type[Exception]
) -> None:
    settings.DUBAN_WEBHOOK_URL, settings.DUBAN_WEBHOOK_SECRET = "https://oa.example/hook", "s3cret"
    wired[1][0] = wire.Reply(status, b"")
    with pytest.raises(expected):
        channels.load("webhook").send(letter())


def test_the_wecom_robot_gets_a_text_that_fits(wired: tuple[Sent, list[wire.Reply]], settings: Any) -> None:
    settings.DUBAN_WECOM_URL = "https://qyapi.example/robot?key=k"
    assert channels.load("wecom").send(letter(body="长" * 2000)) == "0 ok"
    told = json.loads(wired[0][0][1])
    assert told["msgtype"] == "text"
    assert len(told["text"]["content"].encode()) <= 2048
    assert told["text"]["content"].startswith("超期督办：第 1 项\n")


def test_the_dingtalk_robot_is_signed_in_its_address(wired: tuple[Sent, list[wire.Reply]], settings: Any) -> None:
    settings.DUBAN_DINGTALK_URL, settings.DUBAN_DINGTALK_SECRET = "https://oapi.example/robot/send?access_token=t", "SECxyz"
    channels.load("dingtalk").send(letter())
    query = parse_qs(urlsplit(wired[0][0][0]).query)
    stamp = query["timestamp"][0]
    expected = base64.b64encode(hmac.new(b"SECxyz", f"{stamp}\nSECxyz".encode(), hashlib.sha256).digest()).decode()
    assert (query["access_token"], query["sign"]) == (["t"], [expected])
    assert signature("SECxyz", int(stamp)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"errcode":93000,"errmsg":"invalid webhook url"}', RefusedError),
        (b'{"errcode":45009,"errmsg":"too often"}', RefusedError),
        (b"<html>proxy error</html>", UnreachableError),
        (b"[]", UnreachableError),
        (b'{"errcode":"x"}', UnreachableError),
    ],
)
def test_a_robot_that_answers_200_but_means_no_is_understood(
    wired: tuple[Sent, list[wire.Reply]], settings: Any, body: bytes, expected: type[Exception]
) -> None:
    settings.DUBAN_WECOM_URL = "https://qyapi.example/robot?key=k"
    wired[1][0] = wire.Reply(200, body)
    with pytest.raises(expected) as caught:
        channels.load("wecom").send(letter())
    if expected is RefusedError:
        assert caught.value.for_good is (b"93000" in body)  # type: ignore[attr-defined]


class RememberingGateway:
    """A provider of text messages that keeps them."""

    texts: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> str:
        self.texts.append((phone, text))
        return "accepted 1"


def test_text_messages_go_through_the_adapter_of_the_house(settings: Any) -> None:
    sms = channels.load("sms")
    with pytest.raises(UnreachableError):
        sms.send(letter())
    settings.DUBAN_SMS_GATEWAY = "tests.notifications.test_channels.RememberingGateway"
    assert sms.send(letter(subject="长" * 100)) == "accepted 1"
    phone, text = RememberingGateway.texts[-1]
    assert (phone, len(text)) == ("13800000000", 70)
    with pytest.raises(RefusedError):
        sms.send(letter(to=User(username="x")))


@pytest.mark.parametrize("code", ["pigeon", "../email", "", "__init__.os"])
def test_an_unknown_channel_is_an_error(code: str) -> None:
    with pytest.raises(LookupError):
        channels.load(code)


@pytest.mark.parametrize("code", ["webhook", "wecom", "dingtalk", "sms"])
def test_a_channel_says_what_it_lacks(code: str) -> None:
    assert "DUBAN_" in channels.load(code).problem()


def test_a_gateway_for_text_messages_that_cannot_be_loaded_is_told(settings: Any) -> None:
    settings.DUBAN_SMS_GATEWAY = "no.such.Gateway"
    assert "DUBAN_SMS_GATEWAY" in channels.load("sms").problem()
