"""Random histories, the short form; `make proof` plays longer ones on PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories.directory import NOW
from tests.factories.tasks import closing_task
from tests.workflow.histories import rules
from tests.workflow.histories.machine import History, build_world
from workflow.catalog import CATALOG


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


OF_THE_TASK = {"submit_sign_off", "return_sign_off", "sign_off", "reopen"}


@pytest.mark.django_db
def test_a_closing_round_put_forward_returned_taken_back_and_signed_off_is_a_path_of_the_machine() -> None:
    stage = closing_task()
    lead = stage.leads[0]
    for_lead = {"actor": lead.reviewer_actor, "assignment_id": stage.part_of(lead).pk}
    for_coordinator = {"actor": stage.coordinator_actor, "task_id": stage.task.pk}

    def do(name: str, **told: str) -> None:
        CATALOG[name].run(now=NOW, **(for_coordinator if name in OF_THE_TASK else for_lead), **told)
        assert rules.broken() == [], f"after {name}"

    do("submit_sign_off")
    do("return_sign_off", opinion="材料不全。")
    do("declare_done", summary="已补齐。")
    do("request_sign_off", summary="请予销号。")
    do("withdraw_sign_off")
    do("declare_done", summary="已补齐。")
    do("request_sign_off", summary="请予销号。")
    do("submit_sign_off")
    do("sign_off", opinion="同意。")
    do("reopen", reason="问题反弹。")
