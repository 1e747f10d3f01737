"""Notices by the thousand: the words travel to the database once, and it makes of them a row for each person and channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from agencies.models.bulk import insert_from, rows_as_source
from notifications.models.inbox import InboxItem
from notifications.models.message import Message


@dataclass(frozen=True, slots=True)
class Words:
    """What is told in the same words, and how its rows are called.

    Attributes:
        stem: begins their keys.
        is_circular: the person is part of the key: `stem|person|channel`; otherwise it is `stem|channel`.
        channels_named: its channels were named with it, whatever its recipients have chosen.
    """

    stem: str
    is_circular: bool
    topic: str
    urgent: bool
    subject: str
    body: str
    link: str
    ref: str
    channels_named: bool


_TYPES = ("text", "boolean", "text", "boolean", "text", "text", "text", "text")
_SAID = {"topic": "c2", "urgent": "c3", "subject": "c4", "body": "c5", "link": "c6", "subject_ref": "c7", "recipient_id": "person.value"}
_KEY = "c0 || CASE WHEN c1 THEN '|' || person.value ELSE '' END || '|' || "


def _listed(words: Words) -> tuple[str | bool, ...]:
    return words.stem, words.is_circular, words.topic, words.urgent, words.subject, words.body, words.link, words.ref


def write_inbox(told: Sequence[tuple[Words, Collection[int]]], now: dt.datetime) -> None:
    """Lay notices into people's inboxes; keys that exist already are left alone."""
    if not told:
        return
    rows = [(*_listed(words), list(people)) for words, people in told]
    source, parameter = rows_as_source(rows, (*_TYPES, "bigint[]"), connection.vendor)
    made = _SAID | {"key": f"{_KEY}'inbox'"}
    insert_from(InboxItem, source + _for_each_person(), parameter, made, shared={"created_at": now}, once_by="key")


def write_messages(
    told: Sequence[tuple[Words, str, str, Collection[int | None]]], *, now: dt.datetime, leaves_at: dt.datetime, host: str
) -> None:
    """Queue notices; keys that exist already are left alone.

    Args:
        told: words, channel, state, and the people, None for the room of a channel.
        now: the moment.
        leaves_at: before which nothing is sent.
        host: of the Message-IDs; see `message_id`.
    """
    if not told:
        return
    rows = [(*_listed(words), list(people), channel, state, f"@{host}>", words.channels_named) for words, channel, state, people in told]
    source, parameter = rows_as_source(rows, (*_TYPES, "bigint[]", "text", "text", "text", "boolean"), connection.vendor)
    key = f"{_KEY}c9"
    digest = f"encode(sha256(convert_to({key}, 'UTF8')), 'hex')" if connection.vendor == "postgresql" else f"sha256({key})"
    made = _SAID | {"key": key, "channel": "c9", "state": "c10", "channel_named": "c12"}
    made |= {"message_id": f"'<' || substr({digest}, 1, 40) || c11"}
    shared = {"created_at": now, "next_attempt_at": leaves_at, "attempts": 0, "answer": ""}
    insert_from(Message, source + _for_each_person(), parameter, made, shared=shared, once_by="key")


def _for_each_person() -> str:
    """Return what to join to a source so that each of its rows comes once for each person in the list that is its ninth column."""
    return ", unnest(c8) AS person (value)" if connection.vendor == "postgresql" else ", json_each(c8) AS person"
