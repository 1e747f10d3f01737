"""Feasts and seasons before which work is to be done (国庆节前, 春节前, 汛期前), from `feasts.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_name("feasts.toml").read_text(encoding="utf-8"))
_FIXED = {word: tuple(map(int, day.split("-"))) for day, words in _TABLE["fixed"].items() for word in words.split()}
_MOVING = {
    word: {day.year: day for day in map(date.fromisoformat, days.split())}
    for words, days in _TABLE["moving"].items()
    for word in words.split()
}
FEASTS = tuple(sorted({*_FIXED, *_MOVING, *_TABLE["unknown"]["words"].split()}, key=len, reverse=True))


def is_lunar(feast: str) -> bool:
    """Whether a feast is one of the lunar calendar."""
    return feast in _MOVING


def has_day(feast: str) -> bool:
    """Whether a calendar tells the day of a feast."""
    return feast in _FIXED or feast in _MOVING


def feast_day(feast: str, year: int) -> date | None:
    """The day of a feast in a year; None if it is not known."""
    if feast in _FIXED:
        month, day = _FIXED[feast]
        return date(year, month, day)
    return _MOVING.get(feast, {}).get(year)
