"""The scheduler is down for days, or a rule runs wild: what is due comes once and in order, and nobody is buried in mails."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import User
from notifications.models import InboxItem, Message
from notifications.outbox import NewMessage, post
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from tests.proof.conftest import Rig, wait_until
from tests.proof.reminders import write_reminders
from tests.proof.sinks import hook_key
from tests.proof.sizes import full
from tests.proof.test_senders import Figure
from workflow.actions.interrupt import terminate
from workflow.actions.sweep import sweep
from workflow.models import Firing

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]
DOWN = dt.timedelta(hours=72)
SENDERS = 3


def at(day: dt.date) -> dt.datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day)


@pytest.mark.parametrize("reminders", [600, pytest.param(full("A5", 5000), marks=pytest.mark.proof, id="full")])
def test_a5_after_three_days_without_anybody_each_reminder_comes_once_the_oldest_first(rig: Rig, figure: Figure, reminders: int) -> None:
    due = dt.date(2026, 5, 12)  # a Tuesday, followed by working days
    stages = [accepted_task(supporters=0, due_on=due) for _ in range(4)]
    stopped, back = at(due), at(due) + DOWN
    sweep(stopped)
    Message.objects.all().delete()
    InboxItem.objects.all().delete()
    person = User.objects.earliest("pk")
    for stage in stages[:2]:
        terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="机构改革，另行部署。", now=stopped + DOWN / 2)
    Message.objects.all().delete()
    rows = [
        NewMessage(key=f"gap{n}", recipient_id=person.pk, topic="deadline", subject="提醒", body="提醒", urgent=True, channels=("webhook",))
        for n in range(reminders)
    ]
    with transaction.atomic():
        post(rows, now=stopped)
    gap = {row.key: row for row in Message.objects.filter(key__startswith="gap")}
    for n in range(reminders):
        gap[f"gap{n}|webhook"].next_attempt_at = stopped + DOWN * (n * 7919 % reminders) / reminders  # in no order of their rows
    Message.objects.bulk_update(gap.values(), ["next_attempt_at"])
    rig.fork(SENDERS, "catch_up", offset=(back - timezone.now()).total_seconds())
    wait_until(lambda: not Message.objects.filter(state="queued").exists() and Firing.objects.filter(rung="overdue").count() == 2)
    wait_until(lambda: not Message.objects.filter(state="queued").exists())
    rank = {hook_key(f"gap{n}"): n * 7919 % reminders for n in range(reminders)}
    order = [rank[key] for key in rig.hooks.received if key in rank]
    behind = max(place - number for number, place in enumerate(order))
    told = Counter(InboxItem.objects.filter(topic="escalation").values_list("subject_ref", "recipient"))
    figure("A5", hours=72, reminders=reminders, arrived=len(order), farthest_ahead_of_its_turn=behind, rungs=Firing.objects.count())
    assert sorted(order) == list(range(reminders)), "lost or repeated"
    assert max(rig.hooks.keys.values()) == 1
    assert behind <= 50 * SENDERS, "a sender has fifty of the oldest in hand"
    assert {ref for ref, _person in told} == {f"task:{stage.task.pk}" for stage in stages[2:]}, "none of what was ended meanwhile"
    assert set(told.values()) == {1}
    assert set(Firing.objects.filter(key__contains="|v").values_list("rung", flat=True)) >= {"overdue"}
    assert not Firing.objects.filter(rung__in=["bulletin", "leadership"]).exists()


LIMIT = 20


def test_f7_a_rule_that_arms_itself_again_and_again_mails_nobody_more_than_twenty_times_an_hour(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    rig = new_rig(DUBAN_PROOF_MAIL_LIMIT=str(LIMIT))
    keeper = User.objects.create(username="keeper", office="system", is_staff=True)
    people, waves, each, pause = 1, 4, 40, threading.Event()

    def slow_and_well(recipient: str) -> str:
        pause.wait(0.2)  # long enough for other senders to count meanwhile, on a busy machine too
        return ""

    rig.mails.fault = slow_and_well
    queued = Message.objects.filter(state="queued")
    rig.fork(4)
    for wave in range(waves):  # each telling arms the next
        write_reminders(each, channels=("email",), marker=f"w{wave}-", people=people)
        wait_until(lambda: not queued.exists(), what="the end of a wave")
    sent = Counter(Message.objects.filter(state="sent").exclude(key__startswith="flood").values_list("recipient", flat=True))
    announced = Counter(Message.objects.filter(state="sent", key__startswith="flood").values_list("recipient", flat=True))
    waiting = Message.objects.filter(state="waiting").count()
    rig.kill(rig.pids)
    rig.fork(1, "digest", offset=24 * 3600)
    rig.fork(2, offset=24 * 3600)
    wait_until(lambda: rig.unsent() == 0, what="the digest of the rest")
    digests = Message.objects.filter(state="sent", key__startswith="digest").count()
    alarms = InboxItem.objects.filter(recipient=keeper, key__startswith="flood").count()
    figure("F7", mails=waves * each, people=people, most_to_one=max(sent.values()), announcements=announced.total(), digests=digests)
    assert set(sent.values()) == {LIMIT}
    assert set(announced.values()) <= {1, 2}, "one an hour; the test may cross the hour"
    assert waiting == waves * each - people * LIMIT
    assert digests == people
    assert alarms == announced.total()
    assert "the rest is gathered" in rig.errors()
