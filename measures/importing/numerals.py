"""Numbers as documents write them: digits in half and full width, Chinese numerals of any size."""

from __future__ import annotations

DASHES = "-‐‑‒–—―−─－"  # any of them stands between the ends of a range; the first one is for a class of signs in a pattern
HALF_WIDTH = {ord(full): half for full, half in zip("０１２３４５６７８９", "0123456789", strict=True)}
_DIGITS = {
    **dict.fromkeys("〇○零", 0),
    **{sign: value for value, sign in enumerate("一二三四五六七八九", start=1)},
    "两": 2,
    "首": 1,  # 首季度
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
_CENTURY = 2000
_FULL_YEAR = 1000  # a year written with fewer digits lacks its century


def plain_digits(text: str) -> str:
    """Write the digits of a text in half width, sign for sign."""
    return text.translate(HALF_WIDTH)


def chinese_number(written: str) -> int:
    """Read a Chinese numeral: 三千五百 → 3500, 一万二千 → 12000, digit for digit where it has no places (二〇二六); 0 if it is none."""
    if not any(sign in _PLACES or sign in _GROUPS for sign in written):
        return int("".join(str(_DIGITS.get(sign, 0)) for sign in written) or 0)
    total = group = digit = 0
    for sign in written:
        if sign in _PLACES:
            group, digit = group + (digit or 1) * _PLACES[sign], 0
        elif sign in _GROUPS:
            total, group, digit = (total + group + digit or 1) * _GROUPS[sign], 0, 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + group + digit


def number_from(written: str | None) -> int | None:
    """Read a number in digits of either width or in Chinese numerals; None from an empty text."""
    if not written:
        return None
    plain = plain_digits(written)
    return int(plain) if plain.isdigit() and plain.isascii() else chinese_number(written)


def year_from(written: str | None) -> int | None:
    """Read a year, its century filled in (25年); None from an empty text."""
    year = number_from(written)
    return year + _CENTURY if written and year is not None and year < _FULL_YEAR and written.isascii() else year
