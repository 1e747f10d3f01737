"""The outbox: notices are written in the transaction of their cause and leave after it is committed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from agencies.models import User
from notifications import bell
from notifications.hours import next_sending
from notifications.models import Message
from notifications.models.posting import Words, write_inbox, write_messages
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


@dataclass(frozen=True, slots=True)
class Circular:
    """The same words to several people: one notice each, of the key `key|person`; see `NewMessage`."""

    key: str
    people: tuple[int, ...]
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


def post(messages: Sequence[NewMessage | Circular], *, now: dt.datetime) -> None:
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
    people = {person for message in messages for person in _people(message) if person is not None}
    addresses = dict(User.objects.filter(pk__among=people, is_active=True).values_list("pk", "email"))
    channels = channels_for(addresses.keys(), {message.topic for message in messages})
    installed, leaves_at = frozenset(settings.DUBAN_CHANNELS), next_sending(now)
    items: list[tuple[Words, list[int]]] = []
    queued: list[tuple[Words, str, str, Collection[int | None]]] = []
    for message in messages:
        words = _words(message)
        if told := [person for person in _people(message) if person is not None and person in addresses]:
            items.append((words, told))
        ways = _ways(message, told, addresses, channels, installed)
        queued += [(words, channel, _first_state(message, channel), ways[channel]) for channel in sorted(ways)]
    write_inbox(items, now)
    write_messages(queued, now=now, leaves_at=leaves_at, host=_host(settings.SITE_URL))
    if leaves_at <= now and any(state == Message.State.QUEUED for _words, _channel, state, _people in queued):
        transaction.on_commit(bell.ring)


def _ways(
    message: NewMessage | Circular,
    told: Sequence[int],
    addresses: Mapping[int, str],
    channels: Mapping[tuple[int, str], frozenset[str]],
    installed: frozenset[str],
) -> Mapping[str, Collection[int | None]]:
    """Return the channels a notice takes beside the inbox, each with the people whom it reaches by it."""
    if _people(message) == (None,):
        rooms = frozenset(message.channels) & ROOM_CHANNELS
        if not rooms:
            raise ValueError(f"{message.key} is addressed to nobody.")
        return {channel: [None] for channel in rooms & installed}
    ways: dict[str, list[int | None]] = {}
    named = frozenset(message.channels) | floor(message.topic) if message.channels else None
    for person in told:
        for channel in (named or channels[person, message.topic]) & installed - _NOT_A_PERSONS:
            if channel != "email" or addresses[person]:
                ways.setdefault(channel, []).append(person)
    return ways


_NOT_A_PERSONS = ROOM_CHANNELS | {"inbox"}


def _people(message: NewMessage | Circular) -> tuple[int | None, ...]:
    return message.people if isinstance(message, Circular) else (message.recipient_id,)


def _words(message: NewMessage | Circular) -> Words:
    return Words(
        stem=message.key,
        is_circular=isinstance(message, Circular),
        topic=str(message.topic),
        urgent=message.urgent,
        subject=_one_line(message.subject, 200),
        body=message.body,
        link=message.link,
        ref=message.ref,
        channels_named=bool(message.channels),
    )


def _first_state(message: NewMessage | Circular, channel: str) -> str:
    waits = channel in DIGESTED_CHANNELS and not message.urgent
    return str(Message.State.WAITING.value if waits else Message.State.QUEUED.value)


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
