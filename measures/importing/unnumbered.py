"""Headings without a number: told by the style that the file gives them, and by the numbers that follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from measures.importing.document import Block
from measures.importing.headings import BRACKETED, Marker, Scheme, read_marker

_LONGEST, _LONGEST_PLAIN = 30, 14  # characters
_FEWEST = 2  # one such line alone is rather a remark
# 规划引领篇, 产业振兴行动: words that name a part of a plan even where no style shows it.
_PART_ENDS = re.compile(r"(?:篇|板块|部分|专项行动|攻坚行动|提升行动)$")
_NO_HEADING = re.compile(r"[。；：:;，,！？、）)]$|20\d\d\s*年\s*\d{1,2}\s*月|^附\s*[件表]|：|(?:政府|委员会|办公室|厅|局)$")
# What is neither the value of a label above it (持续推进) nor a name stands between tasks that are finished.
_WORDS = re.compile(rf"(?!长期|持续|常年|全年|同上)[\u4e00-\u9fff“”]{{4,{_LONGEST_PLAIN}}}")
_FINISHED = re.compile(r"[。；）)】]$|(?:单位|部门|时限|时间|主体)[：:][^\n]{2,}$")
_BRACKETED = re.compile(rf"{BRACKETED}$")
# The scheme that stands above the one of the numbers behind the heading.
_ABOVE = {
    Scheme.CN: Scheme.CHAPTER,
    Scheme.ARTICLE: Scheme.CHAPTER,
    Scheme.CN_PAREN: Scheme.CN,
    Scheme.NUM: Scheme.CN_PAREN,
    Scheme.NUM_PAREN: Scheme.NUM,
}


def levelled(block: Block, line: str) -> Marker | None:
    """Take a heading that has a style but no number for one of the scheme usual at its level."""
    if block.level is None or len(line) > 60 or line.endswith(("。", "；", "：")):
        return None
    return Marker((Scheme.CHAPTER, Scheme.CN, Scheme.CN_PAREN, Scheme.NUM)[min(block.level, 4) - 1], "", 0, 0)


def styled_headings(text: str, blocks: Sequence[Block]) -> dict[int, Marker]:
    """Find the short lines in bold or in the middle that stand above numbered lines: where they begin, and the scheme they stand for.

    Args:
        text: the whole text.
        blocks: those of one segment.
    """
    found: dict[int, Scheme] = {}
    used: set[Scheme] = set()
    for place, (block, after) in enumerate(pairwise(blocks)):
        if not (may_head(text, block) or _may_head_unstyled(text, blocks[place - 1] if place else None, block)):
            number = None if block.cells else read_marker(text[block.start : min(block.end, block.start + 30)])
            used.update({number.scheme} if number else ())
            continue
        number = None if after.cells else read_marker(text[after.start : min(after.end, after.start + 30)])
        above = _ABOVE.get(number.scheme) if number else None
        if above is not None:
            found[block.start] = above
    scheme = min(found.values(), default=Scheme.PARAGRAPH)
    if len(found) < _FEWEST or scheme in used:
        return {}
    return {start: Marker(scheme, "", 0, 0) for start in found}


def _may_head_unstyled(text: str, before: Block | None, block: Block) -> bool:
    """Whether a few words without any sign are a heading in a file that shows no style: 优化政务服务 between two finished tasks."""
    line = text[block.start : min(block.end, block.start + _LONGEST_PLAIN + 1)]
    if block.cells or block.level is not None or not _WORDS.fullmatch(line) or _NO_HEADING.search(line) or read_marker(line):
        return False
    return before is None or (not before.cells and _FINISHED.search(text, before.start, before.end) is not None)


def may_head(text: str, block: Block) -> bool:
    """Whether a line may be a heading without a number by its looks."""
    line = text[block.start : min(block.end, block.start + _LONGEST + 1)]
    if block.cells or block.level is not None or not 1 < len(line) <= _LONGEST:
        return False
    if _BRACKETED.match(line):
        return True  # 【规划引领篇】
    if _NO_HEADING.search(line) or read_marker(line):
        return False
    styled = block.centred or block.strong >= len(line)
    return styled or (len(line) <= _LONGEST_PLAIN and _PART_ENDS.search(line) is not None)
