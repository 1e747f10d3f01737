"""By when a target is to be reached: 到2025年, 2026年底前, “十四五”末, 全年. Resolved to the last day of what is named.

Deadlines of responsibilities have a grammar of their own (`deadlines.py`); here only the phrases that set the horizon of a number.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from measures.importing.headings import chinese_number

_FIVE_YEARS = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_PHRASE = re.compile(
    r"(?P<avoid>比|较|相比|相较|与|同比|自|从|以|截至|截止|在)?(?P<by>力争到|到|至)?"
    r"(?:(?P<y>(?:19|20)\d{2})\s*年|(?P<now>今年|本年度?|当年|全年|年内)|(?P<next>明年)|[“\"]?(?P<plan>十[二三四五六]五)[”\"]?)"
    r"(?P<part>(?:时期|期间|规划期)?(?:末|底)|年底|年末|底|末|上半年|下半年|第?[一二三四1-4]季度末?|(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})月(?:(?P<d>\d{1,2})日|底|末|中旬)?|期间|时期)?"
    r"(?P<before>前|之前|以前)?(?P<since>以来|起|开始)?"
)
_YEAR_END = re.compile(r"(?<![\d一二三四五六七八九十])(?P<end>年底|年末)(?:前|之前)?")
_QUARTER_ENDS = {1: 3, 2: 6, 3: 9, 4: 12}


@dataclass(frozen=True, slots=True)
class Due:
    """A phrase of time: where it stands, the last day it names, and whether it is history or a comparison instead of an aim."""

    start: int
    end: int
    on: date | None
    is_base: bool = False
    year: int | None = None


def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def read_dues(text: str, start: int, end: int, reference: date | None) -> list[Due]:
    """Find the phrases of time in `text[start:end]`. `reference` is the date of the document, for 今年 and the like."""
    found = [due for match in _PHRASE.finditer(text, start, end) if (due := _resolve(match, reference)) is not None]
    for match in _YEAR_END.finditer(text, start, end):
        if reference and not any(due.start <= match.start() < due.end for due in found):
            found.append(Due(match.start(), match.end(), date(reference.year, 12, 31), year=reference.year))
    return sorted(found, key=lambda due: due.start)


def _resolve(match: re.Match[str], reference: date | None) -> Due | None:
    year = _year(match, reference)
    begin = match.start("by") if match["by"] else match.start() + len(match["avoid"] or "")
    avoid = match["avoid"] not in (None, "在", "以") or bool(match["since"])
    if year is None:
        return Due(begin, match.end(), None, is_base=avoid)
    return Due(begin, match.end(), _last_day(match, year), is_base=avoid and not match["by"], year=year)


def _year(match: re.Match[str], reference: date | None) -> int | None:
    if match["y"]:
        return int(match["y"])
    if match["plan"]:
        return _FIVE_YEARS[match["plan"]]
    if reference is None:
        return None
    return reference.year + (1 if match["next"] else 0)


def _last_day(match: re.Match[str], year: int) -> date | None:
    part = match["part"] or ""
    if match["m"]:
        month = int(match["m"]) if match["m"].isascii() else chinese_number(match["m"])
        if not 1 <= month <= 12:
            return None
        last = month_end(year, month)
        day = int(match["d"]) if match["d"] else (20 if part.endswith("中旬") else last.day)
        return date(year, month, day) if 1 <= day <= last.day else None
    if part == "上半年":
        return date(year, 6, 30)
    quarter = re.search(r"[一二三四1-4](?=季度)", part)
    if quarter:
        number = int(quarter.group()) if quarter.group().isascii() else chinese_number(quarter.group())
        return month_end(year, _QUARTER_ENDS[number])
    return date(year, 12, 31)
