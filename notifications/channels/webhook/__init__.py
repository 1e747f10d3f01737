"""A signed webhook: each notice as JSON to one receiver of the house, such as the office system's to-do list.

The signature is an HMAC-SHA256 over the time and the body; `Idempotency-Key` is the same however often a notice is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import wire
from notifications.channels import Channel, Letter, RefusedError, UnreachableError

TOLERANCE = 300
"""Seconds that a signature is valid; older ones may be replays."""


def sign(secret: str, body: bytes, *, at: int) -> str:
    """Return the value of the header `Duban-Signature` for a body sent at a Unix time."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_genuine(secret: str, header: str, body: bytes, *, now: int) -> bool:
    """Tell whether a body came from whoever knows the secret, and lately; receivers do the same."""
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    stamp = fields.get("t", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= len(str(now)) + 1) or abs(now - int(stamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, body, at=int(stamp)).encode(), f"t={stamp},v1={fields.get('v1', '')}".encode())


def deliver(url: str, body: bytes, headers: Mapping[str, str]) -> wire.Reply:
    """Post to a receiver and sort what can go wrong into the two errors of channels."""
    try:
        reply = wire.post(url, body, headers)
    except wire.ForbiddenAddressError as error:
        raise RefusedError(str(error), for_good=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"{type(error).__name__}: {error}") from error
    if reply.status >= 500 or 300 <= reply.status < 400:  # noqa: PLR2004
        raise UnreachableError(f"HTTP {reply.status}")
    if not reply.is_ok:
        raise RefusedError(f"HTTP {reply.status}", for_good=reply.is_for_good)
    return reply


class Webhook(Channel):
    """The webhook."""

    code = "webhook"
    label: str | Promise = gettext_lazy("Webhook")
    chosen_by_people = False

    def problem(self) -> str:
        """Return what is missing in the settings."""
        if not settings.DUBAN_WEBHOOK_URL:
            return _("DUBAN_WEBHOOK_URL is not set.")
        return "" if settings.DUBAN_WEBHOOK_SECRET else _("DUBAN_WEBHOOK_SECRET is not set.")

    def send(self, letter: Letter) -> str:
        """Post the notice."""
        if problem := self.problem():
            raise UnreachableError(problem)
        body = json.dumps(
            {
                "key": letter.key,
                "recipient": letter.to.get_username() if letter.to else None,
                "topic": letter.topic,
                "urgent": letter.urgent,
                "subject": letter.subject,
                "text": letter.body,
                "url": letter.url,
                "at": letter.at.isoformat(),
            },
            ensure_ascii=False,
            sort_keys=True,
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Duban",
            "Idempotency-Key": hashlib.sha256(letter.key.encode()).hexdigest(),
            "Duban-Signature": sign(settings.DUBAN_WEBHOOK_SECRET, body, at=int(time.time())),
        }
        return f"HTTP {deliver(settings.DUBAN_WEBHOOK_URL, body, headers).status}"


CHANNEL = Webhook()
