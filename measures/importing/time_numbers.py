"""Numbers in phrases of time: years, months and days in digits or Chinese numerals."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

DIGITS = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "首": 1}
_FULL_YEAR = 1000  # a year written with fewer digits lacks its century


def year_from(written: str | None) -> int | None:
    """A year in digits or Chinese numerals, its century filled in (25年); None from an empty text."""
    if not written:
        return None
    if written.isdigit() and written.isascii():
        return int(written) if int(written) >= _FULL_YEAR else 2000 + int(written)
    value = 0
    for char in written:
        value = value * 10 + DIGITS.get(char, 0)
    return value


def number_from(written: str) -> int | None:
    """A number below a hundred in digits or Chinese numerals."""
    if not written:
        return None
    if written.isdigit() and written.isascii():
        return int(written)
    tens, ten, ones = written.partition("十")
    if not ten:
        return DIGITS.get(tens[:1])
    return (DIGITS.get(tens, 1) if tens else 1) * 10 + (DIGITS.get(ones, 0) if ones else 0)


def months_later(day: date, months: int) -> date:
    """The day some months later; the last of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    ends = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if ends else min(day.day, last))
