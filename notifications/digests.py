"""One digest a person and day for what is not urgent. A notice goes into exactly one, whoever composes and whenever it is killed."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import bell
from notifications.hours import may_send
from notifications.models import Digest, Message
from notifications.outbox import message_id
from notifications.topics import Topic

PEOPLE = 500
"""How many people's digests one transaction composes."""


def compose_digests(now: dt.datetime) -> int:
    """Gather what waits into the day's digests, once `DUBAN_DIGEST_AT` has struck on a working day.

    Returns:
        How many digests were composed.
    """
    day = digest_day(now)
    composed = 0
    while day is not None and (batch := _compose_batch(day, now)):
        composed += batch
    return composed


def digest_day(now: dt.datetime) -> dt.date | None:
    """Return the day whose digests may be composed at a moment; None before their hour, and when nothing may go out."""
    local = timezone.localtime(now)
    return local.date() if may_send(now) and local.time() >= dt.time.fromisoformat(settings.DUBAN_DIGEST_AT) else None


def _compose_batch(day: dt.date, now: dt.datetime) -> int:
    """Compose the digests of some people in one transaction, in a number of statements that does not depend on how many."""
    waiting = Message.objects.filter(state=Message.State.WAITING)
    served = Digest.objects.filter(recipient=OuterRef("recipient"), day=day)
    with transaction.atomic():
        people = list(waiting.filter(~Exists(served)).order_by("recipient_id").values_list("recipient_id", flat=True).distinct()[:PEOPLE])
        if not people:
            return 0
        composer = uuid.uuid4()
        Digest.objects.bulk_create([Digest(recipient_id=person, day=day, composer=composer) for person in people], ignore_conflicts=True)
        ours = Digest.objects.filter(composer=composer)
        digests = dict(ours.values_list("recipient_id", "pk"))
        if not digests:  # another composer came first for all of them: theirs are done
            return 0
        items = waiting.filter(recipient_id__in=digests)
        if connection.features.has_select_for_update:
            items = items.select_for_update()
        ids = list(items.values_list("pk", flat=True))
        Message.objects.filter(pk__in=ids, state=Message.State.WAITING).update(
            state=Message.State.DIGESTED, digest_id=Subquery(ours.filter(recipient=OuterRef("recipient")).values("pk")[:1])
        )
        Message.objects.bulk_create([_carrier(person, digest, day, now) for person, digest in digests.items()])
        transaction.on_commit(bell.ring)
    return len(digests)


def _carrier(person: int, digest: int, day: dt.date, now: dt.datetime) -> Message:
    key = f"digest|{person}|{day.isoformat()}|email"
    return Message(
        key=key,
        recipient_id=person,
        channel="email",
        topic=Topic.SYSTEM,
        subject=_("Notices of the day"),
        body="",
        link="/notifications/",
        created_at=now,
        next_attempt_at=now,
        message_id=message_id(key),
        carries_id=digest,
    )
