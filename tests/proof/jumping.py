"""The story of E1, run by itself on a PostgreSQL whose clock is faked: `python -m tests.proof.jumping`, told where by the environment.

`DUBAN_DATABASE_URL` is the server, `DUBAN_PROOF_FAKED` the file from which libfaketime reads by how much its clock is wrong.
Prints its figures as a line of JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import django

JUMPS = [3600, -7200, 365 * 86400, 1200, -900] * 4
"""Twenty: an hour, two hours back, a year, twenty minutes, a quarter of an hour back; the clock returns after each."""
EACH, AHEAD = 20, 40
PATIENCE = 60.0


def _settle(seconds: float) -> None:
    threading.Event().wait(seconds)


class Story:
    """The senders, the receiver, and the clock of the database."""

    def __init__(self, sink: Any, faked: Path) -> None:
        self.sink, self.faked = sink, faked
        environment = os.environ | {"DUBAN_PROOF_HOOK": sink.url}
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.zygote"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()
        self.pids: list[int] = []
        self.posted: dict[str, list[str]] = {}

    def _answer(self) -> str:
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline().strip()

    def senders(self, job: str, count: int) -> None:
        """Start senders in place of those there are."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps({"job": job, "count": count}) + "\n")
        self._zygote.stdin.flush()
        self.pids = json.loads(self._answer()) if count else []

    def jump(self, seconds: int) -> None:
        """Set the clock of the database so much off."""
        fresh = self.faked.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}")
        fresh.chmod(0o644)
        fresh.replace(self.faked)

    def post(self, marker: str, count: int, due: dt.timedelta) -> None:
        """Write reminders, due by the right time."""
        from django.db import transaction
        from django.utils import timezone

        from agencies.models import User
        from notifications.models import Message
        from notifications.outbox import NewMessage, post
        from tests.proof.sinks import hook_key

        person = User.objects.get(username="proof")
        words = {"topic": "deadline", "subject": marker, "body": marker}
        keys = [f"{marker}-{n}" for n in range(count)]
        rows = [NewMessage(key=key, recipient_id=person.pk, urgent=True, channels=("webhook",), **words) for key in keys]
        self.posted[marker] = [hook_key(key) for key in keys]
        with transaction.atomic():
            post(rows, now=timezone.now() - dt.timedelta(seconds=1))
            Message.objects.filter(key__startswith=f"{marker}-").update(next_attempt_at=timezone.now() + due)

    def arrived(self, marker: str) -> int:
        """Count what arrived under a marker, repeats included."""
        counts = self.sink.keys
        return sum(counts[key] for key in self.posted[marker])

    def wait_for(self, marker: str, count: int) -> None:
        """Wait until so much has arrived."""
        for _turn in range(int(PATIENCE / 0.05)):
            if self.arrived(marker) >= count:
                return
            _settle(0.05)
        raise AssertionError(f"{marker}: {self.arrived(marker)} of {count} arrived")

    def close(self) -> None:
        """End the senders."""
        self.senders("on_duty", 0)
        self._zygote.kill()
        self._zygote.communicate()


def tell(story: Story) -> dict[str, int]:
    """Jump twenty times and count."""
    from notifications.models import InboxItem

    story.post("ahead", AHEAD, dt.timedelta(minutes=30))
    story.senders("on_duty", 2)
    story.post("first", EACH, dt.timedelta(0))
    story.wait_for("first", EACH)
    while_jumped = 0
    for number, jump in enumerate(JUMPS):
        story.jump(jump)
        _settle(0.5)  # until whoever was sending has ended its round
        story.post(f"jump{number}", EACH, dt.timedelta(0))
        _settle(1.0)
        while_jumped += story.arrived(f"jump{number}")
        story.jump(0)
        story.wait_for(f"jump{number}", EACH)
    counts = story.sink.keys
    early = story.arrived("ahead")
    due = [key for marker, keys in story.posted.items() if marker != "ahead" for key in keys]
    lost = sum(not counts[key] for key in due)
    repeated = sum(counts.values()) - len(counts)
    alarms = InboxItem.objects.filter(key__startswith="clock|").count()
    story.senders("believing", 1)
    story.jump(3600)
    story.wait_for("ahead", AHEAD)
    return {
        "jumps": len(JUMPS),
        "jumps_over_five_minutes": sum(abs(jump) > 300 for jump in JUMPS),
        "reminders": EACH * (len(JUMPS) + 1),
        "early": early,
        "repeated": repeated,
        "lost": lost,
        "sent_while_jumped": while_jumped,
        "alarms": alarms,
        "early_without_the_watch": story.arrived("ahead"),
    }


def main() -> None:
    """Run the story and print what was counted."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.proof.settings", "DUBAN_PROOF_SMTP": "1", "DUBAN_PROOF_HOOK": "http://127.0.0.1:1/"}
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from agencies.models import Office, User
    from tests.proof.sinks import hook_sink

    call_command("migrate", verbosity=0)
    User.objects.create(username="proof", name="人员", email="proof@example.test")
    User.objects.create(username="keeper", name="系统管理员", office=Office.SYSTEM, is_staff=True)
    connection.close()
    with hook_sink() as sink:
        story = Story(sink, Path(os.environ["DUBAN_PROOF_FAKED"]))
        try:
            counted = tell(story)
        finally:
            story.close()
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
