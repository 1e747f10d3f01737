"""Acts lock what they change, from the top down, and never more than they change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.directory import NOW, actor_of
from tests.factories.tasks import make_crew
from tests.workflow.actions.test_roll_up import city
from workflow.actions.batch import dispatch_many
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.plan_task import edit_task
from workflow.actions.rearrange import add_assignment
from workflow.actions.roll_up import lock_above
from workflow.models import Follow
from workflow.states import Part


@pytest.mark.postgres
@pytest.mark.django_db
def test_dispatching_many_locks_the_tasks_above_before_those_that_go_out() -> None:
    made = city(number=1)
    crew, actor = make_crew(), actor_of(made.coordinator)
    draft = draw_up_task(
        actor=actor,
        issuer_id=made.above.leads[0].agency.pk,
        title="再分解",
        text="",
        receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
        due_on=made.above.task.due_on,
        parent_id=made.above.task.pk,
        now=NOW,
    )
    with CaptureQueriesContext(connection) as asked:
        dispatch_many(actor=actor, shown={draft.pk: draft.version}, now=NOW)
    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"] and 'FROM "workflow_task"' in query["sql"]]
    assert str(made.above.task.pk) in locks[0].partition(" IN (")[2].partition(")")[0]


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_depends_on_who_has_a_part_above_is_decided_with_the_task_above_locked() -> None:
    made = city(number=1)
    crew, actor, receiver = make_crew(), actor_of(made.coordinator), make_crew().agency.pk
    receivers = [PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)]
    words: dict[str, Any] = {"title": "再分解", "text": "", "rhythm": "none", "receivers": receivers, "now": NOW}
    top, issuer = made.above.task.pk, made.above.leads[0].agency.pk
    draft = draw_up_task(actor=actor, issuer_id=issuer, due_on=None, parent_id=top, **words)
    acts: list[Callable[[], object]] = [
        lambda: draw_up_task(actor=actor, issuer_id=issuer, due_on=None, parent_id=top, **words),
        lambda: edit_task(actor=actor, task_id=draft.pk, **words),
        lambda: add_assignment(actor=actor, task_id=made.tasks[0].pk, agency_id=receiver, part="support", now=NOW),
    ]
    for act in acts:
        with CaptureQueriesContext(connection) as asked:
            act()
        said = [query["sql"] for query in asked]
        locked = next(n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql and 'FROM "workflow_task"' in sql)
        written = next(n for n, sql in enumerate(said) if sql.startswith(("INSERT", "UPDATE")) and '"workflow_' in sql)
        assert locked < written
        assert str(top) in said[locked].partition("WHERE")[2]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_only_points_at_a_locked_task_does_not_wait_for_it() -> None:
    made = city(number=1)
    failed: list[OperationalError] = []

    def follow() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                Follow.objects.create(user=made.coordinator, task=made.above.task, since=NOW)
        except OperationalError as error:
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        lock_above([made.tasks[0].pk])
        other = threading.Thread(target=follow)
        other.start()
        other.join(timeout=20)
    assert failed == []
    assert Follow.objects.count() == 1
