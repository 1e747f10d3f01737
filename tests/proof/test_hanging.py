"""F3: a webhook receiver that hangs, and how long the mails of others take meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agencies.models import User
from notifications.health import REST_AFTER
from notifications.models import ChannelHealth, Message
from notifications.outbox import NewMessage, post
from tests.proof.conftest import Rig, wait_until
from tests.proof.house import percentile
from tests.proof.repeated import by_turns
from tests.proof.sizes import full

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]
Figure = Callable[..., None]
SENDERS = 4
A_SECOND = 5
"""Mails and webhooks that are written in a second, of each."""


class Hang:
    """Keeps whoever sends waiting until it is over, or for as many seconds; counts how many wait at once."""

    def __init__(self, seconds: float) -> None:
        self.lock, self.over = threading.Lock(), threading.Event()
        self.seconds, self.inside, self.most = seconds, 0, 0

    def __call__(self, key: str) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.over.wait(self.seconds)
        with self.lock:
            self.inside -= 1


def test_f3_a_receiver_that_hangs_holds_half_of_the_senders_and_the_others_go_on(rig: Rig, figure: Figure) -> None:
    hang = Hang(9)  # less than a sender waits: who is inside is a sender
    rig.hooks.before_answering = hang
    rig.remind(12, channels=("webhook",), marker="hook")
    rig.fork(SENDERS)
    wait_until(lambda: hang.inside > 0, what="the first sender at the receiver that hangs")
    rig.remind(40, channels=("email",), marker="mail")
    wait_until(lambda: len(rig.mails.received) == 40, patience=120, what="the mails beside it")
    hang.over.set()
    figure("F3", senders=SENDERS, most_held_at_once=hang.most)
    assert hang.most <= SENDERS // 2


@pytest.mark.proof
def test_f3_full_beside_a_receiver_that_hangs_the_mails_of_others_take_no_longer(rig: Rig, figure: Figure) -> None:
    seconds = full("F3", 60)
    User.objects.create(username="proof0", name="人员", email="proof0@example.test")
    held: list[int] = []

    def beside() -> float:
        hang = Hang(60)
        rig.hooks.before_answering = hang
        try:
            return _p99_of_mails(rig, seconds, lambda: _rests("webhook"))
        finally:
            hang.over.set()
            rig.hooks.before_answering = lambda key: None
            held.append(ChannelHealth.objects.values_list("failures", flat=True).get(channel="webhook"))

    rig.kill(rig.fork(SENDERS))  # what they load is loaded
    alone, disturbed = by_turns(lambda: _p99_of_mails(rig, seconds, lambda: True), beside, at_most=2, most=5)
    figure(
        "F3",
        mails_a_flow=seconds * A_SECOND,
        flows=2 * len(alone),
        p99_without=[round(value, 3) for value in alone],
        p99_beside=[round(value, 3) for value in disturbed],
        ratio=round(min(disturbed) / min(alone), 2),
        failures_before_it_rests=held,
    )
    assert min(disturbed) <= 2 * min(alone)
    assert all(failures >= REST_AFTER for failures in held)


def _rests(channel: str) -> bool:
    return ChannelHealth.objects.filter(channel=channel, rests_until__isnull=False).exists()


def _p99_of_mails(rig: Rig, seconds: int, is_over: Callable[[], bool]) -> float:
    """Let mails and webhooks be written at a steady pace, and return the 99th percentile of the seconds that a mail took.

    Args:
        rig: with nobody sending.
        seconds: how long it goes on.
        is_over: what is waited for at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_message, notifications_inboxitem, notifications_channelhealth")
    senders, pause = rig.fork(SENDERS), threading.Event()
    person, began = User.objects.get(username="proof0").pk, timezone.now()
    for number in range(seconds * A_SECOND):
        pause.wait(max(0.0, number / A_SECOND - (timezone.now() - began).total_seconds()))
        words = {"topic": "deadline", "subject": "提醒", "body": "提醒"}
        ways = ("email", "webhook")
        rows = [NewMessage(key=f"{number}|{way}", recipient_id=person, urgent=True, channels=(way,), **words) for way in ways]
        with transaction.atomic():
            post(rows, now=timezone.now())
    mails = Message.objects.filter(channel="email")
    wait_until(lambda: not mails.filter(state="queued").exists(), what="the last mail")
    wait_until(is_over, patience=180, what="the end of the flow")
    rig.kill(senders)
    return percentile(
        [(sent - written).total_seconds() for sent, written in mails.values_list("sent_at", "created_at") if sent is not None], 0.99
    )
