"""A WeCom (企业微信) group robot. Its address carries its secret key and is never shown; it answers 200 with an error code inside."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import Channel, Letter, RefusedError, UnreachableError
from notifications.channels.webhook import deliver

BYTES = 2048
"""The longest text a robot takes, in bytes."""

TOO_OFTEN = frozenset({45009, 130101, -1})
"""Error codes that pass: more than twenty messages a minute, system busy."""


def cut(text: str, size: int) -> str:
    """Return a text that takes at most so many bytes."""
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode(errors="ignore") + "…"


def read_answer(body: bytes, too_often: frozenset[int]) -> str:
    """Return the robot's answer.

    Raises:
        RefusedError: the robot says no.
        UnreachableError: something else answered in its place.
    """
    try:
        answer: Any = json.loads(body)
        code, words = int(answer["errcode"]), str(answer.get("errmsg", ""))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreachableError(_("The answer is not that of a robot.")) from error
    if code:
        raise RefusedError(f"{code} {words}", for_good=code not in too_often)
    return f"{code} {words}"


class WeCom(Channel):
    """The robot."""

    code = "wecom"
    label: str | Promise = gettext_lazy("WeCom robot")
    chosen_by_people = False

    def problem(self) -> str:
        """Return what is missing in the settings."""
        return "" if settings.DUBAN_WECOM_URL else _("DUBAN_WECOM_URL is not set.")

    def send(self, letter: Letter) -> str:
        """Say it in the room."""
        if problem := self.problem():
            raise UnreachableError(problem)
        text = cut("\n".join(part for part in (letter.subject, letter.body, letter.url) if part), BYTES)
        body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
        reply = deliver(settings.DUBAN_WECOM_URL, body, {"Content-Type": "application/json; charset=utf-8"})
        return read_answer(reply.body, TOO_OFTEN)


CHANNEL = WeCom()
