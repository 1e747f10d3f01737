"""Random histories, the short form; `make proof` plays longer ones on PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workflow.histories.machine import History, build_world


@pytest.mark.django_db
def test_any_history_keeps_the_rules() -> None:
    History.world = build_world()
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = sum(number for name, number in History.totals.items() if name.endswith(" 200"))
    assert done > 40, History.totals
