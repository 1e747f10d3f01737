"""Acts, sweeps and folding at the same moment: no deadlock, and the counters equal a recount. On PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections

from agencies.refusals import Refusal
from oversight.counters import account
from oversight.models import Tally
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from tests.oversight.test_ledger import more_tasks
from workflow.actions.declare_done import declare_done
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.interrupt import resume, suspend
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import sweep
from workflow.models import Assignment, Task
from workflow.states import Part

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*runs: Callable[[], object]) -> list[BaseException]:
    """Run everything at the same moment, each on its own connection; give what failed other than by a refusal."""
    start, failed = threading.Barrier(len(runs)), list[BaseException]()

    def one(run: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
            run()
        except Refusal:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return failed


def drafts(stage: Stage, count: int) -> list[int]:
    receivers = [PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk) for crew in stage.leads]
    receivers += [PlannedReceiver(Part.SUPPORT, agency_id=crew.agency.pk) for crew in stage.supporters]
    return [
        draw_up_task(
            actor=stage.coordinator_actor, issuer_id=stage.issuer.pk, title=f"拟{n}", text="", due_on=TODAY + dt.timedelta(days=20),
            receivers=receivers, now=NOW,
        ).pk
        for n in range(count)
    ]  # fmt: skip


def test_a_dispatch_of_three_hundred_beside_signing_sweeping_and_folding() -> None:
    stage = dispatched_task(leads=2, supporters=1, due_on=TODAY + dt.timedelta(days=2))
    out = more_tasks(stage, 12, due_on=TODAY + dt.timedelta(days=2))
    ids = drafts(stage, 300)
    later = NOW + dt.timedelta(days=5)

    def signing(crew: int) -> None:
        actor = actor_of(stage.leads[crew].officer)
        for part in Assignment.objects.filter(task__in=[task.pk for task in out], agency=stage.leads[crew].agency).order_by("-pk"):
            sign_for(actor=actor, assignment_id=part.pk, now=NOW)

    def stopping() -> None:
        for task in Task.objects.filter(pk__in=[task.pk for task in out]).order_by("-pk"):
            suspend(actor=stage.coordinator_actor, task_id=task.pk, reason="核对", now=NOW)
            resume(actor=stage.coordinator_actor, task_id=task.pk, now=NOW)

    def folding() -> None:
        for _round in range(30):
            account.fold(limit=40)

    failed = at_once(
        lambda: dispatch(actor=stage.coordinator_actor, task_ids=ids, now=NOW),
        lambda: signing(0), lambda: signing(1), stopping, lambda: sweep(later), lambda: sweep(later), folding, folding,
    )  # fmt: skip
    assert failed == [], failed
    assert Task.objects.filter(state="dispatched").count() == 313
    assert account.differences() == []
    account.fold()
    assert account.differences() == []
    assert not Tally.objects.filter(n=0).exists()


@pytest.mark.parametrize("_round", range(5))
def test_parts_of_one_task_move_at_the_same_moment(_round: int) -> None:
    stage = accepted_task(leads=3, supporters=2, due_on=TODAY + dt.timedelta(days=3))
    parts = [stage.part_of(crew) for crew in stage.leads]
    failed = at_once(
        *(
            lambda crew=crew, part=part: declare_done(actor=actor_of(crew.reviewer), assignment_id=part.pk, summary="完成", now=NOW)
            for crew, part in zip(stage.leads, parts, strict=True)
        ),
        lambda: Assignment.objects.filter(task=stage.task).update(was_overdue=True),
        account.fold,
    )  # fmt: skip
    assert failed == []
    assert account.differences() == []
