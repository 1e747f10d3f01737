"""Races at full size: every pair of acts a thousand times, mixed load for ten minutes, long random histories. On PostgreSQL.

`DUBAN_PROOF_ROUNDS` (1000), `DUBAN_PROOF_SECONDS` (600) and `DUBAN_PROOF_HISTORIES` (150) set other sizes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agencies.chain_check import verify
from oversight.counters import account
from tests.proof.test_senders import SEED
from tests.workflow.histories import rules
from tests.workflow.histories.machine import History, build_world
from tests.workflow.races.mixed import Load, recorded
from tests.workflow.races.pairs import PAIRS, Pair, meet
from tests.workflow.races.rounds import race
from workflow import grants
from workflow.models import Event

pytestmark = [pytest.mark.proof, pytest.mark.postgres, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("DUBAN_PROOF_ROUNDS", "1000"))
SECONDS = float(os.environ.get("DUBAN_PROOF_SECONDS", "600"))
HISTORIES = int(os.environ.get("DUBAN_PROOF_HISTORIES", "150"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_two_acts_at_once_end_as_one_after_the_other(pair: Pair, figure: Callable[..., None]) -> None:
    began = time.monotonic()
    tally = race(meet(pair), ROUNDS)
    figure("race", pair=pair, rounds=tally.rounds, answers=tally, seconds=round(time.monotonic() - began, 1))
    assert tally.rounds == ROUNDS
    assert verify(Event) == []
    assert grants.differences() == []
    assert account.differences() == []


@pytest.mark.django_db(transaction=True)
def test_minutes_of_mixed_load_without_a_deadlock(figure: Callable[..., None]) -> None:
    load = Load(workers=4, seconds=SECONDS, seed=SEED)
    load.run()
    figure("mixed load", seconds=SECONDS, answers=dict(load.answers), events=recorded(), faults=len(load.faults))
    assert load.faults == []
    assert rules.broken() == []


@pytest.mark.django_db
def test_long_random_histories_keep_the_rules(figure: Callable[..., None]) -> None:
    History.world = build_world()
    History.totals.clear()
    chosen = settings(
        max_examples=HISTORIES,
        stateful_step_count=60,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=chosen)
    done = sum(number for name, number in History.totals.items() if name.endswith(" 200"))
    figure("histories", histories=HISTORIES, acts_done=done, refused=sum(History.totals.values()) - done)
