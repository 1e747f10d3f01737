"""The reader against clauses read by hand: one half was used to build it, the other was kept aside."""

import pytest

from tests.measures.importing.clauses.corpus.score import HALVES, entries, score


def test_the_corpus_has_three_hundred_clauses_half_of_them_kept_aside() -> None:
    sizes = {half: len(list(entries(half))) for half in HALVES}
    assert sum(sizes.values()) >= 300
    assert sizes["held_out"] >= 150


# What each half reached, as a floor: the half kept aside holds clauses nobody looked at, so it may stand below the tuned one.
FLOORS = {"tuned": (0.995, 0.999, 0.0005), "held_out": (0.985, 0.995, 0.003)}


@pytest.mark.parametrize("half", HALVES)
def test_clauses_are_right_and_errors_are_doubted(half: str) -> None:
    exact, pairs, silent = FLOORS[half]
    total = score(half)
    print(f"{half}: {total}")
    assert total.exact / total.clauses >= exact, "\n".join(total.errors if half == "tuned" else [])
    assert total.f1 >= pairs
    assert total.silent / total.wanted <= silent
    assert total.flagged_right / total.exact < 0.2, "doubts on right clauses cost the reviewer"


def test_a_clause_read_otherwise_counts_as_an_error() -> None:
    total = score("tuned")
    assert total.wanted > 300
    assert total.agreed <= min(total.read, total.wanted)
