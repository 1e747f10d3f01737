"""Ten thousand malformed texts through the reader of clauses: no exception, no hang, every span the quote.

Half are put together from the pieces that clauses are made of and from any characters, half are clauses of the corpora with letters
dropped, put in and doubled. A short form runs in the ordinary suite.
"""

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings

from tests.measures.importing.clauses.corpus.score import HALVES, entries
from tests.measures.importing.clauses.malformed import broken_text, check, mutated
from tests.proof.sizes import full

pytestmark = [pytest.mark.proof, pytest.mark.sqlite, pytest.mark.timeout(900)]

TEXTS = full("CLAUSES", 5_000)  # of each kind
LONGEST = 1.0  # seconds for one text of a few hundred characters
slowest: list[float] = [0.0]


def timed(text: str) -> None:
    """Read a text and remember the longest time."""
    began = time.process_time()
    check(text)
    slowest[0] = max(slowest[0], time.process_time() - began)


@given(broken_text)
@settings(max_examples=TEXTS, deadline=None, suppress_health_check=list(HealthCheck))
def test_five_thousand_texts_put_together_at_random_are_read(text: str) -> None:
    timed(text)


def test_five_thousand_changed_clauses_are_read() -> None:
    chance = random.Random(20_260_101)  # noqa: S311 - not for secrets
    texts = [entry["text"] for half in HALVES for entry in entries(half)]
    for _ in range(TEXTS):
        timed(mutated(chance, chance.choice(texts)))
    print(f"{2 * TEXTS} malformed texts read; the slowest took {slowest[0] * 1000:.0f} ms")
    assert slowest[0] < LONGEST
