"""Deadline phrases 时限 in running text, each resolved to the last day on which the work is still in time.

A phrase is put together from a year, a part of it (half, quarter, month, day) and an edge (末, 底, 前 …). What it leaves out is
taken from the date of the document. Nothing is guessed in silence: a phrase whose day cannot be known keeps its quote, has no
date, and says why.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from measures.importing.feasts import feast_day, has_day, is_lunar
from measures.importing.folded import folded
from measures.importing.numerals import number_from, year_from
from measures.importing.partial_date import PartialDate, months_later
from measures.importing.points import SHIFTS, YEARS, Point, plan_day, point_or_range
from measures.importing.terms import BEFORE_NUMBER, runs_from_issue, term_end
from measures.importing.time_patterns import (
    ALL_YEAR,
    AT_ONCE,
    BARE_YEARS,
    BEGINNING,
    EVENT,
    FEAST,
    HOW_LONG,
    NO_QUOTE,
    OF_A_THING,
    OF_EACH,
    ONCE_MORE,
    PLAN,
    REPORTED,
    SEASON,
    SINCE_YEAR,
    THEN_BY,
    THIS_MONTH,
    TRIGGER,
    WITH_YEAR,
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
    lead: int = 0  # characters before the quote that belong to the phrase (力争 of 力争2028年底前)

    def to_json(self) -> dict[str, object]:
        """The deadline as commands answer it."""
        return {"text": self.text, "date": self.date.isoformat() if self.date else None, "recurring": self.recurring}


_TABLE = tomllib.loads(Path(__file__).with_name("deadline_words.toml").read_text(encoding="utf-8"))
_WORDS = {name: tuple(sorted(words.split(), key=len, reverse=True)) for name, words in _TABLE.items()}
_OPEN = re.compile("(?:{0})(?:[并且]?(?:{0}))*".format("|".join(_WORDS["open"])))  # 即日起长期坚持
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
    piece = folded(text, lines=not labelled)
    found: list[Deadline] = []
    floor = passed = 0
    running = reference_date
    for trigger in TRIGGER.finditer(piece.plain):
        if trigger.start() < max(floor, passed):
            continue
        if _PARTED.search(piece.plain, floor, trigger.start()):
            running = reference_date
        phrase = _phrase_at(piece.plain, trigger.start(), _Known(reference_date, running, labelled))
        if phrase is not None:
            first, last = piece.span(max(phrase.start, floor), phrase.end)
            lead, first = first, piece.span(max(phrase.start + _led(phrase), floor), phrase.end)[0]
            found.append(replace(phrase, text=text[first:last], start=first + base, end=last + base, lead=first - lead))
            floor, running = phrase.end, _running(phrase, running, reference_date)
        elif (point := Point.match(piece.plain, trigger.start())) and point.year is not None:
            passed = point.end  # a year that is written is never replaced by another one
    return found


_PARTED = re.compile(r"[。\n]")


def _led(phrase: Deadline) -> int:
    """How many characters lead to a time and are no part of its quote."""
    found = NO_QUOTE.match(phrase.text)
    return found.end() if found and found.end() < len(phrase.text) else 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a phrase.

    Args:
        document: the date of the document.
        running: the date whose year it takes if it leaves its own out.
        labelled: it is said to be one of time.
    """

    document: PartialDate | None
    running: PartialDate | None
    labelled: bool


def _running(phrase: Deadline, running: PartialDate | None, document: PartialDate | None) -> PartialDate | None:
    """Give the year that the phrases behind this one take: its own (2026年6月、12月底前), if that is later than the document."""
    if phrase.date is None or not WITH_YEAR.search(phrase.text):
        return running
    later = document is None or phrase.date.year > document.year
    return PartialDate(phrase.date.year, phrase.date.month) if later else document


def _phrase_at(plain: str, start: int, known: _Known) -> Deadline | None:
    for reader in (_recurring, _all_year, _feast, _plan, _within, _years, _month, _point_or_range, _open):
        phrase = reader(plain, start, known)
        if phrase is not None:
            return phrase
    return None


