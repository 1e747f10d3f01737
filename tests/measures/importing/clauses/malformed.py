"""Malformed clauses, and what must hold for any text: nothing raises, and every span is the quote."""

import random

from hypothesis import strategies as st

from measures.importing.clauses import Clause, ClauseContext, find_clauses, parse_clause
from measures.importing.clauses.folding import fold
from measures.importing.partial_date import PartialDate

CONTEXT = ClauseContext("广东", "广州", PartialDate(2021, 12, 3))
WORDS = """
牵头 配合 负责 会同 按职责分工负责 牵头单位： 责任单位： 完成时限： 牵头领导： 2025年底前 每季度 十四五 省 市 委 省委 局 厅
教育 省财政厅 国资委 广州 深圳市政府 天河 人民银行 分行 各地级以上市政府 有关部门 排在第一位的部门为牵头部门 同上 张三
13月32日前 2月30日前
"""
PIECES = [*"（）()【】[]〔〕《》“”、，,；;。：: \n\t　*/|和及与等各由", *WORDS.split(), "\u200b", "𠮷", "é", "\x00"]
broken_text = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join)


def assert_exact(text: str, clause: Clause) -> None:
    assert 0 <= clause.start <= clause.end <= len(text)
    for item in clause.items:
        written = "".join(char for char in text[item.start : item.end] if not fold(char).isspace())
        assert written
        assert item.restored or written == item.name
    for doubt in clause.doubts:
        assert 0 <= doubt.start < doubt.end <= len(text)
        assert doubt.why
    if clause.deadline:
        assert text[clause.deadline.start : clause.deadline.end] == clause.deadline.text
    if not clause.is_clause:
        assert not clause.items


def mutated(chance: random.Random, text: str) -> str:
    """A real clause with up to five places changed: letters dropped, put in, doubled."""
    letters = list(text)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(letters)) if letters else 0
        action = chance.randrange(3)
        if action == 0:
            letters[place : place + 1] = []
        elif action == 1:
            letters.insert(place, chance.choice(PIECES))
        else:
            letters[place:place] = letters[place : place + chance.randint(1, 9)]
    return "".join(letters)


def check(text: str) -> None:
    """Read a text as one clause and as a text that may hold clauses."""
    clause = parse_clause(text, CONTEXT)
    assert_exact(text, clause)
    clause.to_json()
    for found in find_clauses(text, CONTEXT):
        assert_exact(text, found)
