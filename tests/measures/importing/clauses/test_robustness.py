"""Malformed text: nothing raises, nothing hangs, every span is the quote."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.importing.clauses import Clause, ClauseContext, find_clauses, parse_clause
from measures.importing.clauses.folding import fold
from measures.importing.deadlines import find_deadlines
from measures.importing.partial_date import PartialDate
from tests.measures.importing.clauses.corpus.score import entries

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


@given(broken_text)
@settings(max_examples=400, deadline=None)
def test_any_text_reads_without_an_error(text: str) -> None:
    clause = parse_clause(text, CONTEXT)
    assert_exact(text, clause)
    clause.to_json()
    for found in find_clauses(text, CONTEXT):
        assert_exact(text, found)


@given(broken_text, st.booleans())
@settings(max_examples=300, deadline=None)
def test_deadlines_are_quotes_in_order(text: str, labelled: bool) -> None:
    found = find_deadlines(text, CONTEXT.date, labelled=labelled)
    assert [one.text for one in found] == [text[one.start : one.end] for one in found]
    assert all(first.end <= second.start for first, second in pairwise(found))


@pytest.mark.parametrize("seed", range(4))
def test_real_clauses_with_letters_changed_read_without_an_error(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    texts = [entry["text"] for entry in entries("tuned")]
    for _ in range(300):
        letters = list(chance.choice(texts))
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(letters)) if letters else 0
            action = chance.randrange(3)
            if action == 0:
                letters[place : place + 1] = []
            elif action == 1:
                letters.insert(place, chance.choice(PIECES))
            else:
                letters[place:place] = letters[place : place + chance.randint(1, 9)]
        text = "".join(letters)
        assert_exact(text, parse_clause(text, CONTEXT))


def test_growth_is_linear() -> None:
    sentence = (
        "完善平台建设。（省教育厅牵头，省财政厅、国资委，广州、深圳市政府配合，2025年底前完成）\n责任单位：市教育局；配合单位：市财政局\n"
    )
    hostile = [
        "（" * 40 + "）" * 40,
        "等" * 60,
        "省" * 90,
        "、" * 90,
        "　" * 90,
        "和及与" * 30,
        "“" * 50,
        "2025" * 20,
        "各" * 60,
        "牵头" * 40,
    ]
    for unit in [sentence, *hostile]:
        spent = []
        for times in (20, 200):
            text = unit * times
            begin = time.process_time()
            find_clauses(text, CONTEXT)
            parse_clause(text, CONTEXT)
            spent.append(time.process_time() - begin)
        # ten times the text in at most thirty times the time, with a floor for the clock: a quadratic reader needs a hundred
        assert spent[1] < 30 * max(spent[0], 0.01), unit[:20]
