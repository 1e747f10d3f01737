"""Numbers that Word generates: the definitions in numbering.xml, counted paragraph by paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CN = "〇一二三四五六七八九"
_LEVELS = 9
_CHINESE = frozenset(
    [
        *("chinesecounting", "chinesecountingthousand", "japanesecounting", "taiwanesecounting"),
        *("taiwanesecountingthousand", "ideographdigital", "koreancounting", "chineselegalsimplified"),
    ]
)
_BULLET = "•"
_ENCLOSED = {
    "decimalenclosedcircle": "①",
    "decimalenclosedcirclechinese": "①",
    "decimalenclosedparen": "⑴",
    "decimalenclosedfullstop": "⒈",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    form: str
    text: str
    start: int
    style: str = ""
    after: int | None = None  # starts again only behind this level or a higher one, counted from 1; 0 never; None behind any higher one


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has been counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    own: dict[str, dict[int, Level]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, root: Any | None) -> Numbering:
        """Read the definitions; without any, nothing is numbered."""
        numbering = cls()
        if root is None:
            return numbering
        for abstract in root.iter(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            numbering.levels[key] = _levels(abstract)
        linked = {
            name.get(f"{W}val", ""): abstract.get(f"{W}abstractNumId", "")
            for abstract in root.iter(f"{W}abstractNum")
            for name in abstract.iter(f"{W}styleLink")
        }
        for abstract in root.iter(f"{W}abstractNum"):
            for name in abstract.iter(f"{W}numStyleLink"):
                numbering.levels[abstract.get(f"{W}abstractNumId", "")] = numbering.levels.get(linked.get(name.get(f"{W}val", ""), ""), {})
        for listed in root.iter(f"{W}num"):
            target = listed.find(f"{W}abstractNumId")
            if target is None:
                continue
            restarts = {
                _number(override.get(f"{W}ilvl")): _number(start.get(f"{W}val"))
                for override in listed.iter(f"{W}lvlOverride")
                for start in override.iter(f"{W}startOverride")
            }
            numbering.lists[listed.get(f"{W}numId", "")] = (target.get(f"{W}val", ""), restarts)
            numbering.own[listed.get(f"{W}numId", "")] = _levels(listed)
        return numbering

    def depth_of(self, list_id: str, style: str) -> int | None:
        """Tell which level of a list a paragraph style is tied to."""
        if list_id not in self.lists or not style:
            return None
        levels = self.levels.get(self.lists[list_id][0], {}) | self.own.get(list_id, {})
        return next((depth for depth, level in levels.items() if level.style == style), None)

    def next(self, list_id: str, depth: int) -> str:
        """Count one paragraph of a list and give its number as Word shows it."""
        if list_id not in self.lists:
            return ""
        abstract, restarts = self.lists[list_id]
        levels = self.levels.get(abstract, {}) | self.own.get(list_id, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, [0] * _LEVELS)
        if list_id not in self.begun:
            self.begun.add(list_id)
            for place, start in restarts.items():
                if 0 <= place < _LEVELS:
                    counts[place] = start - 1
        if counts[depth] == 0 and level.start > 1 and depth not in restarts:
            counts[depth] = level.start - 1
        counts[depth] += 1
        for deeper in range(depth + 1, _LEVELS):
            after = levels[deeper].after if deeper in levels else None
            if after is None or depth < after:
                counts[deeper] = 0
        return _shown(level, levels, counts)


def _number(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,6}", written) else 0


def _levels(element: Any) -> dict[int, Level]:
    return {_number(level.get(f"{W}ilvl")): _level(level) for level in element.iter(f"{W}lvl")}


def _level(element: Any) -> Level:
    def value(name: str, default: str) -> str:
        child = element.find(f"{W}{name}")
        return str(child.get(f"{W}val", default)) if child is not None else default

    start = value("start", "1")
    after = value("lvlRestart", "")
    return Level(
        value("numFmt", "decimal").lower(),
        value("lvlText", ""),
        _number(start) if start else 1,
        value("pStyle", ""),
        _number(after) if after else None,
    )


def _shown(level: Level, levels: dict[int, Level], counts: list[int]) -> str:
    if level.form == "none":
        return ""
    if level.form == "bullet":
        return f"{_BULLET} "

    def put(match: re.Match[str]) -> str:
        place = int(match.group(1)) - 1
        other = levels.get(place, level)
        return written(max(counts[place], 1), other.form)

    shown = re.sub(r"%([1-9])", put, level.text)
    return f"{shown} " if re.search("[0-9A-Za-z]$", shown) else shown


def written(value: int, form: str) -> str:
    """Write a number in one of Word's formats."""
    if form in _CHINESE:
        return chinese(value)
    if form in _ENCLOSED and 0 < value <= 20:
        return chr(ord(_ENCLOSED[form]) + value - 1)
    if form == "decimalfullwidth":
        return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    if form == "decimalzero":
        return f"{value:02d}"
    return _in_letters(value, form)


def _in_letters(value: int, form: str) -> str:
    letters = str(value)
    if form.endswith("letter"):
        letters = chr(ord("a") + (value - 1) % 26)
    elif form.endswith("roman") and 0 < value < 40:
        letters = "x" * (value // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[value % 10]
    return letters.upper() if form.startswith("upper") else letters


def chinese(value: int) -> str:
    """Write a number below one thousand in Chinese numerals."""
    if value >= 1000 or value < 1:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_CN[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _CN[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_CN[ones] if ones else "")
