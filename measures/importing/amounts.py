"""Amounts in running text: 30万亿元, 3—5家, 三千亿元, 百分之十五, 翻一番, each with its value, its unit and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from measures.importing.comparators import NUMBER, UNIT
from measures.importing.numerals import DASHES, HALF_WIDTH, chinese_number, number_from

_CN = "零〇一二两三四五六七八九"
_HALF = HALF_WIDTH | {ord("．"): ".", ord("％"): "%"}
_ENDS = r"(?:以上|以下|以内|之内|左右|上下|[，。；、）)\n]|$)"
_AMOUNT = re.compile(
    rf"(?<!\d)(?P<value>{NUMBER})\s*(?:[%％万亿]?(?:[{DASHES}~～至到]|——)\s*(?P<high>{NUMBER})\s*)?(?:余|多)?(?:(?P<unit>{UNIT})|(?={_ENDS}))"
    rf"|百分之(?P<percent>[{_CN}十百]{{1,5}}(?:点[{_CN}]{{1,3}})?)"
    rf"|(?P<of>[二三四五六七八九十])分之(?P<share>[一二两三四五六七八九])"
    rf"|(?P<half>(?<![前后上下对各另减])(?:一半|半数)(?={_ENDS}))|(?P<tenths>(?<=[到达占过少低在于至率例重长降加高])[一二两三四五六七八九])成(?={_ENDS})"
    rf"|(?P<cn>[{_CN}十百千](?:[{_CN}十百千万亿]{{0,10}}[{_CN}十百千])?)(?P<cn_unit>{UNIT})(?!级|余级)"
    r"|翻(?P<times>[一两二三四1-4])?番"
)
# 十项措施 and 二十条 count the parts of a document, not what is reached.
_PARTS = frozenset("项条个类大种级届次")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount. `high` is the upper end of a range; `word` is 翻一番 and the like, which is comparator and number in one."""

    start: int
    end: int
    value: Decimal
    unit: str
    high: Decimal | None = None
    word: str = ""
    length: int = 0
    """The digits of the number as written."""

    @property
    def is_round(self) -> bool:
        """Tell a number that is nothing but a magnitude: 突破千亿元, but also 百万人口."""
        return self.length == 1 and self.value in {100, 1000}


def find_amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """Find the amounts of `text[start:end]`, in order. A bare number comes with an empty unit."""
    folded = text[start:end].translate(_HALF)
    if folded != text[start:end]:
        yield from (replace(amount, start=amount.start + start, end=amount.end + start) for amount in find_amounts(folded, 0, len(folded)))
        return
    for match in _AMOUNT.finditer(text, start, end):
        amount = _read(match)
        if amount is not None:
            yield amount


def _read(match: re.Match[str]) -> Amount | None:
    start, end = match.span()
    if match["value"]:
        high = match["high"]
        return Amount(
            start, end, _decimal(match["value"]), match["unit"] or "", _decimal(high) if high else None, length=len(match["value"])
        )
    if match["percent"]:
        whole, _, part = match["percent"].partition("点")
        behind = "".join(str(chinese_number(sign)) for sign in part)
        return Amount(start, end, Decimal(f"{chinese_number(whole)}.{behind or 0}").normalize(), "%")
    if match["of"] or match["half"] or match["tenths"]:
        share = _share(match)
        return Amount(start, end, Decimal(f"{share * 100:.2f}".rstrip("0").rstrip(".")), "%")
    if match["cn"]:
        return _chinese(match)
    value = number_from(match["times"] or "一") or 0
    return Amount(start, end, Decimal(value), "番", word=match.group() if match["times"] else "翻番")


def _share(match: re.Match[str]) -> Decimal:
    """Read 三分之一, 一半, 八成."""
    if match["half"]:
        return Decimal("0.5")
    if match["tenths"]:
        return Decimal(chinese_number(match["tenths"])) / 10
    return Decimal(chinese_number(match["share"])) / chinese_number(match["of"])


def _chinese(match: re.Match[str]) -> Amount | None:
    """Read an amount in Chinese numerals, if it is large enough to be one: 三千亿元, 两万户, 一百家, but not 一批, 十项."""
    written, unit = match["cn"], match["cn_unit"]
    if re.search("[十百千][百千]", written):  # 百千万人才工程
        return None
    value = chinese_number(written)
    large = any(sign in "百千万亿" for sign in written + unit[:2])
    if unit in {"万", "亿", "千", "百", "万亿"} or (not large and unit != "倍" and (value < 11 or unit in _PARTS)) or value == 0:
        return None
    if len(written) == 1 and written in "百千" and unit[0] not in "万亿":  # 千家万户
        return None
    return Amount(match.start(), match.end(), Decimal(value), unit, length=len(written))


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", "").replace("，", ""))
