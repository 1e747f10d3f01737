"""Reminders that are due at once, by the hundred."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from agencies.models import User
from notifications.outbox import NewMessage, post


def write_reminders(
    count: int, *, channels: tuple[str, ...] = ("email", "webhook"), urgent: bool = True, marker: str = "r", people: int = 500
) -> None:
    """Write reminders that are due at once, each to one channel in turn."""
    known = list(User.objects.filter(username__startswith="proof").values_list("pk", flat=True))
    if not known:
        User.objects.bulk_create(
            User(username=f"proof{i}", name=f"人员{i}", email=f"proof{i}@example.test") for i in range(min(count, people))
        )
        known = list(User.objects.filter(username__startswith="proof").values_list("pk", flat=True))
    rows = [
        NewMessage(
            key=f"{marker}{i}",
            recipient_id=known[i % len(known)],
            topic="deadline",
            subject=f"提醒 {marker}{i}",
            body=f"[{marker}{i}]",
            urgent=urgent,
            channels=(channels[i % len(channels)],),
        )
        for i in range(count)
    ]
    for start in range(0, count, 2000):
        with transaction.atomic():
            post(rows[start : start + 2000], now=timezone.now() - dt.timedelta(seconds=1))
