"""Channels, a folder each; adding one is adding a folder with a `CHANNEL` in it and naming it in `DUBAN_CHANNELS`.

The in-app inbox is no channel of this kind: its row is written with the cause, and nothing needs to be carried anywhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from django.utils.functional import Promise

from agencies.models import User


class UnreachableError(Exception):
    """The channel as a whole cannot be reached now: try later, and let it rest after some failures in a row."""


class RefusedError(Exception):
    """This message was refused.

    Attributes:
        for_good: trying again is useless.
    """

    def __init__(self, answer: str, *, for_good: bool) -> None:
        super().__init__(answer)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Line:
    """One notice inside a digest."""

    subject: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel is given to carry; `url` and `unsubscribe_url` are absolute or empty."""

    key: str
    message_id: str
    to: User | None
    topic: str
    urgent: bool
    subject: str
    body: str
    url: str
    unsubscribe_url: str
    at: dt.datetime
    lines: Sequence[Line] = ()


Send = Callable[[Letter], str]
"""Carries a letter, as `Channel.send` does."""


class Channel(Protocol):
    """A way of carrying letters."""

    code: str
    label: str | Promise
    chosen_by_people: bool
    """Whether a person may choose it on the preferences page."""

    def problem(self) -> str:
        """Return what is missing in the settings before it can be used, in a sentence; empty when it can."""

    def send(self, letter: Letter) -> str:
        """Carry a letter and return the answer of whoever took it.

        Raises:
            UnreachableError: nobody took it, the channel is out of reach.
            RefusedError: this letter was refused.
        """

    def line(self) -> contextlib.AbstractContextManager[Send]:
        """Offer a `send` for letters one after the other, which may keep open between them what is dear to open."""
        return contextlib.nullcontext(self.send)


def load(code: str) -> Channel:
    """Return the channel of a folder.

    Raises:
        LookupError: there is no such channel.
    """
    if not code.isidentifier():
        raise LookupError(code)
    try:
        module = import_module(f"notifications.channels.{code}")
    except ModuleNotFoundError as error:
        raise LookupError(f"There is no channel called {code}.") from error
    return cast("Channel", module.CHANNEL)
