"""Two people at once on the same thing: one wins, the other is told what has happened, and there is one event. On PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from agencies.chain_check import verify
from agencies.refusals import Refusal
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task, closing_task, dispatched_task
from workflow import grants
from workflow.actions.decide_sign_off import return_sign_off, sign_off
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import sweep
from workflow.models import Event, Firing, IdempotencyKey

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 8


def together(*acts: Callable[[], object]) -> Counter[int]:
    """Do acts at the same moment, each on a connection of its own; count the statuses they were answered with."""
    start = threading.Barrier(len(acts))
    answers: list[int] = []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            act()
            answers.append(200)
        except Refusal as refusal:
            answers.append(refusal.status)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == len(acts), "an act neither ended nor was refused"
    return Counter(answers)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_coordinators_sign_off_the_same_task_and_one_wins(_round: int) -> None:
    stage = closing_task(supporters=0)
    actor = stage.coordinator_actor
    answers = together(*[lambda: sign_off(actor=actor, task_id=stage.task.pk, opinion="", now=NOW)] * 2)
    assert answers == {200: 1, 409: 1}
    assert Event.objects.filter(task=stage.task, verb="sign_off").count() == 1
    assert verify(Event) == []


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_signing_off_against_returning_has_one_winner(_round: int) -> None:
    stage = closing_task(supporters=0)
    actor = stage.coordinator_actor
    answers = together(
        lambda: sign_off(actor=actor, task_id=stage.task.pk, opinion="", now=NOW),
        lambda: return_sign_off(actor=actor, task_id=stage.task.pk, opinion="退回", now=NOW),
    )
    assert answers == {200: 1, 409: 1}
    ended = {"closed": "sign_off", "dispatched": "return_sign_off"}[stage.reload().state]
    assert Event.objects.filter(task=stage.task, verb__in=["sign_off", "return_sign_off"]).values_list("verb", flat=True)[0] == ended


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_people_sign_for_the_same_assignment_and_one_is_in_charge(_round: int) -> None:
    stage = dispatched_task(supporters=0)
    lead = stage.leads[0]
    pk = stage.part_of(lead).pk
    one, other = lead.officer_actor, lead.reviewer_actor
    answers = together(
        lambda: sign_for(actor=one, assignment_id=pk, now=NOW),
        lambda: sign_for(actor=other, assignment_id=pk, now=NOW),
    )
    assert answers == {200: 1, 409: 1}
    event = Event.objects.get(task=stage.task, verb="sign_for")
    assert stage.part_of(lead).officer_id == event.actor_id


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_suspending_against_terminating_ends_in_one_state_with_its_link_rows(_round: int) -> None:
    stage = accepted_task()
    actor = stage.coordinator_actor
    answers = together(
        lambda: suspend(actor=actor, task_id=stage.task.pk, reason="一", now=NOW),
        lambda: terminate(actor=actor, task_id=stage.task.pk, reason="二", now=NOW),
    )
    assert answers[200] >= 1
    assert stage.reload().state in {"suspended", "terminated"}
    assert grants.differences() == []


@pytest.mark.parametrize("_round", range(4))
def test_ten_times_the_same_key_at_once_is_one_act_and_one_answer(_round: int) -> None:
    stage = dispatched_task(supporters=0)
    lead = stage.leads[0]
    client = Client()
    client.force_login(lead.officer)
    address = reverse("api:sign_for", args=[stage.part_of(lead).pk])
    cookie = client.cookies["sessionid"].value
    bodies: list[bytes] = []

    def ask() -> None:
        own = Client()
        own.cookies["sessionid"] = cookie
        answer = own.post(address, "{}", content_type="application/json", headers={"Idempotency-Key": "once"})
        assert answer.status_code == 200, answer.content
        bodies.append(answer.content)

    assert together(*[ask] * 10) == {200: 10}
    assert len(set(bodies)) == 1
    assert Event.objects.filter(task=stage.task, verb="sign_for").count() == 1
    assert IdempotencyKey.objects.count() == 1


def test_three_sweeps_at_once_fire_what_one_would() -> None:
    for _ in range(3):
        dispatched_task(supporters=2)
    later = NOW.replace(day=25)
    together(*[lambda: sweep(later)] * 3)
    keys = list(Firing.objects.values_list("key", flat=True))
    assert keys
    assert len(keys) == len(set(keys))
    told = [event.data["key"] for event in Event.objects.filter(verb="rung")]
    assert told
    assert len(told) == len(set(told))
    assert set(told) <= set(keys)
    assert sweep(later).rungs_fired == 0
    assert verify(Event) == []


def test_the_suite_of_races_runs_on_a_database_with_row_locks() -> None:
    assert connection.features.has_select_for_update_skip_locked
