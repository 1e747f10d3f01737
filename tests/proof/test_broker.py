"""Redis forgets, hangs, dies and repeats itself; real Celery workers and beats go on, because the truth is in the database."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_client
from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

from agencies.models import User
from notifications import health
from notifications.models import Digest, Message
from tests.factories.directory import TODAY
from tests.factories.tasks import accepted_task, dispatched_task
from tests.proof.conftest import ROOT, Rig, seconds_until, start_celery, wait_until
from tests.proof.sizes import full
from tests.proof.test_senders import SEED, Figure, all_sent
from workflow.models import CalendarDay, Event, Firing
from workflow.states import Rhythm

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]

LATEST = 60.0
"""Seconds by which a flush may make a reminder late."""


def assert_each_exactly_once(rig: Rig, reminders: int) -> None:
    mails, hooks = rig.mails.ids, rig.hooks.keys
    assert len(mails) + len(hooks) == reminders
    assert sum(mails.values()) + sum(hooks.values()) == reminders
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("reminders", "flushes"), [(1000, 5), pytest.param(500 * full("B1", 20), full("B1", 20), marks=pytest.mark.proof, id="full")]
)
def test_b1_redis_flushed_again_and_again_loses_and_repeats_nothing(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure, reminders: int, flushes: int
) -> None:
    url, _pid = own_redis
    beat = "30" if reminders > 1000 else "2"  # in the long form the schedule is the product's own
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_BEAT=beat)
    start_celery(rig)
    client: Any = redis_client.Redis.from_url(url)
    rng, pause = random.Random(SEED), threading.Event()  # noqa: S311
    began = time.monotonic()
    for turn in range(flushes):
        rig.remind(reminders // flushes, marker=f"f{turn}-")
        pause.wait(rng.uniform(0.05, 0.6))
        client.flushall()
    client.close()
    wait_until(lambda: all_sent(rig))
    late = Message.objects.aggregate(most=Max(F("sent_at") - F("next_attempt_at")))["most"]
    figure(
        "B1",
        reminders=reminders,
        flushes=flushes,
        beat_seconds=beat,
        lost=reminders - len(rig.mails.ids) - len(rig.hooks.keys),
        repeated=rig.arrived() - reminders,
        latest_seconds=round(late.total_seconds(), 1),
        seconds=round(time.monotonic() - began, 1),
    )
    assert_each_exactly_once(rig, reminders)


@pytest.mark.proof
def test_b1_a_flush_makes_nothing_later_than_a_period_of_the_schedule(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url)  # the schedule is the product's own
    start_celery(rig)
    wait_until(lambda: health.last_beat("scheduler") is not None, what="the first sign of life")
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)  # the bell that Redis forgets before anybody hears it
    client: Any = redis_client.Redis.from_url(url)
    lateness = []
    for turn in range(3):
        rig.remind(10, marker=f"forgotten{turn}-")
        client.flushall()
        lateness.append(seconds_until(lambda: all_sent(rig), at_most=LATEST))
        assert lateness[-1] <= LATEST, f"{LATEST:.0f} seconds after the flush {rig.unsent()} reminders wait"
    client.close()
    figure("B1", flushes_with_the_bell_lost=3, longest_lateness_caused_seconds=round(max(lateness), 1))
    assert_each_exactly_once(rig, 30)


POST_AND_TIME = """
import sys, time
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from notifications.outbox import NewMessage, post
from agencies.models import User
person = User.objects.get(username="proof0")
for turn in range(5):
    began = time.monotonic()
    with transaction.atomic():
        post([NewMessage(key=f"{sys.argv[1]}{turn}", recipient_id=person.pk, topic="deadline", subject="x", body="x", urgent=True,
                         channels=("email",))], now=timezone.now())
    print(time.monotonic() - began, flush=True)
