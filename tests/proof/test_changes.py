"""A task leaves an agency while its reminders are being sent: nothing is decided to be sent to it after the change was committed."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications.models import Message
from notifications.outbox import NewMessage, post
from tests.factories.tasks import accepted_task
from tests.proof.conftest import Rig, wait_until
from tests.proof.sizes import full
from tests.proof.test_senders import SEED, Figure, all_sent
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.models import Assignment
from workflow.states import Part

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1500)]
AT_ONCE = 20


def database_clock() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment


def decisions(path: Path) -> dict[str, dt.datetime]:
    """Read when senders asked, of each message they went on to send, whether it may be sent."""
    if not path.exists():
        return {}
    lines = (line.split(" ") for line in path.read_text(encoding="utf-8").splitlines())
    return {key: dt.datetime.fromisoformat(at) for key, at in lines}


@pytest.mark.parametrize("changes", [6, pytest.param(full("A8", 250), marks=pytest.mark.proof, id="full")])
def test_a8_nothing_is_sent_by_a_decision_after_the_task_has_left(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: int
) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    witnessed = tmp_path / "decisions"
    rig = new_rig(DUBAN_PROOF_WITNESS=str(witnessed))
    rng, pause = random.Random(SEED), threading.Event()  # noqa: S311
    stage = accepted_task(supporters=1, due_on=timezone.localdate() + dt.timedelta(days=200))
    former, left_at = stage.supporters[0], dict[str, dt.datetime]()
    rig.fork(2, "deliver_witnessed")
    for turn in range(changes):
        now = timezone.now()
        part = Assignment.objects.get(task=stage.task, agency=former.agency, state__in=["pending", "accepted"])
        rows = [
            NewMessage(
                key=f"left{turn}-{number}",
                recipient_id=former.officer.pk,
                topic="deadline",
                subject="提醒",
                body="请按期报送。",
                ref=f"task:{stage.task.pk}",
                urgent=True,
                channels=("webhook",),
            )
            for number in range(AT_ONCE)
        ]
        with transaction.atomic():
            post(rows, now=now - dt.timedelta(seconds=1))
        pause.wait(rng.uniform(0, 0.12))
        withdraw_assignment(actor=stage.coordinator_actor, assignment_id=part.pk, reason="分工调整。", now=timezone.now())
        left_at[f"left{turn}"] = database_clock()
        wait_until(lambda: all_sent(rig), patience=60, what="the end of the sending")
        add_assignment(
            actor=stage.coordinator_actor,
            task_id=stage.task.pk,
            agency_id=former.agency.pk,
            part=Part.SUPPORT,
            reason="分工调整。",
            now=timezone.now(),
        )
    decided = {key: at for key, at in decisions(witnessed).items() if key.startswith("left")}
    late = [key for key, at in decided.items() if at > left_at[key.partition("-")[0]]]
    states = Counter(Message.objects.filter(key__startswith="left", channel="webhook").values_list("state", flat=True))
    figure("A8", changes=changes, races=changes * AT_ONCE, sent_before=states["sent"], withheld=states["withheld"], decided_after=len(late))
    assert late == []
    assert states.total() == changes * AT_ONCE
    assert len(decided) == states["sent"]
    assert min(states["sent"], states["withheld"]) > 0, "the change always came first, or always last"
