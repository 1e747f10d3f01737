"""E1, E2, E6: hosts whose clocks disagree, a database whose clock jumps, a calendar that changes late."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import User
from notifications.models import Message
from notifications.outbox import NewMessage, post
from tests.proof.conftest import ROOT, Rig, wait_until
from tests.proof.sinks import hook_key
from tests.proof.sizes import full
from tests.rig.packages import faketime_library
from tests.rig.services import postgresql
from tests.workflow.late_notice import Late, late_notice

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1800)]
Figure = Callable[..., None]
SKEW = 600.0


def _ahead(count: int, minutes: int) -> list[str]:
    """Write reminders that are due in some minutes; returns their keys."""
    person = User.objects.filter(username__startswith="proof").earliest("pk")
    keys = [f"ahead{minutes}-{n}" for n in range(count)]
    rows = [
        NewMessage(key=key, recipient_id=person.pk, topic="deadline", subject=key, body=key, urgent=True, channels=("webhook",))
        for key in keys
    ]
    with transaction.atomic():
        post(rows, now=timezone.now())
    due = timezone.now() + dt.timedelta(minutes=minutes)
    Message.objects.filter(key__startswith=f"ahead{minutes}-").update(next_attempt_at=due)
    return keys


def _run(rig: Rig, job: str, offsets: tuple[float, ...], reminders: int, wanted: int = 0) -> tuple[set[str], int]:
    """Send with senders whose hosts are off by so much, until so much came too early; returns what arrived, and how much of it did."""
    Message.objects.all().delete()
    rig.hooks.received.clear()
    rig.remind(reminders, channels=("webhook",))
    ahead = {hook_key(key) for key in _ahead(reminders // 10, minutes=5)}
    senders = [pid for offset in offsets for pid in rig.fork(1, job, offset=offset)]
    try:
        wait_until(lambda: not Message.objects.filter(key__startswith="r", state="queued").exists(), what="what is due")
        threading.Event().wait(5.0)  # time in which somebody with a wrong clock would send what is not due yet
        wait_until(lambda: len(ahead & rig.hooks.keys.keys()) >= wanted, what="what is not due")
    finally:
        rig.kill(senders)
    arrived = rig.hooks.keys
    assert max(arrived.values()) == 1
    return set(arrived), len(ahead & arrived.keys())


@pytest.mark.parametrize("reminders", [100, pytest.param(full("E2", 5000), marks=pytest.mark.proof, id="full")])
def test_e2_hosts_that_disagree_by_ten_minutes_send_what_hosts_that_agree_send(rig: Rig, figure: Figure, reminders: int) -> None:
    even, _early = _run(rig, "on_duty", (0.0, 0.0), reminders)
    skewed, early = _run(rig, "on_duty", (SKEW, -SKEW), reminders)
    _control, too_early = _run(rig, "deliver", (SKEW, -SKEW), reminders, wanted=reminders // 10)
    figure("E2", reminders=reminders, sent_in_step=len(even), sent_apart=len(skewed), early=early, early_by_hosts_own_clock=too_early)
    assert len(skewed ^ even) == 0, "sent too early or not at all"
    assert early == 0
    assert too_early > 0, "the control: whoever goes by its host's clock sends too early"


@pytest.mark.proof
def test_e1_a_database_whose_clock_jumps_sends_nothing_early_twice_or_never(figure: Figure, tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="duban-clock-"))
    folder.chmod(0o755)  # the server runs as another user
    faked = folder / "clock"
    faked.write_text("+0")
    library = faketime_library()
    cheated = {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(faked), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    with postgresql(cheated) as database:
        environment = os.environ | {"DUBAN_DATABASE_URL": database, "DUBAN_TEST_VAR": str(tmp_path), "DUBAN_PROOF_FAKED": str(faked)}
        command = [sys.executable, "-m", "tests.proof.jumping"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1500)
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr[-4000:]
    counted = json.loads(done.stdout.splitlines()[-1])
    figure("E1", **counted)
    assert counted["jumps"] == 20
    assert counted["early"] == counted["repeated"] == counted["lost"] == counted["sent_while_jumped"] == 0
    assert counted["alarms"] >= counted["jumps_over_five_minutes"]
    assert counted["early_without_the_watch"] > 0, "the control: a sender that believes the clock sends what is not due"


@pytest.mark.proof
@pytest.mark.django_db
def test_e6_a_notice_over_ten_thousand_tasks_moves_exactly_the_affected_dates(figure: Figure) -> None:
    found = late_notice(Late(tasks=full("E6", 10_000)))
    figure("E6", tasks=found.tasks, moved=found.moved, stayed=found.stayed, lines=found.events, reminders=found.reminders, second_import=0)
    assert found.moved == found.events == found.reminders