def _made(plain: str, found: re.Match[str], day: date | None, why: str = "", *, recurring: bool = False) -> Deadline:
    return Deadline(found.group(), found.start(), found.end(), day, recurring, why)


def _recurring(plain: str, start: int, known: _Known) -> Deadline | None:
    found = ONCE_MORE.match(plain, start)
    if found is None or (
        plain[start] in "按定日" and not known.labelled and not (plain[start] == "按" and REPORTED.match(plain, found.end()))
    ):
        return None
    if not known.labelled and OF_EACH.match(plain, found.end()):
        return None
    return _made(plain, found, None, recurring=True)


def _all_year(plain: str, start: int, known: _Known) -> Deadline | None:
    """全年坚持: work that goes on, and not a year in which it ends."""
    found = ALL_YEAR.match(plain, start)
    return _made(plain, found, None, f"“{found.group()}”没有确定的日子") if found else None


def _feast(plain: str, start: int, known: _Known) -> Deadline | None:
    found = FEAST.match(plain, start)
    if found is None or (not known.labelled and OF_A_THING.search(plain, max(0, start - 2), start)):
        return None
    reference = known.document if found["year"] or found["relative"] else known.running
    year = _year_of(found["year"], found["relative"], reference)
    if year is None and reference is None:
        return _made(plain, found, None, "未写年份，且不知道成文日期" if has_day(found["feast"]) else _NOT_FIXED.format(found.group()))
    first = year if year is not None else _require(reference).year
    if first not in YEARS:
        return _made(plain, found, None, "年份写法不明")
    day = feast_day(found["feast"], first)
    why = "按农历节日的前一天推算" if is_lunar(found["feast"]) else ""
    if day is not None and year is None and day - timedelta(days=1) < _require(reference).first_day():
        day, why = feast_day(found["feast"], first + 1), "未写年份，按成文日期后最近的一次推算"
    if day is None:
        return _made(plain, found, None, _NOT_FIXED.format(found.group()))
    return _made(plain, found, day - timedelta(days=1), why)


def _plan(plain: str, start: int, known: _Known) -> Deadline | None:
    found = PLAN.match(plain, start)
    bare = found is not None and not (known.labelled or found["edge"] or found["before"] or found["lead"])
    if found is None or bare or plain[max(0, start - 2) : start].rstrip("“").endswith(("较", "比")):
        return None
    if not known.labelled and found["edge"] in (None, "前期", "中期") and not found["before"]:
        return None
    last = plan_day(found)
    if found["edge"] in ("中期", "前期"):
        return _made(plain, found, date(last.year - 2, 12, 31), f"“{found.group()}”没有确定的日子")
    return _made(plain, found, last)


def _within(plain: str, start: int, known: _Known) -> Deadline | None:
    found = WITHIN.match(plain, start)
    if found is None or (start and plain[start - 1].isdigit()):
        return None
    spends = found["lead"].endswith("用") and (found["time"] or found["about"])  # 力争用三年左右时间
    spends = spends and (known.labelled or not THEN_BY.match(plain, found.end()))
    if not (found["inside"] or spends or (known.labelled and _fills_label(plain, start, found))):
        return None
    number = re.split(r"—|-|~|至|到", found["number"])[-1]
    if spends and found["unit"] == "年" and (since := SINCE_YEAR.search(plain, max(0, start - _LONGEST_EVENT), start)):
        last = date((year_from(since["year"]) or 0) + (number_from(number) or 1) - 1, 12, 31)
        return Deadline(plain[since.start() : found.end()], since.start(), found.end(), last)
    before = BEFORE_NUMBER.search(plain, max(0, start - _LONGEST_EVENT), start) if not found["lead"] else None
    begin = before.start("event") if before else start
    if begin == start and HOW_LONG.search(plain, max(0, start - _LONGEST_EVENT), start) and not found["lead"]:
        return None
    event = plain[begin:start] if before else "" if spends else found["lead"]
    if not known.labelled and found["unit"] in ("工作日", "天", "日") and not runs_from_issue(event):
        return None  # in prose a span of days is how long a service takes: 压缩至3个工作日内
    day, why = term_end(event, number, found["unit"], known.running)
    return Deadline(plain[begin : found.end()], begin, found.end(), day, False, why)


