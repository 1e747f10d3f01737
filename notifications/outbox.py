"""The outbox: notices are written in the transaction of their cause and leave after it is committed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from agencies.models import User
from agencies.models.bulk import insert
from notifications import bell
from notifications.hours import next_sending
from notifications.models import InboxItem, Message
from notifications.preferences import channels_for
from notifications.topics import floor

DIGESTED_CHANNELS = frozenset({"email"})
"""Channels on which what is not urgent waits for the day's digest."""

ROOM_CHANNELS = frozenset({"wecom", "dingtalk"})
"""Channels that speak to a room; a message to them has no recipient."""


class OutsideTransactionError(RuntimeError):
    """A notice was posted outside the transaction of its cause: it could be told although its cause is rolled back."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A notice to write.

    Attributes:
        key: unique name of telling this to this person, kept for ever; posting it again changes nothing.
        recipient_id: the person; None for room channels, which must then be named.
        topic: one of `Topic`.
        subject: one line.
        body: plain text.
        link: path of the page to open, "/tasks/12/".
        ref: opaque name of what it is about ("task:12"), asked of the guards again at delivery.
        urgent: by e-mail at once (in sending hours), not with the day's digest.
        channels: instead of the person's preferences (the floor holds all the same).
    """

    key: str
    recipient_id: int | None
    topic: str
    subject: str
    body: str
    link: str = ""
    ref: str = ""
    urgent: bool = False
    channels: tuple[str, ...] = ()


def message_id(key: str) -> str:
    """Return the Message-ID of a notice: the same however often it is sent."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{_host(settings.SITE_URL)}>"


@cache
def _host(site: str) -> str:
    return urlsplit(site).hostname or "localhost"


@lru_cache(maxsize=4096)
def _one_line(text: str, length: int) -> str:
    if not text.isprintable():
        text = "".join(" " if not character.isprintable() else character for character in text)
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def post(messages: Sequence[NewMessage], *, now: dt.datetime) -> None:
    """Write notices into the outbox and the in-app inbox; ring the bell on commit.

    The number of statements does not depend on how many there are. Keys that exist already are left alone; closed accounts
    get nothing.

    Raises:
        OutsideTransactionError: there is no transaction.
        ValueError: an unknown topic, or a message to nobody on no room channel.
    """
    if not connection.in_atomic_block:
        raise OutsideTransactionError("Post notices in the transaction of their cause.")
    if not messages:
        return
    people = {message.recipient_id for message in messages if message.recipient_id is not None}
    addresses = dict(User.objects.filter(pk__in=people, is_active=True).values_list("pk", "email"))
    channels = channels_for(addresses.keys())
    installed = frozenset(settings.DUBAN_CHANNELS)
    leaves_at = next_sending(now)
    rows: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for message in messages:
        subject = _one_line(message.subject, 200)
        if message.recipient_id is None:
            rooms = frozenset(message.channels) & ROOM_CHANNELS
            if not rooms:
                raise ValueError(f"{message.key} is addressed to nobody.")
            rows += [_row(message, subject, channel) for channel in sorted(rooms & installed)]
            continue
        if message.recipient_id not in addresses:
            continue
        usual = channels.get((message.recipient_id, message.topic))
        if usual is None:
            raise ValueError(f"{message.topic} is no topic.")
        chosen = frozenset(message.channels) | floor(message.topic) if message.channels else usual
        items.append(_told(message, subject, "inbox"))
        rows += [
            _row(message, subject, channel)
            for channel in sorted(chosen & installed - {"inbox"} - ROOM_CHANNELS)
            if channel != "email" or addresses[message.recipient_id]
        ]
    insert(InboxItem, _TOLD, items, shared={"created_at": now}, skip_known=True)
    insert(
        Message,
        (*_TOLD, "channel", "state", "message_id"),
        rows,
        shared={"created_at": now, "next_attempt_at": leaves_at, "attempts": 0, "answer": ""},
        skip_known=True,
    )
    if leaves_at <= now and any(row[len(_TOLD) + 1] == _QUEUED for row in rows):
        transaction.on_commit(bell.ring)


_TOLD = ("key", "recipient_id", "topic", "urgent", "subject", "body", "link", "subject_ref")
_QUEUED, _WAITING = str(Message.State.QUEUED.value), str(Message.State.WAITING.value)


def _told(message: NewMessage, subject: str, channel: str) -> tuple[Any, ...]:
    """Return what is told in the order of `_TOLD`, under its key for a channel."""
    key = f"{message.key}|{channel}"
    return key, message.recipient_id, str(message.topic), message.urgent, subject, message.body, message.link, message.ref


def _row(message: NewMessage, subject: str, channel: str) -> tuple[Any, ...]:
    told = _told(message, subject, channel)
    waits = channel in DIGESTED_CHANNELS and not message.urgent
    return *told, channel, _WAITING if waits else _QUEUED, message_id(told[0])


def send_again(ids: Iterable[int], *, now: dt.datetime) -> int:
    """Queue given-up messages once more, with all their attempts, under the same key and Message-ID.

    Returns:
        How many there were; what is in any other state is left alone.
    """
    given_up = Message.objects.filter(pk__in=list(ids), state=Message.State.GIVEN_UP)
    with transaction.atomic():
        count = given_up.update(state=Message.State.QUEUED, attempts=0, next_attempt_at=next_sending(now))
        if count:
            transaction.on_commit(bell.ring)
    return count


def supersede(refs: Collection[str], *, topics: Collection[str] = (), why: str = "") -> int:
    """Withdraw what has not been sent about these refs (a due date moved, a task was closed).

    What a sender holds at this moment was decided before and is left to it, so that no act waits for a mail server.

    Returns:
        How many messages were withdrawn.
    """
    pending = Message.objects.filter(subject_ref__in=refs, state__in=[Message.State.QUEUED, Message.State.WAITING])
    if topics:
        pending = pending.filter(topic__in=topics)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            pending = pending.select_for_update(skip_locked=True)
        ids = list(pending.values_list("pk", flat=True))
        if not ids:
            return 0
        return Message.objects.filter(pk__in=ids).update(state=Message.State.SUPERSEDED, answer=why[:500])
