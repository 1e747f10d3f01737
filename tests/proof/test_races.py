"""Races at full size: every pair of acts a thousand times, mixed load for ten minutes, long random histories. On PostgreSQL.

`DUBAN_PROOF_ROUNDS` (1000), `DUBAN_PROOF_SECONDS` (600), `DUBAN_PROOF_KEYS` (500) and `DUBAN_PROOF_HISTORIES` (150) set other sizes.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agencies.chain_check import verify
from oversight.counters import account
from tests.factories.directory import NOW
from tests.factories.tasks import dispatched_task
from tests.proof.test_senders import SEED
from tests.workflow.histories import rules
from tests.workflow.histories.machine import History, build_world
from tests.workflow.races.clones import Template
from tests.workflow.races.meeting import Place
from tests.workflow.races.mixed import Load, recorded
from tests.workflow.races.pairs import PAIRS
from tests.workflow.races.rounds import Tally, deadlocks, race, runners
from workflow import grants
from workflow.models import Assignment, Event, IdempotencyKey

pytestmark = [pytest.mark.proof, pytest.mark.postgres, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("DUBAN_PROOF_ROUNDS", "1000"))
SECONDS = float(os.environ.get("DUBAN_PROOF_SECONDS", "600"))
KEYS, REPEATS = int(os.environ.get("DUBAN_PROOF_KEYS", "500")), 10
HISTORIES = int(os.environ.get("DUBAN_PROOF_HISTORIES", "150"))


WHERE = list(dict.fromkeys((pair.subject, pair.state) for pair in PAIRS))


@pytest.mark.timeout(6 * 3600)  # some scenes have sixty pairs
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("subject", "state"), WHERE)
def test_two_acts_at_once_end_as_one_after_the_other(subject: str, state: str, figure: Callable[..., None]) -> None:
    place, before, wrong = Place(subject, state), deadlocks(), {}
    with runners() as pair_of_threads:
        for pair in (pair for pair in PAIRS if (pair.subject, pair.state) == (subject, state)):
            began, tally = time.process_time(), Tally()
            try:
                race(place.meet(pair), ROUNDS, pair_of_threads, tally)
            except AssertionError as error:
                wrong[str(pair)] = str(error)[:2000]
            figure("race", pair=pair, rounds=tally.rounds, answers=tally, seconds=round(time.process_time() - began, 1))
    assert wrong == {}
    assert deadlocks() == before
    assert verify(Event) == []
    assert grants.differences() == []
    assert account.differences() == []


@pytest.mark.django_db(transaction=True)
def test_minutes_of_mixed_load_without_a_deadlock(figure: Callable[..., None]) -> None:
    load = Load(workers=4, seconds=SECONDS, seed=SEED)
    load.run()
    figure(
        "mixed load",
        seconds=SECONDS,
        seed=SEED,
        answers=dict(load.answers),
        events=recorded(),
        faults=len(load.faults),
        deadlocks=load.deadlocks(),
    )
    assert load.faults == []
    assert load.deadlocks() == 0
    assert load.miscounted() == []
    assert rules.broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_request_sent_ten_times_at_once_under_one_key_is_one_act_and_one_answer(figure: Callable[..., None]) -> None:
    stage = dispatched_task(supporters=0)
    officer, part = stage.leads[0].officer, stage.part_of(stage.leads[0]).pk
    clients = [Client() for _ in range(REPEATS)]
    for client in clients:
        client.force_login(officer)
    template, before = Template([stage.task.pk]), deadlocks()
    bodies: dict[int, list[bytes]] = defaultdict(list)
    again: list[int] = []

    def asking(client: Client, pk: int) -> Callable[[], None]:
        def ask() -> None:
            address = reverse("api:sign_for", args=[pk])
            for _attempt in range(5):  # 503 with Retry-After: the server waited too long for a lock, and the same key is sent again
                answer = client.post(address, "{}", content_type="application/json", headers={"Idempotency-Key": f"key {pk}"})
                if answer.status_code != 503:
                    break
                again.append(pk)
            assert answer.status_code == 200, answer.content
            bodies[pk].append(answer.content)

        return ask

    keys = [clone.key_of(Assignment, part) for clone in template.copy(KEYS)]
    with runners(REPEATS) as threads, time_machine.travel(NOW, tick=False):
        threads.run([tuple(asking(client, pk) for client in clients) for pk in keys])
    acts = Counter(Event.objects.filter(assignment__in=keys, verb="sign_for").values_list("assignment_id", flat=True))
    figure(
        "keys",
        keys=KEYS,
        at_once=REPEATS,
        requests=KEYS * REPEATS,
        acts=sum(acts.values()),
        told_to_come_back=len(again),
        deadlocks=deadlocks() - before,
    )
    assert acts == dict.fromkeys(keys, 1)
    assert all(len(told) == REPEATS and len(set(told)) == 1 for told in bodies.values())
    assert len(bodies) == IdempotencyKey.objects.count() == KEYS
    assert deadlocks() == before
    assert verify(Event) == []


@pytest.mark.timeout(6 * 3600)  # a limit that strikes inside a history is taken for its failure, and played again
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
