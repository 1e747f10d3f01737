"""Whatever the text: no exception but `Unreadable`, spans exact, and the same reading each time."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.importing.plan import read_plan
from measures.importing.unreadable import Unreadable
from tests.measures.importing.corpus.render import render
from tests.measures.importing.malformed import PIECES, TEXTS, broken, check, check_spans, damaged


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_texts_put_together_at_random_are_read(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    check(text)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_plans_are_read(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    for _ in range(25):
        check(damaged(chance.choice(TEXTS), chance))


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_are_read_or_refused(seed: int) -> None:
    chance = random.Random(1000 + seed)  # noqa: S311 - chance that can be repeated
    for form in ("docx", "xlsx", "pdf", "html", "csv"):
        data = render(TEXTS[seed], form)[0]
        for _ in range(10):
            with contextlib.suppress(Unreadable):
                check_spans(read_plan(broken(data, chance), f"plan.{form}"))


def test_reading_twice_gives_the_same() -> None:
    for text in TEXTS:
        assert read_plan(text.encode(), "a.txt").to_json() == read_plan(text.encode(), "b.txt").to_json()
