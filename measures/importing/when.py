"""By when a target is to be reached: 到2025年, 2026年底前, “十四五”末, 全年. Resolved to the last day of what is named.

What day a phrase names is told by the grammar of points in time (`points.py`); here only which phrases set the horizon of a number, and
which ones say what it is compared with (较2020年) or since when it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from measures.importing.folded import folded
from measures.importing.partial_date import PartialDate
from measures.importing.points import plan_day, point_or_range
from measures.importing.time_patterns import FULL_YEAR, PLAN

_ANCHOR = re.compile(
    r"(?P<avoid>比|较|相比|相较|与|同比|自|从|以|截至|截止|在)?(?P<by>力争到|到|至)?"
    rf"(?=(?:{FULL_YEAR})年|今年|本年|当年|明年|全年|(?<![\d一二两三四五六七八九十半几])年[内底末]|(?P<plan>[“\"]?十[二三四五六七]五))"
)
_SINCE = re.compile(r"以来|起|开始")
_AS_BASE = re.compile(r"为(?:基|起点|参照)|水平")  # 以2020年为基期
_COMPARED = re.compile(r"(?:底|末)?相比")


@dataclass(frozen=True, slots=True)
class Due:
    """A phrase of time: where it stands, and the last day it names.

    `is_base` tells that it is history or a comparison instead of an aim, `throughout` that all of the sentence behind it is compared
    with it (与2017年相比，…).
    """

    start: int
    end: int
    on: date | None
    is_base: bool = False
    year: int | None = None
    throughout: bool = False


def read_dues(text: str, start: int, end: int, reference: PartialDate | None) -> list[Due]:
    """Find the phrases of time in `text[start:end]`. `reference` is the date of the document, for 今年 and the like."""
    piece = folded(text[start:end], lines=True)
    found: list[Due] = []
    at = 0
    while anchor := _ANCHOR.search(piece.plain, at):
        read = _phrase(piece.plain, anchor, reference)
        at = max(read.end if read else 0, anchor.end() + 1)
        if read is not None:
            first, last = piece.span(read.start, read.end)
            found.append(replace(read, start=start + first, end=start + last))
    return found


def _phrase(plain: str, anchor: re.Match[str], reference: PartialDate | None) -> Due | None:
    plan = PLAN.match(plain, anchor.end()) if anchor["plan"] else None
    point, is_range = (None if plan else point_or_range(plain, anchor.end())) or (None, False)
    stop = plan.end() if plan else point.end if point else 0
    if not stop:
        return None
    since = _SINCE.match(plain, stop)
    throughout = _COMPARED.match(plain, stop) is not None
    based = throughout or (anchor["avoid"] == "以" and _AS_BASE.match(plain, stop) is not None)
    avoided = (anchor["avoid"] not in (None, "在", "以") and not anchor["by"] and not is_range) or based or since is not None
    begin = anchor.start("by") if anchor["by"] else anchor.start() + len(anchor["avoid"] or "")
    day = plan_day(plan) if plan else point.resolve(reference)[0] if point else None
    year = day.year if plan and day else point.year_in(reference) if point else None
    return Due(begin, since.end() if since else stop, day, avoided, year, throughout)
