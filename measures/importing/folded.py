"""A stretch of text as phrases of time are looked for in it: half width, no blanks; and the way back to the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from measures.importing.numerals import DASHES, HALF_WIDTH

_FOLD = HALF_WIDTH | {ord("．"): ".", ord("／"): "/", ord(","): "，"} | {ord(dash): "—" for dash in DASHES[1:]}
_BLANKS = re.compile(r"\s+")
# Blanks, and a line's end inside a phrase (2025年⏎6月底前, 6⏎月底); another line's end parts what stands on its sides.
_BLANKS_IN_LINES = re.compile(
    r"[^\S\n]+|(?<=[\d０-９])\s*\n\s*(?=[年月日号])|(?<=[年月])\s*\n\s*(?=[\d０-９底末初前上中下内])|(?<=[底末])\s*\n\s*(?=前)"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without blanks and in half width. `places` tells where each sign of `plain` stands in the text."""

    plain: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span in the text of `plain[start:end]`, which is not empty."""
        return self.places[start], self.places[end - 1] + 1

    def index(self, place: int) -> int:
        """Give where in `plain` the first sign stands that is at a place of the text or behind it."""
        return bisect_left(self.places, place)


def folded(text: str, *, lines: bool = False) -> Folded:
    """Fold a text; with `lines` the ends of lines are kept, where they do not break a phrase."""
    places: list[int] = []
    parts: list[str] = []
    at = 0
    for blank in (_BLANKS_IN_LINES if lines else _BLANKS).finditer(text):
        parts.append(text[at : blank.start()])
        places.extend(range(at, blank.start()))
        at = blank.end()
    if not at:
        return Folded(text.translate(_FOLD), range(len(text)))
    places.extend(range(at, len(text)))
    return Folded("".join((*parts, text[at:])).translate(_FOLD), places)
