"""What must hold once the faults have ended, whatever was answered to whom: invariants of the database itself.

The callers compare it with what they were told: every acknowledged act on record once, every refused one not at all, every
unknown one, asked again under its key, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from notifications.models import InboxItem, Message
from tests.workflow.histories import rules

LONGEST = dt.timedelta(seconds=60)
"""For which anything may be held, claimed or locked."""


def broken(now: dt.datetime) -> list[str]:
    """Return everything that does not hold, in words."""
    return [*rules.broken(), *rules.permissions_differ(now), *_messages(), *_held(now)]


def _messages() -> Iterator[str]:
    """Hold the outbox against the inbox: whoever was sent something was told in the house too."""
    told = set(InboxItem.objects.values_list("recipient_id", "subject"))
    sent = Message.objects.filter(recipient__isnull=False, carries=None).values_list("recipient_id", "subject", "key")
    yield from (f"message {key} is in no inbox" for person, subject, key in sent if (person, subject) not in told)


def _held(now: dt.datetime) -> Iterator[str]:
    """Look for what is held for too long."""
    for key in Message.objects.filter(claimed_until__lt=now - LONGEST).values_list("key", flat=True):
        yield f"message {key} is still claimed"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state FROM pg_stat_activity WHERE xact_start < now() - make_interval(secs => %s) AND pid <> pg_backend_pid()"
            " AND datname = current_database()",
            [LONGEST.total_seconds()],
        )
        yield from (f"session {pid} has been {state} in a transaction for a minute" for pid, state in cursor.fetchall())
