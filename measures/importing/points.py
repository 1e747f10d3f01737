"""Points in time as written (2025年6月底前, 今年三季度, 2025.12), and the last day that each leaves.

A point is put together from a year, a part of it (half, quarter, month, day) and an edge (末, 底, 前 …).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from measures.importing.numerals import number_from, year_from
from measures.importing.partial_date import PartialDate, months_later
from measures.importing.time_patterns import BARE_PARTS, DOTTED, POINT, RANGE

YEARS = range(1900, 2200)  # years that a deadline may have
SHIFTS = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "后年": 2, "去年": -1}
_LENGTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1, "day": 0}  # months
_HALVES = {"上半年": 6, "前半年": 6, "下半年": 12, "后半年": 12}
_EDGES_ALONE = ("年底", "年末", "年终", "年中", "年内", "全年", "月底", "月末")


@dataclass(frozen=True, slots=True)
class Point:
    """A point in time as written: what it leaves out is None.

    `shift` is 1 for 明年, `whole` what 前 stands after: year, half, quarter, month or day.
    """

    end: int
    year: int | None
    shift: int | None
    month: int | None
    day: int | None
    edge: str
    before: bool
    lead: str
    whole: str
    valid: bool = True

    @classmethod
    def match(cls, plain: str, start: int) -> Point | None:
        """Read the point that begins at a place of a folded text."""
        return cls._dotted(plain, start) or cls._worded(plain, start)

    @classmethod
    def _dotted(cls, plain: str, start: int) -> Point | None:
        found = DOTTED.match(plain, start)
        if found is None:
            return None
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"]) if found["day"] else None
        valid = day is None or day <= monthrange(year, month)[1]
        whole = "day" if day else "month"
        return cls(found.end(), year, None, month, day, found["edge"] or "", bool(found["before"]), found["lead"], whole, valid)

    @classmethod
    def _worded(cls, plain: str, start: int) -> Point | None:
        found = POINT.match(plain, start)
        if found is None:
            return None
        part = {name: found[name] or found["s_" + name] or "" for name in ("half", "quarter", "month", "day", "only_month")}
        edge = found["edge"] or ""
        if not (found["year"] or found["relative"] or any(part.values()) or edge in _EDGES_ALONE):
            return None
        month = _HALVES.get(part["half"])
        if part["quarter"]:
            month = 3 * (number_from(part["quarter"]) or 0)
        written = number_from(part["month"] or part["only_month"])
        month = written if written is not None else month
        day = number_from(part["day"])
        year = year_from(found["year"])
        valid = day is None or month is None or 1 <= day <= monthrange(year or 2024, month)[1]
        whole = "day" if day else "half" if part["half"] else "quarter" if part["quarter"] else "month" if month else "year"
        shift = SHIFTS.get(found["relative"] or "")
        return cls(found.end(), year, shift, month, day, edge, bool(found["before"]), found["lead"], whole, valid)

    def inheriting(self, first: Point) -> Point:
        """Take the year of the beginning of a range, where the end of it has none."""
        if self.year is not None or self.shift is not None:
            return self
        return replace(self, year=first.year, shift=first.shift)

    def year_in(self, reference: PartialDate | None) -> int | None:
        """Give the year, that of the document where none is written."""
        if self.year is not None:
            return self.year
        return reference.year + (self.shift or 0) if reference is not None else None

    def resolve(self, reference: PartialDate | None) -> tuple[date | None, str]:
        """Give the last day in time, and why it is doubtful."""
        if not self.valid:
            return None, "没有这一天"
        year = self.year_in(reference)
        if year is None:
            return None, "未写年份，且不知道成文日期"
        month = reference.month if self.edge in ("月底", "月末") and self.month is None and reference else self.month
        if self.edge in ("月底", "月末") and month is None:
            return None, "不知道成文的月份"
        if year not in YEARS:
            return None, "年份写法不明"
        day, why = self._last_day(year, month)
        if self.year is None and self.shift is None and reference is not None and day < reference.first_day():
            return self._last_day(year + 1, month)[0], "未写年份，且当年的日期早于成文日期，按下一年推算"
        return day, why

    def _last_day(self, year: int, month: int | None) -> tuple[date, str]:
        if self.day is not None:
            return date(year, month or 1, min(self.day, monthrange(year, month or 1)[1])), ""
        if self.edge in ("年初", "初"):
            first = date(year, month, 10) if month else date(year, 3, 31)
            return first, f"“{self.edge}”没有确定的日子"
        if self.edge in ("上旬", "中旬") and month:
            return date(year, month, {"上旬": 10, "中旬": 20}[self.edge]), ""
        if self.edge in ("中", "年中"):
            return (date(year, month, 15) if month else date(year, 6, 30)), f"“{self.edge}”没有确定的日子"
        day = PartialDate(year, month).last_day()
        if self.before and not self.edge and self.whole != "day":
            length = _LENGTHS[self.whole]
            return months_later(day, -length), "“前”字前没有“底”“末”，可能含当期，也可能不含"
        return day, ""


def plan_day(found: re.Match[str]) -> date:
    """Give the last day of a plan for five years (“十四五”), or of the years of it that a match of `PLAN` names (前三年)."""
    end = 2005 + 5 * (number_from(found["plan"]) or 0)
    return date(end - 5 + (number_from(found["first"]) or 5), 12, 31)


def point_or_range(plain: str, start: int) -> tuple[Point, bool] | None:
    """Read a point, or the last one of a range (2025年3月至10月); and whether it is of a range."""
    first = Point.match(plain, start)
    if first is None:
        bare = BARE_PARTS.match(plain, start)
        second = Point.match(plain, bare.end()) if bare else None
        return (second, True) if second else None
    mark = RANGE.match(plain, first.end)
    second = Point.match(plain, mark.end()) if mark else None
    if second is None and first.whole == "year" and not first.edge:
        bare = BARE_PARTS.match(plain, first.end)
        second = Point.match(plain, bare.end()) if bare else None
    return (second.inheriting(first), True) if second else (first, False)
