"""Sentences of a measure, along which a coordinator may split it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE = re.compile(
    r"(?:“[^“”\n]{0,40}[^“”。！？\n]”|《[^《》\n]{1,60}》|[^。！？\n])*[。！？]?[”’』」]?|\n"
)  # “你好！中国” ends nothing


def find_sentences(text: str, start: int, end: int, skip: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut `text[start:end]` into sentences; the spans to skip (responsibility clauses) belong to none."""
    found: list[tuple[int, int]] = []
    position = start
    for first, last in [*skip, (end, end)]:
        if first < position:
            position = max(position, min(last, end))
            continue
        found += _cut(text, position, min(first, end))
        position = min(last, end)
    return found


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text, start, end):
        quote = match.group()
        bare = quote.strip(" \t\n\u3000。；;，,、（）()")
        if not bare:
            continue
        lead = len(quote) - len(quote.lstrip(" \t\n\u3000。；;"))
        found.append((match.start() + lead, match.start() + len(quote.rstrip())))
    return found