"""


def times_of_posting(rig: Rig, marker: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", POST_AND_TIME, marker],
        cwd=ROOT,
        env=rig.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [float(line) for line in done.stdout.splitlines()]


def test_b4_nobody_waits_two_seconds_for_a_redis_that_hangs(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure
) -> None:
    url, pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url)
    rig.remind(1, channels=("email",))
    usual = max(times_of_posting(rig, "usual"))
    os.kill(pid, signal.SIGSTOP)
    hanging = times_of_posting(rig, "hanging")
    os.kill(pid, signal.SIGCONT)
    figure("B4", longest_usual=round(usual, 2), longest_hanging=round(max(hanging), 2), then=round(hanging[-1], 3))
    assert max(hanging) < 2 + usual
    assert Message.objects.filter(key__startswith="hanging").count() == 5


@pytest.mark.proof
def test_b3_with_redis_gone_nothing_fails_and_its_return_brings_everything(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure
) -> None:
    url, pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_BEAT="2")
    rig.remind(1, channels=("email",))
    start_celery(rig)
    wait_until(lambda: all_sent(rig), what="the first delivery")
    os.kill(pid, signal.SIGKILL)
    away = times_of_posting(rig, "away")
    port = url.rpartition(":")[2].partition("/")[0]
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as again:
        try:
            took = wait_until(lambda: all_sent(rig), patience=60, what="delivery after the return of Redis")
        finally:
            again.terminate()
    figure("B3", longest_post_while_away=round(max(away), 2), delivered_seconds_after_return=round(took, 1))
    assert max(away) < 2
    assert_each_exactly_once(rig, 6)


def test_a11_a13_bells_rung_three_times_in_disorder_and_redelivered_do_nothing_more(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure
) -> None:
    url, _pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_BEAT="1", DUBAN_PROOF_VISIBILITY="5")
    rig.remind(600)
    code = "from config.celery import app\nfor _ in range(300):\n    app.send_task('notifications.tasks.deliver')\n"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=rig.environment, check=True)
    start_celery(rig, workers=2)
    wait_until(lambda: all_sent(rig))
    client: Any = redis_client.Redis.from_url(url)
    wait_until(lambda: client.llen("celery") == 0, what="emptying the queue")
    client.close()
    figure("A11+A13", bells=300, visibility_timeout=5, reminders=600, arrived=rig.arrived())
    assert_each_exactly_once(rig, 600)


MADE_TO_WORK = ("workflow.sweep", "notifications.tasks.digests", "notifications.tasks.deliver", "oversight.fold_counters")
"""What beat rings for, in the order in which one makes work for the next."""


def ring_and_wait(rig: Rig, client: Any, bells: list[str]) -> None:
    """Publish bells as they are, and wait until workers have answered every one of them and all that they rang in turn."""
    code = "import sys\nfrom config.celery import app\nfor name in sys.argv[1:]:\n    app.send_task(name, queue='schedule')\n"
    subprocess.run([sys.executable, "-c", code, *bells], cwd=ROOT, env=rig.environment, check=True)
    quiet = 0
    while quiet < 20:  # a second without a bell anywhere
        is_quiet = not (client.llen("schedule") or client.llen("celery") or client.hlen("unacked"))
        quiet = quiet + 1 if is_quiet else 0
        threading.Event().wait(0.05)


def everything() -> dict[str, list[str]]:
    """Return every row that bells could change, as the database writes it; signs of life apart, which are to change."""
    kept: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name.startswith(("notifications_", "workflow_", "oversight_"))
        ]
        for table in set(tables) - {"notifications_heartbeat", "notifications_channelhealth"}:
            cursor.execute(f'SELECT row::text FROM "{table}" row')  # noqa: S608  (a name from the catalogue of the database)
            kept[table] = sorted(row for (row,) in cursor.fetchall())
    return kept


def test_a13_every_bell_of_the_schedule_rung_three_times_in_disorder_leaves_the_same_bytes_behind(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure
) -> None:
    url, _pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_VISIBILITY="5")
    today = timezone.localdate()
    for day in (today, today + dt.timedelta(days=1)):
        CalendarDay.objects.create(day=day, is_working=True, notice="")
    for number in range(3):  # by now overdue, not signed for, and with reports missing
        accepted_task(due_on=TODAY + dt.timedelta(days=30 + number), rhythm=Rhythm.MONTHLY)
        dispatched_task()
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.test")
    client: Any = redis_client.Redis.from_url(url)
    start_celery(rig, workers=2, beats=0)
    for bell in MADE_TO_WORK:
        ring_and_wait(rig, client, [bell])
    ring_and_wait(rig, client, ["notifications.tasks.deliver"])
    once, arrived = everything(), rig.arrived()
    copies = [*MADE_TO_WORK] * 3
    random.Random(SEED).shuffle(copies)  # noqa: S311
    ring_and_wait(rig, client, copies)
    client.close()
    rows = sum(len(rows) for rows in once.values())
    figure("A13", bells=len(copies), rungs=Firing.objects.count(), arrived=arrived, rows_compared=rows, arrived_afterwards=rig.arrived())
    assert min(Firing.objects.count(), arrived, Digest.objects.count()) > 0, "the bells made nothing"
    assert {table for table, rows in everything().items() if rows != once[table]} == set()
    assert rig.arrived() == arrived


def test_a4_three_beats_three_workers_and_three_sweepers_tell_everything_once(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure
) -> None:
    url, _pid = own_redis
    rig = new_rig(DUBAN_TEST_BROKER=url, DUBAN_PROOF_BEAT="1")
    stages = [accepted_task(due_on=TODAY + dt.timedelta(days=30 + n)) for n in range(4)] + [dispatched_task() for _ in range(2)]
    Message.objects.all().delete()
    start = dt.datetime.combine(TODAY, dt.time(9), tzinfo=dt.UTC)
    start_celery(rig, workers=3, beats=3)
    sweepers = rig.fork(3, "climb", offset=(start - timezone.now()).total_seconds())
    rig.remind(300)
    wait_until(lambda: not any(rig.is_alive(pid) for pid in sweepers), what="the end of the sweepers", patience=240)
    wait_until(lambda: not Message.objects.filter(state="queued").exists(), patience=240)
    fired = Firing.objects.count()
    figure("A4", beats=3, workers=3, sweepers=3, rungs_fired=fired, messages=Message.objects.count(), arrived=rig.arrived())
    assert fired > 2 * len(stages)
    lines = Counter(Event.objects.filter(verb="rung").values_list("assignment_id", "data__rung"))
    assert {rung: told for rung, told in lines.items() if told > 1} == {}, "a rung was told more than once"
    assert "Traceback" not in rig.errors(), rig.errors()
    assert max(rig.mails.ids.values()) == 1
    assert max(rig.hooks.keys.values()) == 1
    told = Message.objects.filter(state="sent").count()
    assert rig.arrived() == told
