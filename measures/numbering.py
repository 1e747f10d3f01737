"""How a number stands before its title, by the custom of documents: 一、… （一）… 1. … 第一章 …. Free of Django."""

from __future__ import annotations

_NUMERALS = frozenset("一二三四五六七八九十百零〇")
_CLOSING = frozenset("）)】]〕、.．")


def numbered(number: str, title: str) -> str:
    """Return a title with its number before it."""
    if not number:
        return title
    if number[-1] in _CLOSING:
        return f"{number}{title}"
    if set(number) <= _NUMERALS:
        return f"{number}、{title}"
    if number.replace("-", "").replace(".", "").isdigit():
        return f"{number}. {title}"
    return f"{number} {title}"
