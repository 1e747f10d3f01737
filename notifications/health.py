"""Whether channels can be reached. A channel that failed five times in a row rests, so that the others are not held up by it."""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import F, Q

from notifications.models import ChannelHealth, Heartbeat, as_answered

logger = logging.getLogger(__name__)

REST_AFTER = 5
REST = dt.timedelta(minutes=1)
LONGEST_REST = dt.timedelta(minutes=30)


def in_trouble() -> dict[str, dt.datetime | None]:
    """Return the channels that were out of reach when last tried, and until when each rests."""
    return dict(ChannelHealth.objects.filter(failures__gt=0).values_list("channel", "rests_until"))


def failed(channel: str, answer: str, now: dt.datetime) -> None:
    """Note that a channel was out of reach; from the fifth time in a row it rests, twice as long each time.

    What was under way when the rest began counts no more: it would make the rest longer than anybody has looked.
    """
    ChannelHealth.objects.get_or_create(channel=channel)
    awake = Q(rests_until__isnull=True) | Q(rests_until__lte=now)
    if not ChannelHealth.objects.filter(awake, channel=channel).update(failures=F("failures") + 1, answer=as_answered(answer)):
        return
    failures = ChannelHealth.objects.values_list("failures", flat=True).get(channel=channel)
    if failures >= REST_AFTER:
        rest = min(REST * 2 ** min(failures - REST_AFTER, 10), LONGEST_REST)
        ChannelHealth.objects.filter(channel=channel).update(rests_until=now + rest)
        logger.error("Channel %s was out of reach %d times in a row and rests for %s: %s", channel, failures, rest, answer)


def answered(channel: str) -> None:
    """Note that a channel took a message."""
    ChannelHealth.objects.filter(channel=channel, failures__gt=0).update(failures=0, rests_until=None, answer="")


def beat(name: str, now: dt.datetime) -> None:
    """Leave a sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def last_beat(name: str) -> dt.datetime | None:
    """Return when something last left a sign of life."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
