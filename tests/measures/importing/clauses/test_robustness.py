"""Malformed text: nothing raises, nothing hangs, every span is the quote."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.importing.clauses import find_clauses, parse_clause
from measures.importing.deadlines import find_deadlines
from tests.measures.importing.clauses.corpus.score import entries
from tests.measures.importing.clauses.malformed import CONTEXT, broken_text, check, mutated


@given(broken_text)
@settings(max_examples=400, deadline=None)
def test_any_text_reads_without_an_error(text: str) -> None:
    check(text)


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
        check(mutated(chance, chance.choice(texts)))


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
