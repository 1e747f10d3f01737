"""A DingTalk (钉钉) group robot with signing: the time and an HMAC-SHA256 of it go into the address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import Channel, Letter, UnreachableError
from notifications.channels.webhook import deliver
from notifications.channels.wecom import cut, read_answer

BYTES = 20_000
TOO_OFTEN = frozenset({130101, -1})


def signature(secret: str, milliseconds: int) -> str:
    """Return the parameter `sign` for a Unix time in milliseconds."""
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class DingTalk(Channel):
    """The robot."""

    code = "dingtalk"
    label: str | Promise = gettext_lazy("DingTalk robot")
    chosen_by_people = False

    def problem(self) -> str:
        """Return what is missing in the settings."""
        if not settings.DUBAN_DINGTALK_URL:
            return _("DUBAN_DINGTALK_URL is not set.")
        return "" if settings.DUBAN_DINGTALK_SECRET else _("DUBAN_DINGTALK_SECRET is not set.")

    def send(self, letter: Letter) -> str:
        """Say it in the room."""
        if problem := self.problem():
            raise UnreachableError(problem)
        at = time.time_ns() // 1_000_000
        url = settings.DUBAN_DINGTALK_URL
        url += ("&" if "?" in url else "?") + urlencode({"timestamp": at, "sign": signature(settings.DUBAN_DINGTALK_SECRET, at)})
        text = cut("\n".join(part for part in (letter.subject, letter.body, letter.url) if part), BYTES)
        body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
        return read_answer(deliver(url, body, {"Content-Type": "application/json; charset=utf-8"}).body, TOO_OFTEN)


CHANNEL = DingTalk()