def _fills_label(plain: str, start: int, found: re.Match[str]) -> bool:
    """办结时限：5个工作日 — but 完成时限：5月 is a month, and 3年 may be a year."""
    return (
        found["unit"] in ("工作日", "天")
        and plain[start - 1 : start] == "："
        and plain[found.end() : found.end() + 1] in ("", "；", "。", "）", "，")
    )


def _years(plain: str, start: int, known: _Known) -> Deadline | None:
    found = BARE_YEARS.match(plain, start)
    if found is None or (found.end() < len(plain) and plain[found.end()] in "月.-/0123456789"):
        return None
    last = date(year_from(found["year"]) or 0, 12, 31)
    if not known.labelled and not (plain.startswith(_WORDS["outcome"], found.end()) and _is_ahead(last, known)):
        return None
    if plain.startswith("学年", found.end()):
        whole = plain[found.start() : found.end() + len("学年")]
        return Deadline(whole, found.start(), found.start() + len(whole), None, why="学年的最后一天不明，请填写具体日期")
    return _made(plain, found, last)


def _month(plain: str, start: int, known: _Known) -> Deadline | None:
    """本月底前, 下月底前: the month of the document, or the one behind it."""
    found, reference = THIS_MONTH.match(plain, start), known.document
    if found is None:
        return None
    if reference is None or reference.month is None:
        return _made(plain, found, None, "不知道成文的月份")
    last = date(reference.year, reference.month, monthrange(reference.year, reference.month)[1])
    last = months_later(last, 1) if found["month"].startswith("下") else last
    day = int(found["day"] or last.day)
    return _made(plain, found, last.replace(day=day) if 1 <= day <= last.day else None, "" if 1 <= day <= last.day else "没有这一天")


def _point_or_range(plain: str, start: int, known: _Known) -> Deadline | None:
    if start and plain[start - 1].isdigit():
        return None
    read = point_or_range(plain, start)
    if read is None:
        return None
    last, is_range = read
    day, why = last.resolve(known.running if last.year is None and last.shift is None else known.document)
    unfixed = _unfixed(plain, start, last, alone=not is_range)
    before = unfixed is not None and unfixed.text.endswith("前")  # 2021年10月大会召开前
    opens = not (is_range or why) and _opens(plain, start, last)
    set_for = known.labelled or before or opens or _orders(plain, start, last) or _is_one_of(plain, start, last, is_range=is_range)
    if not (set_for and (known.labelled or _is_ahead(day, known))):
        return None
    if unfixed is not None:
        return unfixed
    if not is_range and not (last.before or last.edge) and (begun := BEGINNING.match(plain, last.end)):
        return _begun(plain, start, begun.end()) if known.labelled else None
    return Deadline(plain[start : last.end], start, last.end, day, False, why)


def _unfixed(plain: str, start: int, point: Point, *, alone: bool) -> Deadline | None:
    """2022年秋季, 2022年高考前: a year with a time in it that has no day."""
    if season := SEASON.match(plain, point.end):
        return Deadline(plain[start : season.end()], start, season.end(), None, why="季节没有确定的最后一天")
    followed = alone and point.whole in ("year", "month") and not point.edge and not point.before
    event = EVENT.match(plain, point.end) if followed else None
    whole = plain[start : event.end()] if event else ""
    return Deadline(whole, start, start + len(whole), None, why=_NOT_FIXED.format(whole)) if event else None


def _begun(plain: str, start: int, end: int) -> Deadline:
    """2024年起: no end, unless what comes again and again follows (2024年起每年12月底前)."""
    again = ONCE_MORE.match(plain, end + (plain[end : end + 1] == "，"))
    if again:
        return Deadline(plain[start : again.end()], start, again.end(), None, recurring=True)
    return Deadline(plain[start:end], start, end, None, why="只写了开始的时间，没有写完成时限", begins=True)


