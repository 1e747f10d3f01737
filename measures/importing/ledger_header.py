"""The header of a table of tasks: which rows it is made of, and what each column holds, by the meaning of the words above it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from measures.importing.comparators import UNIT
from measures.importing.document import Block, Document

# What a column holds, by its heading; the first that fits counts.
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(?:序号|编号|项目序号|任务编号|任务序号|项号|号)$")),
    (
        "remark",
        re.compile(
            r"(?:开始|启动|起始|开工|下达|交办|立项|收文|受理|填报)(?:时间|日期|时限)|(?:时间|时限)(?:开始|启动|起始)$|(?:目前|当前|实际|最新|形象)进度|进度情况|"
            r"(?:督办|督查|督导|监督|审核|(?<!被)考核|填报|填表|报送|验收|评价|联络?|联系)(?:单位|部门|科室|人)|联络员|联系(?:方式|电话)|电话|经办人|填报人"
        ),
    ),
    ("lead_with_persons", re.compile(r"(?:牵头|主办|主责)(?:单位|部门|科室)[及和、与/（(](?:责任人|负责人|责任领导)")),
    ("responsible_with_persons", re.compile(r"(?:责任|承办|落实)(?:单位|部门|科室)[及和、与/（(](?:责任人|负责人|责任领导)")),
    ("leader", re.compile(r"(?:领导(?!小组)|责任人|负责人|牵头人|包[案联抓]人|分管(?!单位|部门|科室))")),
    ("guiding", re.compile(r"指导(?:责任)?(?:单位|部门|处室|科室)")),
    ("lead", re.compile(r"(?:牵头|主办|主责|首办|第一责任|主要责任)(?:责任)?(?:单位|部门|处室|科室|主体)?")),
    ("support", re.compile(r"(?:配合|协办|参与|参加|协同|协助|协作|会办)(?:责任)?(?:单位|部门|处室|科室|主体)?")),
    (
        "responsible",
        re.compile(
            r"(?:责任|承办|落实|负责|实施|分工|承担|办理|组织|完成|执行|具体|主管|分管|归口)(?:单位|部门|主体|分工|处室|科室|股室|地区|乡镇|镇街|街道|县区)|"
            r"^(?:单位|部门|责任|涉及单位|涉及部门)$"
        ),
    ),
    ("deadline", re.compile(r"(?:时限|时间|期限|进度|节点|推进计划|完成计划|(?:完成|办结|截止|截至|计划)日期)")),
    ("remark", re.compile(r"(?:备注|说明|依据|来源|完成情况|落实情况|进展|形式|成果|联系|分值|得分)")),
    ("section", re.compile(r"(?:类别|领域|分类|板块|方面|项目类型|一级|篇章|专题)")),
    ("task", re.compile(r"(?:任务|措施|举措|事项|内容|工作|要点|项目|目标|行动|要求|指标|政策)")),
)
# 工作措施及责任分工: what is to be done, with a clause behind it that says by whom.
_TASK_AND_DOERS = re.compile(r"(?:任务|措施|举措|事项|内容|要点|目标|要求)[及和与、/](?:责任|职责|任务)?(?:分工|单位|部门)")
# 年度目标 beside 重点任务: how far it is to go, and not what it is called.
_AIM = re.compile(r"(?:目标|指标)(?!任务|责任|事项)")
AGENCIES = ("lead", "lead_with_persons", "responsible", "responsible_with_persons", "support")
_OF_A_ROLE = ("lead", "support", "guiding")  # what the words above 单位 make of it
_DEPTH, _HEIGHT = 8, 3
_LONGEST_HEADING, _LONGEST_SUBHEADING = 16, 10


@dataclass(frozen=True, slots=True)
class Header:
    """Where the rows below a header begin, and what each column holds ("" where that is unknown)."""

    end: int
    columns: tuple[str, ...]


def find_header(document: Document, blocks: Sequence[Block]) -> Header | None:
    """Find the header of a table of tasks, of up to three rows; None where no row names tasks and agencies.

    What a column holds is told by all headings above it, the lowest first: 牵头 over 单位 leads, 牵头 over 领导 are persons.
    """
    for index, block in enumerate(blocks[:_DEPTH]):
        rows = [_names(document, block)]
        if len({name for name in rows[0] if _kind(name)}) < 2:
            continue  # a title, 填报单位：…
        while len(rows) < _HEIGHT and index + len(rows) < len(blocks):
            below = _below(document, blocks[index + len(rows)], blocks[index + len(rows) - 1], rows[-1])
            if below is None:
                break
            rows.append(below)
        end = index + len(rows)
        columns = _without_units(document, blocks[end:], [_kind_of_path(path) for path in zip(*_filled(rows), strict=True)], rows[-1])
        told = [place for place, name in enumerate(rows[-1]) if _TASK_AND_DOERS.search(name)]
        columns = ["task" if place in told else kind for place, kind in enumerate(columns)]
        aims = [place for place, kind in enumerate(columns) if kind == "task" and place not in told and _AIM.search(rows[-1][place])]
        if any(kind == "task" and place not in aims for place, kind in enumerate(columns)):
            columns = ["aim" if place in aims else kind for place, kind in enumerate(columns)]
        if "task" in columns and (told or any(name in columns for name in AGENCIES)):
            return Header(end, tuple(columns))
    return None


def _names(document: Document, block: Block) -> list[str]:
    return [_squeeze(document.quote(cell)) for cell in block.cells]


def _squeeze(text: str) -> str:
    return re.sub(r"[\s（(].*[）)]$|\s", "", text)


def _kind(name: str) -> str:
    return next((key for key, pattern in _COLUMNS if len(name) < _LONGEST_HEADING and pattern.search(name)), "")


def _kind_of_path(path: tuple[str, ...]) -> str:
    """Tell what a column holds by the headings above it, from the top down; the same one in two rows counts once."""
    names = [name for name, before in zip(path, ("", *path), strict=False) if name != before and name]
    if not names:
        return ""
    lowest, whole = _kind(names[-1]), _kind("".join(names))
    above = next((kind for name in reversed(names[:-1]) if (kind := _kind(name)) in _OF_A_ROLE), "")
    if lowest == "responsible" and above:
        return above
    if lowest == "deadline" and whole == "remark":
        return whole  # 完成时限 over 启动
    return lowest or whole or next((kind for name in reversed(names) if (kind := _kind(name))), "")


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Fill the cells of a header that a merged one covers without saying so, as in CSV: from the left, where something stands below."""
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    for row, below in itertools.pairwise(padded):
        for place in range(1, width):
            if not row[place] and below[place]:
                row[place] = row[place - 1]
    return padded


