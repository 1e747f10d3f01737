"""Ten thousand malformed documents through the reader of plans: no exception but its own refusal, no hang, every span the quote.

Seven thousand are plans of the corpora with lines dropped, shuffled, joined and folded, two thousand are put together from the pieces
that plans are made of, one thousand are files of five formats with bytes changed or cut short. A short form runs in the ordinary suite.
"""

import contextlib
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.importing.plan import read_plan
from measures.importing.unreadable import Unreadable
from tests.measures.importing.corpus.render import render
from tests.measures.importing.malformed import PIECES, TEXTS, broken, check, check_spans, damaged
from tests.proof.sizes import full

pytestmark = [pytest.mark.proof, pytest.mark.sqlite, pytest.mark.timeout(1_200)]

THOUSAND = full("DOCUMENTS", 1_000)
LONGEST = 5.0  # seconds for one document of a few pages
FORMS = ("docx", "xlsx", "pdf", "html", "csv")


def test_seven_thousand_damaged_plans_are_read() -> None:
    chance = random.Random(20_260_201)  # noqa: S311 - chance that can be repeated
    for _ in range(7 * THOUSAND):
        text = damaged(chance.choice(TEXTS), chance)
        began = time.process_time()
        check(text)
        assert time.process_time() - began < LONGEST, text[:200]


@given(st.lists(st.sampled_from(PIECES), max_size=200).map("".join))
@settings(max_examples=2 * THOUSAND, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_thousand_texts_put_together_at_random_are_read(text: str) -> None:
    check(text)


def test_a_thousand_damaged_files_are_read_or_refused() -> None:
    chance = random.Random(20_260_202)  # noqa: S311 - chance that can be repeated
    for _ in range(THOUSAND // 20):
        text = chance.choice(TEXTS)
        for form in FORMS:
            data = render(text, form)[0]
            for _ in range(4):
                began = time.process_time()
                with contextlib.suppress(Unreadable):
                    check_spans(read_plan(broken(data, chance), f"plan.{form}"))
                assert time.process_time() - began < LONGEST
