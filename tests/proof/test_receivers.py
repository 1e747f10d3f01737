"""F2 and F4: a mail server with ten faults, and a receiver that refuses every fifth event; nothing is lost, held up or out of order."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from agencies.models import User
from notifications.delivery import MAX_ATTEMPTS
from notifications.models import Message
from notifications.outbox import NewMessage, post
from tests.proof.conftest import Rig, wait_until
from tests.proof.sinks import FAULTS, FOR_GOOD
from tests.proof.sizes import full

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]
Figure = Callable[..., None]
SEED = int(os.environ.get("DUBAN_PROOF_SEED", "20261122"))


def _rule_time_goes_on(rig: Rig, senders: int, is_done: Callable[[], bool]) -> None:
    """Send; whenever nothing is due any more, let rule time go on to the next attempt, until all is done."""
    offset = 0.0
    while not is_done():
        pids = rig.fork(senders, offset=offset)
        moment = timezone.now() + dt.timedelta(seconds=offset)
        wait_until(lambda moment=moment: is_done() or _is_at_rest(moment), what="what is due by now")  # type: ignore[misc]
        rig.kill(pids)
        following = Message.objects.filter(state="queued", next_attempt_at__gt=moment).aggregate(at=Min("next_attempt_at"))["at"]
        if following is not None:
            offset = max(offset, (following - timezone.now()).total_seconds() + 2)


def _is_at_rest(moment: dt.datetime) -> bool:
    """Tell whether nothing is due that does not wait behind something else."""
    queued = Message.objects.filter(state="queued")
    behind = queued.filter(next_attempt_at__gt=moment, channel="webhook").values("subject_ref")
    return not queued.filter(next_attempt_at__lte=moment).exclude(channel="webhook", subject_ref__in=behind).exists()


@pytest.mark.proof
@pytest.mark.parametrize(("events", "tasks"), [(500, 25), pytest.param(full("F4", 10_000), full("F4", 10_000) // 20, id="full")])
def test_f4_events_of_one_matter_never_overtake_each_other_at_the_receiver(
    rig: Rig, figure: Figure, monkeypatch: pytest.MonkeyPatch, events: int, tasks: int
) -> None:
    rng = random.Random(SEED)  # noqa: S311  (a seed that a failure can be replayed with)
    person = User.objects.create(username="proof0", name="人员", email="")
    numbers: Counter[int] = Counter()
    rows, meant = [], {}
    for _n in range(events):
        task = rng.randrange(tasks)
        numbers[task] += 1
        key = f"task{task}-{numbers[task]}"
        meant[hashlib.sha256(f"{key}|webhook".encode()).hexdigest()] = (task, numbers[task])
        words = {"topic": "deadline", "subject": key, "body": key, "ref": f"proof:{task}"}
        rows.append(NewMessage(key=key, recipient_id=person.pk, urgent=True, channels=("webhook",), **words))
    for start in range(0, events, 2000):
        with transaction.atomic():
            post(rows[start : start + 2000], now=timezone.now() - dt.timedelta(seconds=1))
    fails = Counter({key: min(MAX_ATTEMPTS - 1, _failures(rng)) for key in meant})
    tried: Counter[str] = Counter()

    def refuses(key: str) -> bool:
        tried[key] += 1
        return tried[key] <= fails[key]

    rig.hooks.refuses = refuses
    _rule_time_goes_on(rig, 4, lambda: not Message.objects.filter(state="queued").exists())
    last: dict[int, int] = defaultdict(int)
    went_back = 0
    for key in rig.hooks.received:
        task, number = meant[key]
        went_back += number < last[task]
        last[task] = max(last[task], number)
    gaps = len(set(meant) - set(rig.hooks.received))
    refused = sum(fails.values())
    figure("F4", events=events, tasks=tasks, refusals=refused, went_back=went_back, gaps=gaps)
    assert went_back == gaps == 0
    assert dict(last) == dict(numbers)
    assert refused > events // 10, "the receiver refuses often enough"


def _failures(rng: random.Random) -> int:
    """Return how often a receiver that refuses every fifth request refuses one in a row."""
    times = 0
    while rng.random() < 0.2:
        times += 1
    return times


@pytest.mark.proof
def test_f2_ten_faults_of_a_mail_server_hold_up_nobody_and_are_told_apart(rig: Rig, figure: Figure) -> None:
    reminders, each = full("F2", 10_000), 5
    rig.remind(reminders, channels=("email",), marker="healthy")
    senders = rig.fork(4)
    plain = wait_until(lambda: not Message.objects.filter(state="queued").exists(), what="the healthy ones alone")
    rig.kill(senders)
    Message.objects.all().delete()
    rig.mails.received.clear()
    faulty = [
        User.objects.create(username=f"faulty-{name}-{n}", name=name, email=f"{name}.{n}@faulty.test")
        for name in FAULTS
        for n in range(each)
    ]
    rows = [
        NewMessage(
            key=person.username, recipient_id=person.pk, topic="deadline", subject="有误", body="有误", urgent=True, channels=("email",)
        )
        for person in faulty
    ]
    with transaction.atomic():
        post(rows, now=timezone.now() - dt.timedelta(seconds=2))
    rig.remind(reminders, channels=("email",), marker="mixed")
    tried: Counter[str] = Counter()

    def fault(recipient: str) -> str:
        found = re.fullmatch(r"(.+)\.\d+@faulty\.test", recipient)
        if found is None:
            return ""
        tried[recipient] += 1
        return found[1] if found[1] in FOR_GOOD or tried[recipient] <= 2 else ""

    rig.mails.fault = fault
    began = timezone.now()
    senders = rig.fork(4)
    mixed = Message.objects.filter(key__startswith="mixed")
    wait_until(lambda: not mixed.filter(state="queued").exists(), what="the healthy ones beside the faulty")
    rig.kill(senders)
    last = Message.objects.filter(key__startswith="mixed").aggregate(at=Max("sent_at"))["at"]
    _rule_time_goes_on(rig, 4, lambda: not Message.objects.filter(state="queued").exists())
    temporary = Message.objects.filter(key__startswith="faulty").exclude(recipient__name__in=FOR_GOOD)
    permanent = Message.objects.filter(key__startswith="faulty", recipient__name__in=FOR_GOOD)
    delayed = (last - began).total_seconds() - plain
    figure(
        "F2",
        mails=reminders,
        faults=len(FAULTS),
        faulty=len(faulty),
        temporary_sent=temporary.filter(state="sent").count(),
        most_tries=temporary.aggregate(most=Max("attempts"))["most"],
        permanent_given_up=permanent.filter(state="given_up").count(),
        seconds_alone=round(plain, 1),
        seconds_longer=round(delayed, 1),
    )
    assert set(temporary.values_list("state", flat=True)) == {"sent"}
    assert not temporary.filter(attempts__gt=3).exists()
    assert set(permanent.values_list("state", "attempts")) == {("given_up", 1)}
    assert Message.objects.filter(key__startswith="mixed", state="sent").count() == reminders
    assert delayed <= 60