def _below(document: Document, block: Block, above: Block, names: list[str]) -> list[str] | None:
    """Give a further row of headings: a cell of the one above spans several, and what stands below has names of columns."""
    starts = [cell.start for cell in above.cells]
    own = [(place, name) for place, name in enumerate(_names(document, block)) if name and not block.cells[place].carried]
    spans = len(set(starts)) < len(starts) or any(cell.carried for cell in block.cells)
    spans = spans or any(not above_it for place, _ in own for above_it in names[place : place + 1])
    known = sum(bool(_kind(name)) for _, name in own)
    if len(own) < 2 or not spans or any(len(name) >= _LONGEST_SUBHEADING for _, name in own) or known < len(own) / 2:
        return None
    return _names(document, block)


def _without_units(document: Document, rows: Sequence[Block], columns: list[str], names: Sequence[str]) -> list[str]:
    """Take a column 单位 whose cells are units of measure (个, %, 万元) for what it is."""
    kept = list(columns)
    for place, name in enumerate(names):
        if name == "单位" and columns[place] == "responsible":
            cells = [document.quote(row.cells[place]).strip() for row in rows if place < len(row.cells)]
            units = sum(bool(re.fullmatch(UNIT, cell)) for cell in cells if cell)
            kept[place] = "" if units * 2 > len([cell for cell in cells if cell]) else kept[place]
    return kept
