"""Tables of indicators 指标表: a row an indicator, a column a year (指标名称, 单位, 2025年目标值, 2027年目标值).

Each value that is aimed at becomes a target. Columns of what was reached (基期值, 现状, a year before that of the document) are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from measures.importing.comparators import NUMBER, UNIT
from measures.importing.document import Block, Cell, Document, tables_of
from measures.importing.numerals import DASHES
from measures.importing.target import Target
from measures.importing.when import read_dues

_NAME = re.compile(
    r"^(?:主要|具体|核心|重点|发展|考核|监测|评价|预期|目标|约束性|[一二三]级|细化)*指标(?:名称|内容|体系|任务)?$|^(?:指标)?名称$|^目标名称$"
)
_UNIT = re.compile(r"^(?:计量|计算)?单位$")
_BASE = re.compile(r"基期|基准|现状|基数|实际|实绩|完成(?:值|数|情况)|上年|预计完成|基础值|现值")
_AIM = re.compile(r"目标|指标值|计划|任务数|任务量|预期值|末|(?:19|20)\d{2}\s*年")
_KIND = re.compile(r"属性|性质|指标类型")
_AGENCY = re.compile(r"(?:牵头|责任|主管|落实|配合|填报|考核)(?:单位|部门)")
_IN_BRACKETS = re.compile(rf"[（(]\s*(?:单位[：:])?(?P<unit>{UNIT})\s*[）)]$")
_VALUE = re.compile(
    rf"^(?P<before>≥|≤|>=|<=|>|<|＞|＜|≧|≦|不低于|不少于|不超过|不高于|超过|突破|达到|高于|低于|大于|小于|累计|增长|下降|降低|提高|新增|约|[\[［【（(])*\s*"
    rf"(?P<value>{NUMBER})\s*(?:[{DASHES}～~至]\s*(?P<high>{NUMBER}))?\s*[\]］】）)]?(?P<unit>{UNIT})?(?P<after>以上|以下|以内|左右|及以上)?$"
)
_RELATIONS = {
    **dict.fromkeys(("≤", "<=", "≦", "不超过", "不高于", "以下", "以内"), "<="),
    **dict.fromkeys(("<", "＜", "低于", "小于"), "<"),
    **dict.fromkeys((">", "＞", "超过", "突破", "高于", "大于"), ">"),
    **dict.fromkeys(("下降", "降低"), "-"),
    **dict.fromkeys(("左右", "约"), "~"),
}
_HEADER_DEPTH = 4


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """A table of indicators. `tasks` tells that it also names who answers for each, and so makes measures."""

    blocks: tuple[Block, ...]
    tasks: bool
    columns: dict[int, str]
    first: int

    @property
    def start(self) -> int:
        """Tell where the table begins."""
        return self.blocks[0].start


def find_indicator_tables(document: Document) -> list[IndicatorTable]:
    """Find the tables of indicators."""
    return [table for blocks in tables_of(document.blocks) if (table := _recognised(document, blocks)) is not None]


def _recognised(document: Document, blocks: list[Block]) -> IndicatorTable | None:
    for index, block in enumerate(blocks[:_HEADER_DEPTH]):
        names = [re.sub(r"\s", "", document.quote(cell)) for cell in block.cells]
        if not any(_NAME.match(name) for name in names):
            continue
        first = index + 1
        if first < len(blocks) and len(set(names)) < len(names):  # a cell of the header covers several
            below = [re.sub(r"\s", "", document.quote(cell)) for cell in blocks[first].cells]
            names = [upper if upper == lower else upper + lower for upper, lower in zip(names, below, strict=False)]
            first += 1
        columns = {place: kind for place, name in enumerate(names) if (kind := _column(name))}
        if "name" not in columns.values() or not any(kind.startswith("aim") for kind in columns.values()):
            return None
        owned = any(_AGENCY.search(name) for name in names) and not any(_KIND.search(name) for name in names)
        return IndicatorTable(tuple(blocks), owned, columns, first)
    return None


def _column(name: str) -> str:
    """Tell what a column holds; a column of values comes with its heading (aim:2025年目标值)."""
    for kind, pattern in (("kind", _KIND), ("name", _NAME), ("unit", _UNIT), ("base", _BASE)):
        if pattern.search(name):
            return kind
    return f"aim:{name}" if _AIM.search(name) and len(name) < 20 and not _AGENCY.search(name) else ""


def read_indicators(document: Document, table: IndicatorTable, *, year: int | None, fallback: date | None) -> list[Target]:
    """Read the targets of a table.

    Args:
        document: the document it stands in.
        table: the table.
        year: the year of the document; what a column gives for an earlier year was reached already.
        fallback: by when, where the heading of the column does not say.
    """
    found: list[Target] = []
    for block in table.blocks[table.first :]:
        cells = {kind: block.cells[place] for place, kind in table.columns.items() if place < len(block.cells)}
        name = _name(document, table, block)
        if name is None:
            continue
        unit = re.sub(r"\s", "", document.quote(cells["unit"])) if "unit" in cells else ""
        for kind, cell in cells.items():
            if kind.startswith("aim:"):
                due = _due(kind.removeprefix("aim:")) or fallback
                target = _target(document, name, cell, unit, due)
                if target is not None and not (year and due and due.year < year):
                    found.append(target)
    return found


def _due(heading: str) -> date | None:
    dues = [due.on for due in read_dues(heading, 0, len(heading), None) if due.on is not None]
    return dues[-1] if dues else None


def _name(document: Document, table: IndicatorTable, block: Block) -> Cell | None:
    """Find the cell of the name: the last of 一级指标, 二级指标 that is filled."""
    places = [place for place, kind in table.columns.items() if kind == "name" and place < len(block.cells)]
    filled = [block.cells[place] for place in places if document.quote(block.cells[place]).strip()]
    return filled[-1] if filled else None


def _target(document: Document, name: Cell, cell: Cell, unit: str, due: date | None) -> Target | None:
    match = _VALUE.match(document.quote(cell).strip())
    metric = re.sub(r"\s", "", document.quote(name))
    metric = re.sub(r"^(?:\d{1,2}[.．、]|[（(]\d{1,2}[）)]|其中[：:])", "", metric)
    bracket = _IN_BRACKETS.search(metric)
    if match is None or not metric or cell.carried:
        return None
    word = (match["before"] or "").strip("[［【（(") or match["after"] or ""
    own = match["unit"] or unit or (bracket["unit"] if bracket else "")
    high = match["high"]
    return Target(
        metric[: bracket.start()] if bracket else metric,
        word or "达到",
        _RELATIONS.get(word, ">="),
        Decimal(match["value"].replace(",", "").replace("，", "")),
        "" if own in {"—", "-", "/"} else own,
        due,
        min(name.start, cell.start),
        max(name.end, cell.end),
        high=Decimal(high.replace(",", "").replace("，", "")) if high else None,
    )
