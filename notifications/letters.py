"""Turns a message into the letter that a channel carries: absolute addresses, a way out where one is allowed, a digest's lines."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import ngettext

from notifications import guards
from notifications.channels import Letter, Line
from notifications.models import Message
from notifications.preferences import switched_off
from notifications.topics import floor

SALT = "notifications.unsubscribe"
LINES = 100
"""How many notices a digest tells one by one; the rest it counts."""


def absolute(path: str) -> str:
    """Return the full address of a page of the site."""
    return f"{settings.SITE_URL.rstrip('/')}{path}" if path else ""


def unsubscribe_url(message: Message) -> str:
    """Return where the recipient can switch this kind of mail off, or nothing where it cannot be."""
    if message.recipient_id is None or message.channel_named or message.channel in floor(message.topic) or message.carries_id is not None:
        return ""
    token = signing.dumps([message.recipient_id, message.topic, message.channel], salt=SALT)
    return absolute(reverse("notifications:unsubscribe", args=[token]))


def build(message: Message, now: dt.datetime) -> Letter | None:
    """Return the letter of a message, or None for a digest of which nothing may be told any more."""
    subject, body = message.subject, message.body
    lines: tuple[Line, ...] = ()
    if message.carries_id is not None:
        lines = _lines(message.carries_id, message.recipient_id, now)
        if not lines:
            return None
        count = len(lines)
        subject = ngettext("%(count)d notice for you", "%(count)d notices for you", count) % {"count": count}
        body = ""
    return Letter(
        key=message.key,
        message_id=message.message_id,
        to=message.recipient,
        topic=message.topic,
        urgent=message.urgent,
        subject=subject,
        body=body,
        url=absolute(message.link),
        unsubscribe_url=unsubscribe_url(message),
        at=message.created_at,
        lines=lines[:LINES],
    )


def _lines(digest: int, person: int | None, now: dt.datetime) -> tuple[Line, ...]:
    """Return what a digest tells, asked again at this moment: what its reader may no longer see, or does not want, is left out."""
    items = list(Message.objects.filter(digest_id=digest).order_by("created_at", "pk"))
    told = guards.allowed([(person, item.subject_ref) for item in items if person is not None], now)
    so = guards.still_true([item.key for item in items], now)
    unwanted = switched_off(items)
    return tuple(
        Line(item.subject, item.body, absolute(item.link))
        for item in items
        if item.key in so and item.pk not in unwanted and (person, item.subject_ref) in told
    )
