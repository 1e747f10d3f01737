"""Two people at once on the same thing, a few times for some pairs; `make proof` does it a thousand times with all. On PostgreSQL."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from itertools import groupby

import pytest

import workflow.actions
from agencies.chain_check import verify
from oversight.counters import account
from tests.workflow.races.acts import ACTS, NOT_RACED
from tests.workflow.races.meeting import Place
from tests.workflow.races.pairs import PAIRS, SHORT, SHORT_ONES
from tests.workflow.races.rounds import Tally, in_order, race, runners
from tests.workflow.races.scenes import OWN
from workflow import grants
from workflow.models import Event

ROUNDS = 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_end_as_one_after_the_other() -> None:
    with runners() as pair_of_threads:
        for (subject, state), pairs in groupby(SHORT, key=lambda pair: (pair.subject, pair.state)):
            place = Place(subject, state)
            for pair in pairs:
                tally = Tally()
                race(place.meet(pair), ROUNDS, pair_of_threads, tally)
                assert tally.rounds == ROUNDS, pair
    assert verify(Event) == []
    assert grants.differences() == []
    assert account.differences() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("subject", "state"), [(subject, state) for subject, states in OWN.items() for state in states])
def test_acts_can_meet_where_the_truth_table_has_no_scene(subject: str, state: str) -> None:
    """A scene that cannot be built any more, or in which neither of two acts can be done, is seen here and not in hours of proof."""
    place = Place(subject, state)
    for pair in PAIRS:
        if (pair.subject, pair.state) == (subject, state):
            meeting = place.meet(pair)
            assert in_order(meeting, meeting.template.copy(1)[0]), pair


def test_every_act_meets_itself_and_what_it_can_meet() -> None:
    themselves = {pair.first for pair in PAIRS if pair.first == pair.second}
    assert themselves == set(ACTS), "an act that is not raced against itself needs a state in which it succeeds"
    assert len({(pair.first, pair.second) for pair in PAIRS}) == len(PAIRS)
    assert {str(pair).split(" (")[0] for pair in SHORT} == SHORT_ONES


def test_every_action_is_raced_or_says_why_not() -> None:
    """An action of `workflow.actions`, in the catalog or not, has its pairs."""
    found = set()
    for module in pkgutil.iter_modules(workflow.actions.__path__):
        for name, member in vars(importlib.import_module(f"workflow.actions.{module.name}")).items():
            if name.startswith("_") or not inspect.isfunction(member) or member.__module__ != f"workflow.actions.{module.name}":
                continue
            asked = inspect.signature(member).parameters.values()
            if any(one.name == "actor" for one in asked) and all(one.kind == one.KEYWORD_ONLY for one in asked):
                found.add(name)
    assert found - set(ACTS) == set(NOT_RACED)
