"""A process that has loaded the product and forks senders on request, so that one costs milliseconds and can be killed by the hundred.

Reads a line of JSON `{"job": …, "count": n, "offset": seconds}` and answers with the list of process ids.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

PAUSE = 0.02


def deliver(offset: float) -> None:
    """Deliver what is due, over and over, as the Celery task of the product does."""
    from django.utils import timezone

    from notifications.delivery import deliver_due

    rest = threading.Event()
    while True:
        outcome = deliver_due(timezone.now() + dt.timedelta(seconds=offset), limit=200)
        if not (outcome.sent or outcome.postponed or outcome.withheld or outcome.given_up):
            rest.wait(PAUSE)


def deliver_witnessed(offset: float) -> None:
    """Deliver, and keep on record when it was asked, by the clock of the database, whether each message that is sent may be sent."""
    from django.db import connection

    from notifications import delivery, guards
    from notifications.models import Message

    allowed, send, asked = guards.allowed, delivery._send, {"at": ""}

    def allowed_at(pairs: Iterable[tuple[int, str]], now: dt.datetime) -> set[tuple[int, str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            asked["at"] = cursor.fetchone()[0].isoformat()
        return allowed(pairs, now)

    def send_noted(message: Message, run: Any) -> None:
        with Path(os.environ["DUBAN_PROOF_WITNESS"]).open("a", encoding="utf-8") as kept:
            kept.write(f"{message.key} {asked['at']}\n")
        send(message, run)

    vars(guards)["allowed"], vars(delivery)["_send"] = allowed_at, send_noted
    deliver(offset)


def digest(offset: float) -> None:
    """Compose digests, over and over."""
    from django.utils import timezone

    from notifications.digests import compose_digests

    rest = threading.Event()
    while True:
        if not compose_digests(timezone.now() + dt.timedelta(seconds=offset)):
            rest.wait(PAUSE)


def climb(offset: float) -> None:
    """Sweep through forty days of rule time from `offset`, six hours at a step, and end."""
    from django.utils import timezone

    from workflow.actions.sweep import sweep

    start = timezone.now() + dt.timedelta(seconds=offset)
    for step in range(40 * 4):
        sweep(start + dt.timedelta(hours=6 * step))


def catch_up(offset: float) -> None:
    """Sweep and deliver, over and over, as worker and beat do once they are there again."""
    from django.utils import timezone

    from notifications.delivery import deliver_due
    from workflow.actions.sweep import sweep

    rest = threading.Event()
    while True:
        now = timezone.now() + dt.timedelta(seconds=offset)
        sweep(now)
        deliver_due(now, limit=200)
        rest.wait(PAUSE)


def on_duty(offset: float) -> None:
    """Deliver and sweep as the workers of the product do: by the clock of the database, while it can be trusted.

    The host's own clock is `offset` seconds off; only the database's may decide.
    """
    from django.utils import timezone

    from notifications import clock, health
    from notifications.delivery import deliver_due

    right, rest = timezone.now, threading.Event()
    timezone.now = lambda: right() + dt.timedelta(seconds=offset)
    while True:
        now = clock.trusted_now()
        if now is not None:
            health.beat("scheduler", now)
            deliver_due(now, limit=200)
        rest.wait(PAUSE)


def believing(offset: float) -> None:
    """Deliver by the clock of the database, whatever it says: what the watch is there to prevent."""
    from notifications.clock import database_now
    from notifications.delivery import deliver_due

    rest = threading.Event()
    while True:
        deliver_due(database_now() + dt.timedelta(seconds=offset), limit=200)
        rest.wait(PAUSE)


JOBS: dict[str, Callable[[float], None]] = {
    "deliver": deliver,
    "deliver_witnessed": deliver_witnessed,
    "digest": digest,
    "climb": climb,
    "catch_up": catch_up,
    "on_duty": on_duty,
    "believing": believing,
}


def fork(job: str, offset: float) -> int:
    """Fork one process for a job; it is left to the system to collect."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            JOBS[job](offset)
            code = 0
        finally:
            if code:
                import traceback

                traceback.print_exc()
            sys.stderr.flush()
            os._exit(code)
    return pid


def main() -> None:
    """Serve requests until the input ends."""
    django.setup()
    from importlib import import_module

    for name in ("notifications.delivery", "notifications.digests", "workflow.actions.sweep", "notifications.channels.email"):
        import_module(name)
    import_module("notifications.channels.webhook")
    from notifications import guards

    guards.register("proof", lambda people, refs, _now: {(person, ref) for person in people for ref in refs})
    from django.template.loader import get_template
    from django.urls import reverse

    reverse("notifications:inbox")  # loads all addresses of the site, once

    for name in ("notifications/email.txt", "notifications/email.html"):
        get_template(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps([fork(asked["job"], asked.get("offset", 0.0)) for _ in range(asked["count"])]), flush=True)


if __name__ == "__main__":
    main()
