"""Ten seconds of mixed load; `make proof` takes ten minutes. On PostgreSQL."""

from __future__ import annotations

import pytest

from tests.workflow.histories import rules
from tests.workflow.races.mixed import Load

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_people_sweeps_and_reorganisations_beside_each_other_meet_no_deadlock() -> None:
    load = Load(workers=3, seconds=10, seed=20260318)
    load.run()
    assert load.faults == []
    assert load.deadlocks() == 0
    assert load.miscounted() == []
    assert load.answers["done"] > 20
    assert rules.broken() == []
