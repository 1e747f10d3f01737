"""The checker is held against databases that were damaged on purpose: each thing that it looks for is done, and it must name it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.models import F, Model

from agencies.models import AgencyUserPermission, DirectoryEvent
from agencies.models.chain import ChainHead
from measures.models import PlanEvent
from notifications.models import InboxItem, Message
from oversight.models import Standing, Tally
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import (
    Stage,
    accepted_task,
    begun_work_plan,
    closing_task,
    filed_work_plan,
    submitted_report,
)
from tests.proof import checker
from workflow.models import Assignment, CoSignature, Event, HandBack, Participation, Report, SignOff, Suspension, Task, WorkPlan
from workflow.states import Tie

pytestmark = [pytest.mark.proof, pytest.mark.postgres, pytest.mark.django_db]
LATER = TODAY + dt.timedelta(days=900)
Damage = Callable[[Stage], object]


def parts(stage: Stage, **change: object) -> int:
    """Change the parts of a task past every act."""
    return Assignment.objects.filter(task=stage.task).update(**change)


def task(stage: Stage, **change: object) -> int:
    """Change a task past every act."""
    return Task.objects.filter(pk=stage.task.pk).update(**change)


def links(stage: Stage, **change: object) -> int:
    """Change the link rows of a task's parts."""
    return Participation.objects.filter(task=stage.task, assignment__isnull=False).update(**change)


def hand_back(stage: Stage) -> HandBack:
    """Write a hand-back whose part knows nothing of it."""
    part = stage.part_of(stage.leads[0])
    return HandBack.objects.create(assignment=part, reason="职责不符", legal_basis="三定", raised_at=NOW, rule_by=LATER)


