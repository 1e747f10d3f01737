"""Places of the administrative divisions, for telling 深圳证监局 from 证监局 and 天河、越秀区 from one name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from measures.importing.clauses.bodies import CITY, COUNTY, FUNCTIONS, PROVINCE

_ETHNIC = re.compile(
    r"(?:壮族|回族|维吾尔|藏族|羌族|彝族|苗族|侗族|布依族|土家族|傣族|景颇族|哈尼族|白族|傈僳族|哈萨克|蒙古族?|柯尔克孜|朝鲜族|土家|满族|瑶族|仫佬族|毛南族|黎族|"
    r"畲族|纳西族|佤族|拉祜族|布朗族|普米族|独龙族|怒族|土族|撒拉族|东乡族|保安族|裕固族|塔吉克|锡伯|达斡尔族|鄂温克族|鄂伦春|仡佬族|水族|各族)+$"
)
_UNITS = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "矿区",
    "新区",
    "省",
    "市",
    "区",
    "县",
    "旗",
    "盟",
    "州",
)


_OF_OTHERS = ("巴州",)  # what 巴音郭楞蒙古自治州 is called is not 巴州区


class _Table(NamedTuple):
    level: dict[str, str]  # full name → level
    full: dict[str, tuple[str, ...]]  # short name → full names
    longest: int


def _short(name: str) -> str:
    for unit in _UNITS:
        if name.endswith(unit) and len(name) > len(unit) + 1:
            bare = name.removesuffix(unit)
            plain = _ETHNIC.sub("", bare)
            return (plain if len(plain) > 1 else bare) if unit.startswith("自治") else bare
    return name


@cache
def _table() -> _Table:
    level: dict[str, str] = {}
    for line in (Path(__file__).parent / "tables" / "places.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        above, _, counties = line.partition(":")
        province, _, prefecture = above.partition(" ")
        level.update({county: COUNTY for county in counties.split() if county not in level})
        if prefecture != "-":
            level[prefecture] = CITY
        level[province] = PROVINCE
    short: dict[str, set[str]] = {}
    for name in level:
        if len(_short(name)) > 1 and _short(name) not in FUNCTIONS and _short(name) not in _OF_OTHERS:
            short.setdefault(_short(name), set()).add(name)
    full = {name: tuple(sorted(whole)) for name, whole in short.items()}
    return _Table(level, full, max(map(len, level)))


def full_at(text: str, start: int = 0) -> str:
    """The longest full name of a place that the text has at a position, or ""."""
    table = _table()
    for end in range(min(len(text), start + table.longest), start + 1, -1):
        if text[start:end] in table.level:
            return text[start:end]
    return ""


def short_at(text: str, start: int = 0) -> str:
    """The longest short name of a province or prefecture that the text has at a position, or ""."""
    table = _table()
    for end in range(min(len(text), start + table.longest), start + 1, -1):
        if any(table.level[whole] != COUNTY for whole in table.full.get(text[start:end], ())):
            return text[start:end]
    return ""


def full_names() -> frozenset[str]:
    """All places of the table by their full names."""
    return frozenset(_table().level)


def level_of(full: str) -> str:
    """Level of a place by its full name, or ""."""
    return _table().level.get(full, "")


def is_short(text: str) -> bool:
    """Whether this is the short name of a place at any level."""
    return text in _table().full


def units_of(short: str) -> set[str]:
    """The units that a short name may take: 广州 → {市}, 红河 → {州, 县}."""
    wholes = [whole for whole in _table().full.get(short, ()) if whole.startswith(short)]
    return {"州" if whole.endswith("自治州") else whole[len(short) :] for whole in wholes}


def plain_unit(unit: str) -> str:
    """A unit as it is said in a run of places: 威宁 of 织金、威宁县政府 is 威宁县, though its unit is 彝族回族苗族自治县."""
    return unit[-1:] if unit.endswith(("自治县", "自治旗")) else unit


def prefecture_unit(short: str) -> str:
    """The unit that a short name takes as a prefecture: 大理 → 州, though 大理市 is a county; "" if it is none."""
    table = _table()
    wholes = [whole for whole in table.full.get(short, ()) if whole.startswith(short) and table.level[whole] == CITY]
    return ("州" if wholes[0].endswith("自治州") else wholes[0][len(short) :]) if len(wholes) == 1 else ""
