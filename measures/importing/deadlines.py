"""Deadline phrases 时限 in running text, each resolved to the last day on which the work is still in time.

A phrase is put together from a year, a part of it (half, quarter, month, day) and an edge (末, 底, 前 …). What it leaves out is
taken from the date of the document. Nothing is guessed in silence: a phrase whose day cannot be known keeps its quote, has no
date, and says why.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from measures.importing.feasts import feast_day, has_day, is_lunar
from measures.importing.partial_date import PartialDate
from measures.importing.terms import BEFORE_NUMBER, runs_from_issue, term_end
from measures.importing.time_numbers import DIGITS, months_later, number_from, year_from
from measures.importing.time_patterns import (
    ALL_YEAR,
    BARE_PARTS,
    BARE_YEARS,
    BEGINNING,
    DOTTED,
    EVENT,
    FEAST,
    HOW_LONG,
    ONCE_MORE,
    PLAN,
    POINT,
    RANGE,
    REPORTED,
    SEASON,
    THIS_MONTH,
    TRIGGER,
    WITHIN,
)


@dataclass(frozen=True)
class Deadline:
    """A deadline phrase: its quote and span, the last day in time if that can be known, and why it is doubtful ("" when not)."""

    text: str
    start: int
    end: int
    date: date | None
    recurring: bool = False
    why: str = ""
    begins: bool = False  # it says when the work begins, and not when it ends

    def to_json(self) -> dict[str, object]:
        """The deadline as commands answer it."""
        return {"text": self.text, "date": self.date.isoformat() if self.date else None, "recurring": self.recurring}


_TABLE = tomllib.loads(Path(__file__).with_name("deadline_words.toml").read_text(encoding="utf-8"))
_WORDS = {name: tuple(sorted(words.split(), key=len, reverse=True)) for name, words in _TABLE.items()}
_NOT_FIXED = "“{}”每年日期不同，请填写具体日期"
_LONGEST_EVENT = 18  # characters before a term


def find_deadlines(text: str, reference_date: PartialDate | None, base: int = 0, *, labelled: bool = False) -> list[Deadline]:
    """Find the deadline phrases of a text, left to right, without overlaps.

    Args:
        text: any text; half- and full-width digits are the same, blanks inside a phrase do not matter.
        reference_date: date of the document, as much of it as is known; supplies the year that "6月底前" leaves out.
        base: added to the spans.
        labelled: the text is said to be about time (after 完成时限：, or inside a clause), so that a plain "2025年" or "长期" counts;
            in prose these do not.
    """
    places = [index for index, char in enumerate(text) if not char.isspace()]
    plain = "".join(text[index] for index in places).translate(_FOLD)
    found: list[Deadline] = []
    for trigger in TRIGGER.finditer(plain):
        start = trigger.start()
        if found and start < bisect_left(places, found[-1].end - base):
            continue
        phrase = _phrase_at(plain, start, _running(found, reference_date), labelled)
        if phrase is None:
            continue
        floor = bisect_left(places, found[-1].end - base) if found else 0
        first, last = places[max(phrase.start, floor)], places[phrase.end - 1] + 1
        found.append(replace(phrase, text=text[first:last], start=first + base, end=last + base))
    return found


def _running(found: list[Deadline], reference: PartialDate | None) -> PartialDate | None:
    """The year that a phrase without one takes: that of the phrase before it (2025年6月、12月底前), else that of the document."""
    before = found[-1] if found else None
    if before is None or before.date is None or "年" not in before.text or (reference and before.date.year <= reference.year):
        return reference
    return PartialDate(before.date.year, before.date.month)


_FOLD = {ord(full): half for full, half in zip("０１２３４５６７８９，．／", "0123456789，./", strict=True)} | {ord(","): "，"}


def _phrase_at(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    for reader in (_recurring, _all_year, _feast, _plan, _within, _years, _month, _point_or_range, _open):
        phrase = reader(plain, start, reference, labelled)
        if phrase is not None:
            return phrase
    return None


def _made(plain: str, found: re.Match[str], day: date | None, why: str = "", *, recurring: bool = False) -> Deadline:
    return Deadline(found.group(), found.start(), found.end(), day, recurring, why)


def _recurring(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    found = ONCE_MORE.match(plain, start)
    if found is None or (plain[start] in "按定日" and not labelled and not (plain[start] == "按" and REPORTED.match(plain, found.end()))):
        return None
    return _made(plain, found, None, recurring=True)


def _all_year(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    """全年坚持: work that goes on, and not a year in which it ends."""
    found = ALL_YEAR.match(plain, start)
    return _made(plain, found, None, f"“{found.group()}”没有确定的日子") if found else None


def _feast(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    found = FEAST.match(plain, start)
    if found is None:
        return None
    year = _year_of(found["year"], found["relative"], reference)
    if year is None and reference is None:
        return _made(plain, found, None, "未写年份，且不知道成文日期" if has_day(found["feast"]) else _NOT_FIXED.format(found.group()))
    first = year if year is not None else _require(reference).year
    if first not in _YEARS:
        return _made(plain, found, None, "年份写法不明")
    day = feast_day(found["feast"], first)
    why = "按农历节日的前一天推算" if is_lunar(found["feast"]) else ""
    if day is not None and year is None and day - timedelta(days=1) < _earliest(_require(reference)):
        day, why = feast_day(found["feast"], first + 1), "未写年份，按成文日期后最近的一次推算"
    if day is None:
        return _made(plain, found, None, _NOT_FIXED.format(found.group()))
    return _made(plain, found, day - timedelta(days=1), why)


def _plan(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    found = PLAN.match(plain, start)
    bare = found is not None and not (labelled or found["edge"] or found["before"] or found["lead"])
    if found is None or bare or plain[max(0, start - 2) : start].rstrip("“").endswith(("较", "比")):
        return None
    if not labelled and found["edge"] in (None, "前期", "中期") and not found["before"]:
        return None
    last = date(2025 + 5 * (DIGITS[found["plan"]] - 4), 12, 31)
    if found["first"]:
        return _made(plain, found, date(last.year - 5 + DIGITS[found["first"]], 12, 31))
    if found["edge"] in ("中期", "前期"):
        return _made(plain, found, date(last.year - 2, 12, 31), f"“{found.group()}”没有确定的日子")
    return _made(plain, found, last)


def _within(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    found = WITHIN.match(plain, start)
    if found is None or (start and plain[start - 1].isdigit()):
        return None
    if not found["inside"] and not (labelled and ((found["lead"] == "用" and found["time"]) or _fills_label(plain, start, found))):
        return None
    number = re.split(r"—|-|~|至|到", found["number"])[-1]
    before = BEFORE_NUMBER.search(plain, max(0, start - _LONGEST_EVENT), start) if not found["lead"] else None
    begin = before.start() if before else start
    if begin == start and HOW_LONG.search(plain, max(0, start - _LONGEST_EVENT), start) and not found["lead"]:
        return None
    if not labelled and found["unit"] in ("工作日", "天", "日") and not runs_from_issue(plain[begin:start] if before else found["lead"]):
        return None  # in prose a span of days is how long a service takes: 压缩至3个工作日内
    day, why = term_end(plain[begin:start] if before else found["lead"], number, found["unit"], reference)
    return Deadline(plain[begin : found.end()], begin, found.end(), day, False, why)


def _fills_label(plain: str, start: int, found: re.Match[str]) -> bool:
    """办结时限：5个工作日 — but 完成时限：5月 is a month, and 3年 may be a year."""
    return (
        found["unit"] in ("工作日", "天")
        and plain[start - 1 : start] == "："
        and plain[found.end() : found.end() + 1] in ("", "；", "。", "）", "，")
    )


def _years(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    found = BARE_YEARS.match(plain, start)
    if found is None or not labelled or (found.end() < len(plain) and plain[found.end()] in "月.-/0123456789"):
        return None
    if plain.startswith("学年", found.end()):
        whole = plain[found.start() : found.end() + len("学年")]
        return Deadline(whole, found.start(), found.start() + len(whole), None, why="学年的最后一天不明，请填写具体日期")
    return _made(plain, found, date(int(found["year"]), 12, 31))


def _month(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    """本月底前, 下月底前: the month of the document, or the one behind it."""
    found = THIS_MONTH.match(plain, start)
    if found is None:
        return None
    if reference is None or reference.month is None:
        return _made(plain, found, None, "不知道成文的月份")
    last = date(reference.year, reference.month, monthrange(reference.year, reference.month)[1])
    last = months_later(last, 1) if found["month"].startswith("下") else last
    day = int(found["day"] or last.day)
    return _made(plain, found, last.replace(day=day) if 1 <= day <= last.day else None, "" if 1 <= day <= last.day else "没有这一天")


def _point_or_range(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    if start and plain[start - 1].isdigit():
        return None
    first = _Point.match(plain, start)
    bare = BARE_PARTS.match(plain, start)
    second = None
    if first is not None:
        mark = RANGE.match(plain, first.end)
        second = _Point.match(plain, mark.end()) if mark else None
        bare = BARE_PARTS.match(plain, first.end) if second is None and first.whole == "year" and not first.edge else None
        second = _Point.match(plain, bare.end()) if bare else second
    elif bare is not None:
        second = _Point.match(plain, bare.end())
    last = second or first
    if last is None:
        return None
    if second is not None and first is not None:
        last = second.inheriting(first)
    if not labelled and not _orders(plain, start, last, reference):
        return None
    if unfixed := _unfixed(plain, start, last, alone=second is None):
        return unfixed
    if second is None and not (last.before or last.edge) and (begun := BEGINNING.match(plain, last.end)):
        return _begun(plain, start, begun.end()) if labelled else None
    day, why = last.resolve(reference)
    return Deadline(plain[start : last.end], start, last.end, day, False, why)


def _unfixed(plain: str, start: int, point: _Point, *, alone: bool) -> Deadline | None:
    """2022年秋季, 2022年高考前: a year with a time in it that has no day."""
    if season := SEASON.match(plain, point.end):
        return Deadline(plain[start : season.end()], start, season.end(), None, why="季节没有确定的最后一天")
    plain_year = alone and point.whole == "year" and not point.edge and not point.before
    event = EVENT.match(plain, point.end) if plain_year else None
    whole = plain[start : event.end()] if event else ""
    return Deadline(whole, start, start + len(whole), None, why=_NOT_FIXED.format(whole)) if event else None


def _begun(plain: str, start: int, end: int) -> Deadline:
    """2024年起: no end, unless what comes again and again follows (2024年起每年12月底前)."""
    again = ONCE_MORE.match(plain, end + (plain[end : end + 1] == "，"))
    if again:
        return Deadline(plain[start : again.end()], start, again.end(), None, recurring=True)
    return Deadline(plain[start:end], start, end, None, why="只写了开始的时间，没有写完成时限", begins=True)


def _open(plain: str, start: int, reference: PartialDate | None, labelled: bool) -> Deadline | None:
    for words in _WORDS["open"]:
        if plain.startswith(words, start):
            end = start + len(words)
            alone = (start == 0 or plain[start - 1] in "，；。：（、并后和") and (end == len(plain) or plain[end] in "，；。）、")
            return Deadline(words, start, end, None) if alone and (labelled or len(words) > len("常态化")) else None
    return None


@dataclass(frozen=True)
class _Point:
    """A point in time as written: what it leaves out is None."""

    end: int
    year: int | None
    shift: int | None  # 明年 is 1
    month: int | None
    day: int | None
    edge: str
    before: bool
    lead: str
    whole: str  # what 前 stands after: "year", "half", "quarter", "month" or "day"
    valid: bool = True

    @classmethod
    def match(cls, plain: str, start: int) -> _Point | None:
        found = DOTTED.match(plain, start)
        if found is not None:
            calendar_month, day = int(found["month"]), int(found["day"]) if found["day"] else None
            valid = day is None or day <= monthrange(int(found["year"]), calendar_month)[1]
            whole = "day" if day else "month"
            return cls(
                found.end(),
                int(found["year"]),
                None,
                calendar_month,
                day,
                found["edge"] or "",
                bool(found["before"]),
                found["lead"],
                whole,
                valid,
            )
        found = POINT.match(plain, start)
        if found is None:
            return None
        part = {name: found[name] or found["s_" + name] or "" for name in ("half", "quarter", "month", "day", "only_month")}
        edge = found["edge"] or ""
        if not (found["year"] or found["relative"] or any(part.values()) or edge in _EDGES_ALONE):
            return None
        month: int | None = {"上半年": 6, "前半年": 6, "下半年": 12, "后半年": 12}.get(part["half"])
        if part["quarter"]:
            month = 3 * (number_from(part["quarter"]) or 0)
        written = number_from(part["month"] or part["only_month"])
        month = written if written is not None else month
        day = number_from(part["day"])
        year = year_from(found["year"])
        valid = day is None or month is None or 1 <= day <= monthrange(year or 2024, month)[1]
        whole = "day" if day else "half" if part["half"] else "quarter" if part["quarter"] else "month" if month else "year"
        return cls(
            found.end(), year, _SHIFTS.get(found["relative"] or ""), month, day, edge, bool(found["before"]), found["lead"], whole, valid
        )

    def inheriting(self, first: _Point) -> _Point:
        """The end of a range takes the year of its beginning when it has none."""
        if self.year is not None or self.shift is not None:
            return self
        return replace(self, year=first.year, shift=first.shift)

    def resolve(self, reference: PartialDate | None) -> tuple[date | None, str]:
        """The last day in time, and why it is doubtful."""
        if not self.valid:
            return None, "没有这一天"
        year = self.year
        if year is None and reference is not None:
            year = reference.year + (self.shift or 0)
        if year is None:
            return None, "未写年份，且不知道成文日期"
        month = reference.month if self.edge in ("月底", "月末") and self.month is None and reference else self.month
        if self.edge in ("月底", "月末") and month is None:
            return None, "不知道成文的月份"
        if year not in _YEARS:
            return None, "年份写法不明"
        day, why = self._last_day(year, month)
        if self.year is None and self.shift is None and reference is not None and day < _earliest(reference):
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
        last = month or 12
        day = date(year, last, monthrange(year, last)[1])
        if self.before and not self.edge and self.whole != "day":
            length = _LENGTHS[self.whole]
            return months_later(day, -length), "“前”字前没有“底”“末”，可能含当期，也可能不含"
        return day, ""


_LENGTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1, "day": 0}  # months
_YEARS = range(1900, 2200)  # years that a deadline may have
_EDGES_ALONE = ("年底", "年末", "年终", "年中", "年内", "全年", "月底", "月末")
_SHIFTS = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "后年": 2, "去年": -1}


def _orders(plain: str, start: int, point: _Point, reference: PartialDate | None) -> bool:
    """Whether a point in prose is a deadline, and not the date of something past."""
    after = plain[point.end : point.end + 6]
    if after.startswith(_WORDS["history"]) or (start and plain[start - 1] in "自从〔（("):
        return False
    day, _ = point.resolve(reference)
    if day is not None and reference is not None and day < _earliest(reference):
        return False
    strong = (
        point.before
        or point.edge in ("底", "末", "年底", "年末", "年终", "年内", "内", "月底", "月末")
        or point.lead not in ("", "于", "在", "至", "力争", "确保", "计划", "预计", "争取")
    )
    return strong or (point.whole != "day" and after.startswith(_WORDS["outcome"]))


def _earliest(reference: PartialDate) -> date:
    return date(reference.year, reference.month or 1, reference.day or 1)


def _require(reference: PartialDate | None) -> PartialDate:
    if reference is None:
        raise ValueError("a reference date is needed")
    return reference


def _year_of(written: str | None, relative: str | None, reference: PartialDate | None) -> int | None:
    if written:
        return year_from(written)
    return reference.year + _SHIFTS[relative] if relative and reference else None