def _open(plain: str, start: int, known: _Known) -> Deadline | None:
    if words := _OPEN.match(plain, start):
        end = words.end()
        alone = (start == 0 or plain[start - 1] in "，；。：（、并后和\n") and (end == len(plain) or plain[end] in "，；。）、\n")
        if alone and (known.labelled or end - start > len("常态化")):
            return _made(plain, words, None)
    at_once = AT_ONCE.match(plain, start)
    return _made(plain, at_once, None) if at_once else None


def _is_ahead(day: date | None, known: _Known) -> bool:
    """Whether a day is none that is past already at the date of the document."""
    return day is None or known.document is None or day >= known.document.first_day()


def _is_one_of(plain: str, start: int, point: Point, *, is_range: bool) -> bool:
    """Whether a point is the first of several (2026年6月、12月底前), or a range of months in brackets: 动员部署（2025年3月—4月）."""
    if is_range and point.whole in ("month", "day") and plain[start - 1 : start] in ("（", "("):
        return plain[point.end : point.end + 1] in ("）", ")")
    after = Point.match(plain, point.end + 1) if plain[point.end : point.end + 1] in ("、", "和", "及") else None
    return after is not None and after.whole != "year" and _orders(plain, point.end + 1, after)


def _orders(plain: str, start: int, point: Point) -> bool:
    """Whether a point in prose is a deadline, and not the date of something past."""
    after = plain[point.end : point.end + 6]
    told = after.startswith(_WORDS["history"]) and not point.before  # 2021年印发的通知, but 6月底前印发
    if told or (start and plain[start - 1] in "自从对凡〔（("):
        return False
    strong = (
        point.before
        or point.edge in ("底", "末", "年底", "年末", "年终", "年内", "内", "月底", "月末")
        or point.lead not in ("", "于", "在", "至", "力争", "确保", "计划", "预计", "争取", "原则上")
    )
    return strong or (point.whole != "day" and after.startswith(_WORDS["outcome"])) or _runs_to(plain, start, point)


_RUNNING = re.compile(r"(?:(?<!有效)期限?|(?:延续|延长|顺延)(?:实施|执行)?)$")


def _runs_to(plain: str, start: int, point: Point) -> bool:
    """Whether what is granted runs to a day (优惠期至2020年12月31日); how long the paper itself holds (有效期至) is no deadline."""
    closed = plain[point.end : point.end + 1] in ("", "，", "。", "；", "、", "）", "\n")
    return point.lead in ("至", "到") and closed and _RUNNING.search(plain, max(0, start - 6), start) is not None


_OPENED = re.compile(r"(?:^|[。；\n])\s*$")
_GOES_ON = re.compile(
    r"(?![的各、和及与以起至到—]|工作|情况|经济|形势|主要|重点|目标|任务|计划|指标|总结|报告|进展|成效)[\u4e00-\u9fff]{4}"
)


def _opens(plain: str, start: int, point: Point) -> bool:
    """Whether a part of the year sets when something is done: it begins a sentence (上半年返还惠及企业800户, but not 上半年工作总结).

    Behind a comma it must stand before a verb of doing (，三季度提出方案).
    """
    if point.whole not in ("half", "quarter"):
        return False
    if plain[start - 1 : start] == "，":
        after = next((act for act in _WORDS["acts"] if plain.startswith(act, point.end)), "")
        return bool(after) and not plain.startswith("的", point.end + len(after))
    return _OPENED.search(plain, max(0, start - 2), start) is not None and _GOES_ON.match(plain, point.end) is not None


def _require(reference: PartialDate | None) -> PartialDate:
    if reference is None:
        raise ValueError("a reference date is needed")
    return reference


def _year_of(written: str | None, relative: str | None, reference: PartialDate | None) -> int | None:
    if written:
        return year_from(written)
    return reference.year + SHIFTS[relative] if relative and reference else None