def second_round(stage: Stage) -> SignOff:
    """Open a closing round too many, which the table refuses as long as its index is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX workflow_signoff_one_open")
    return SignOff.objects.create(task=stage.task, round=2, state="under_review", requested_at=NOW, summary="再次申请")


def stop(stage: Stage) -> Suspension:
    """Write a suspension of which the task knows nothing."""
    return Suspension.objects.create(task=stage.task, reason="等待", starts_at=NOW)


def reported_by_one(stage: Stage) -> None:
    """Have one person write and release a report."""
    Report.objects.filter(pk=submitted_report(stage, stage.leads[0]).pk).update(author=F("reviewer"))


def planned_with_a_gap(stage: Stage) -> None:
    """Number a plan on record two although there is no first."""
    row = begun_work_plan(stage)
    filed_work_plan(stage, row)
    WorkPlan.objects.filter(pk=row.pk).update(number=2)


def past_the_triggers(model: type[Model], sql: str) -> None:
    """Change a table as somebody with the keys to the database could."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql.format(table=table))
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def never_signed_for(stage: Stage) -> None:
    """Take away when a part was signed for, which a constraint of the table refuses as long as it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_assignment DROP CONSTRAINT workflow_assignment_signed_has_a_time")
    parts(stage, signed_at=None)


def wait_for_an_ended_part(stage: Stage) -> None:
    """Have a closing round collect the signature of a supporter whose part is withdrawn."""
    part = stage.part_of(stage.supporters[0])
    round_ = SignOff.objects.get(task=stage.task)
    SignOff.objects.filter(pk=round_.pk).update(state="collecting")
    CoSignature.objects.filter(sign_off=round_, assignment=part).delete()
    CoSignature.objects.create(sign_off=round_, assignment=part)
    Assignment.objects.filter(pk=part.pk).update(state="withdrawn", taken_back=True)


def told(stage: Stage, **traits: dt.datetime) -> Message:
    """Write a message past the outbox, which lays it into the inbox too."""
    person = stage.coordinator
    return Message.objects.create(key="damage", recipient=person, subject="提醒", created_at=NOW, next_attempt_at=NOW, **traits)


def claimed(stage: Stage) -> None:
    """Leave a message claimed by a sender that ended a minute ago."""
    told(stage, claimed_until=NOW - dt.timedelta(seconds=61))
    InboxItem.objects.create(key="damage", recipient=stage.coordinator, topic="system", subject="提醒", created_at=NOW)


DAMAGES: dict[str, tuple[Callable[..., Stage], Damage, str]] = {
    "link row, state of the task": (accepted_task, lambda stage: links(stage, task_state="closed"), "task state 'closed' is 'dispatched'"),
    "link row, state of the part": (accepted_task, lambda stage: links(stage, assignment_state="pending"), "assignment state 'pending'"),
    "link row, date": (accepted_task, lambda stage: links(stage, due_on=LATER), "due date differs"),
    "link row gone": (
        accepted_task,
        lambda stage: Participation.objects.filter(task=stage.task, assignment__isnull=False).delete(),
        "no link row",
    ),
    "counted by link rows": (
        accepted_task,
        lambda stage: Participation.objects.filter(task=stage.task, assignment__isnull=False).delete(),
        "link rows count",
    ),
    "link row left over": (accepted_task, lambda stage: parts(stage, state="rerouted"), "its assignment has ended"),
    "in sight after withdrawal": (accepted_task, lambda stage: parts(stage, state="withdrawn"), "and still in sight"),
    "may look after withdrawal": (accepted_task, lambda stage: parts(stage, state="withdrawn"), "and its agency may look"),
    "link row of the issuer": (
        accepted_task,
        lambda stage: Participation.objects.filter(task=stage.task, tie=Tie.ISSUER).delete(),
        "no link row of its issuer",
    ),
    "counter": (accepted_task, lambda _stage: Tally.objects.update(n=F("n") + 1), "kept"),
    "standing": (accepted_task, lambda _stage: Standing.objects.update(due_on=LATER), "standing of task"),
    "record of tasks": (
        accepted_task,
        lambda _stage: past_the_triggers(Event, "UPDATE {table} SET comment = '改'"),
        "workflow.Event 1:",
    ),
    "record of agencies": (
        accepted_task,
        lambda _stage: ChainHead.objects.update_or_create(chain=DirectoryEvent.chain(), defaults={"sequence": 99}),
        "agencies.DirectoryEvent",
    ),
    "record of plans": (
        accepted_task,
        lambda _stage: ChainHead.objects.update_or_create(chain=PlanEvent.chain(), defaults={"sequence": 99}),
        "measures.PlanEvent",
    ),
    "no closing round": (accepted_task, lambda stage: task(stage, state="closing"), "is closing with 0 closing rounds"),
    "two closing rounds": (closing_task, second_round, "is closing with 2 closing rounds"),
    "a round too many": (accepted_task, second_round, "is dispatched with 1 closing rounds"),
    "no suspension": (accepted_task, lambda stage: task(stage, state="suspended"), "is suspended with 0 open suspensions"),
    "a suspension too many": (accepted_task, stop, "is dispatched with 1 open suspensions"),
    "draft with parts": (accepted_task, lambda stage: task(stage, state="draft"), "has not gone out and has parts"),
    "ended with open parts": (accepted_task, lambda stage: task(stage, state="terminated"), "is terminated and 2 parts are open"),
    "nobody leads": (accepted_task, lambda stage: parts(stage, part="support"), "and nobody leads it"),
    "nothing declared": (closing_task, lambda stage: parts(stage, state="accepted"), "no part is declared done"),
    "confirmed too early": (accepted_task, lambda stage: parts(stage, state="confirmed"), "has a confirmed part"),
    "waits for an ended part": (closing_task, wait_for_an_ended_part, "waits for a part that has ended"),
    "disputed without hand-back": (accepted_task, lambda stage: parts(stage, state="disputed"), "hand-back open: False"),
    "hand-back without dispute": (accepted_task, hand_back, "hand-back open: True"),
    "signed for, no time": (accepted_task, never_signed_for, "was never signed for"),
    "first date": (accepted_task, lambda stage: parts(stage, first_due_on=None), "lost its first date"),
    "released by its author": (accepted_task, reported_by_one, "was released by its author"),
    "plans on record": (accepted_task, planned_with_a_gap, "has plans on record [(2,"),
    "permission missing": (
        accepted_task,
        lambda stage: AgencyUserPermission.objects.filter(user=stage.coordinator).delete(),
        "缺少对",
    ),
    "permission left over": (
        accepted_task,
        lambda stage: AgencyUserPermission.objects.filter(user=stage.coordinator).update(user=stage.leads[0].officer),
        "却持有",
    ),
    "record ends elsewhere": (
        accepted_task,
        lambda stage: task(stage, state="suspended"),
        "is suspended, its record ends at dispatched",
    ),
    "record takes a road that is none": (
        accepted_task,
        lambda _stage: past_the_triggers(Event, "UPDATE {table} SET to_state = 'closed' WHERE verb = 'dispatch'"),
        "draft then draft → closed",
    ),
    "not in the inbox": (accepted_task, told, "message damage is in no inbox"),
    "claimed": (accepted_task, claimed, "message damage is still claimed"),
}


@pytest.mark.parametrize(("scene", "damage", "named"), DAMAGES.values(), ids=DAMAGES.keys())
def test_what_was_damaged_is_named(scene: Callable[..., Stage], damage: Damage, named: str) -> None:
    stage = scene()
    assert checker.broken(NOW) == []
    damage(stage)
    assert [words for words in checker.broken(NOW) if named in words] != [], checker.broken(NOW)


@pytest.fixture
def another_session() -> Iterator[None]:
    """Leave a transaction open beside the test's."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
        yield
    finally:
        other.rollback()
        other.close()


@pytest.mark.usefixtures("another_session")
def test_a_transaction_that_stays_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checker.broken(NOW) == []
    monkeypatch.setattr(checker, "LONGEST", -checker.LONGEST)
    assert ["in a transaction" in words for words in checker.broken(NOW)] == [True]
