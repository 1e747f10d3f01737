"""The document corpus: nothing is lost of what was right once."""

import pytest

from tests.measures.importing.corpus.expectation import HALVES, Score, halves, score

# What may be wrong at most, of all that is counted in the half. The last documents of the held-out half were never tuned on.
AT_MOST_WRONG = {"tuned": 0, "held_out": 8}
MEASURES_MISSED = {"tuned": 0, "held_out": 0}


@pytest.mark.parametrize("half", HALVES)
def test_the_corpus_is_read(half: str) -> None:
    total = Score()
    documents = halves()[half]
    assert len(documents) >= 13
    for document in documents:
        total.add(score(document))
    assert total.total["measures found"] >= 50
    assert total.right["measures found"] >= total.total["measures found"] - MEASURES_MISSED[half], total.wrong
    assert len(total.wrong) <= AT_MOST_WRONG[half], total.wrong
