"""Whether what the environment gives can be meant: a wrong hour would refuse every act, a wrong channel show only when it is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from environs import ValidationError

CHANNELS = Path(__file__).resolve().parent.parent / "notifications" / "channels"


def channels(codes: Sequence[str]) -> None:
    """Refuse a channel for which there is no folder.

    Raises:
        ValidationError: naming it.
    """
    known = {"inbox", *(folder.parent.name for folder in CHANNELS.glob("*/__init__.py"))}
    for code in codes:
        if code not in known:
            raise ValidationError(f"There is no channel called {code!r}; there are {', '.join(sorted(known))}.")


def hours(text: str) -> None:
    """Refuse sending hours that are no hours of one day, such as 20:00-08:00, in which nothing would ever be sent.

    Raises:
        ValidationError: saying how they are written.
    """
    begin, _dash, end = text.partition("-")
    if not _time(begin) < _time(end):
        raise ValidationError(f"{text!r} does not end after it begins, on the same day.")


def digest_within(sending: str) -> Callable[[str], None]:
    """Return a check that refuses a time of the digest outside the sending hours, at which none would ever be composed."""

    def check(text: str) -> None:
        begin, _dash, end = sending.partition("-")
        if _time(text) >= _time(end):
            raise ValidationError(f"{text!r} comes after the sending hours, {begin}-{end}.")

    return check


def _time(text: str) -> dt.time:
    if text == "24:00":
        return dt.time.max
    try:
        return dt.time.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"{text!r} is no time; write 08:00.") from error
