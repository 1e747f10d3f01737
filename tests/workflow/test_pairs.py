"""Two people at once on the same thing, eight times each pair; `make proof` does it a thousand times with all pairs. On PostgreSQL."""

from __future__ import annotations

import pytest

from agencies.chain_check import verify
from oversight.counters import account
from tests.workflow.races.pairs import PAIRS, SHORT, Pair, meet
from tests.workflow.races.rounds import race
from workflow import grants
from workflow.models import Event

ROUNDS = 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", SHORT, ids=str)
def test_two_acts_at_once_end_as_one_after_the_other(pair: Pair) -> None:
    tally = race(meet(pair), ROUNDS)
    assert tally.rounds == ROUNDS
    assert verify(Event) == []
    assert grants.differences() == []
    assert account.differences() == []


def test_the_short_form_takes_some_of_every_kind() -> None:
    assert {pair.subject for pair in SHORT} == {pair.subject for pair in PAIRS}
    assert len(PAIRS) == len({str(pair) for pair in PAIRS})
