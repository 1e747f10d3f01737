"""The counters equal a full recount after whatever changed, by whichever way it was changed."""

from __future__ import annotations

import datetime as dt
import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F, Sum

from oversight.counters import account
from oversight.models import Standing, Tally
from tests.factories.directory import NOW, TODAY, make_agency
from tests.factories.scenes import SCENES
from tests.factories.tasks import accepted_task, dispatched_task
from workflow import grants
from workflow.actions.decide_extension import grant_extension
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.request_extension import request_extension
from workflow.actions.sweep import sweep
from workflow.catalog import Subject
from workflow.models import Assignment, Extension, Participation, Report, Task
from workflow.states import AssignmentState, TaskState, Tie

pytestmark = pytest.mark.django_db


def total(**asked: object) -> int:
    return Tally.objects.filter(**asked).aggregate(n=Sum("n"))["n"] or 0


@pytest.mark.parametrize(("subject", "state"), [(subject, state) for subject, scenes in SCENES.items() for state in scenes])
def test_every_act_is_booked(subject: Subject, state: str) -> None:
    SCENES[subject][state]()
    assert account.differences() == []
    assert total(grain="agency") == Assignment.objects.exclude(state__in=["rerouted", "withdrawn"]).count()
    assert total(grain="clock") == Task.objects.count()


def test_folding_changes_no_sum_and_leaves_one_row_a_counter() -> None:
    for _n in range(3):
        accepted_task(leads=2)
    before = {row["bin"]: row["sum"] for row in Tally.objects.values("bin").annotate(sum=Sum("n")) if row["sum"]}
    assert account.fold(limit=7) > 20
    assert {row["bin"]: row["sum"] for row in Tally.objects.values("bin").annotate(sum=Sum("n"))} == before
    assert Tally.objects.count() == len(before)
    assert not Tally.objects.filter(fresh=True).exists()
    assert account.fold() == 0
    assert account.differences() == []


def test_the_sweep_and_what_becomes_late_is_booked() -> None:
    stage = accepted_task(leads=2, due_on=TODAY + dt.timedelta(days=3), rhythm="monthly")
    sweep(NOW + dt.timedelta(days=60))
    assert Assignment.objects.filter(task=stage.task, was_overdue=True).exists()
    assert Report.objects.exists()
    assert account.differences() == []
    assert total(grain="agency", flags__contains="w") == 2


def test_the_alarm_is_the_earliest_clock_that_runs() -> None:
    stage = accepted_task(leads=2, supporters=0)
    first, due_on = stage.part_of(stage.leads[0]), stage.task.due_on
    assert due_on is not None
    assert Standing.objects.get(task=stage.task).alarm_on == due_on
    later = due_on + dt.timedelta(days=30)
    request_extension(actor=stage.leads[0].officer_actor, assignment_id=first.pk, asked_for=later, reason="需要时间", now=NOW)
    assert total(grain="agency", flags__contains="x") == 1
    assert total(grain="due") == 1
    grant_extension(actor=stage.coordinator_actor, assignment_id=first.pk, granted_to=later, opinion="", now=NOW)
    assert Task.objects.get(pk=stage.task.pk).due_on == later
    assert Standing.objects.get(task=stage.task).alarm_on == due_on, "the other lead is still due then"
    Assignment.objects.filter(pk=stage.part_of(stage.leads[1]).pk).update(state=AssignmentState.DECLARED)
    assert Standing.objects.get(task=stage.task).alarm_on == later
    assert account.differences() == []


def test_what_stands_above_counts_too() -> None:
    stage, above = dispatched_task(), make_agency()
    Participation.objects.create(task=stage.task, agency=above, tie=Tie.ABOVE, task_state=stage.task.state)
    assert total(grain="clock", overseer_id=above.pk, tie="above") == 1
    assert total(grain="agency", overseer_id=above.pk) == 2
    Participation.objects.filter(agency=above).delete()
    assert total(overseer_id=above.pk) == 0
    assert account.differences() == []


def test_rebuilding_the_link_rows_is_booked() -> None:
    stage = accepted_task()
    Task.objects.update(issuer=make_agency())
    grants.rebuild()
    assert total(grain="clock", overseer_id=stage.issuer.pk) == 0
    assert account.differences() == []


class Havoc:
    """Changes to rows as no act would make them; the counters follow the rows, whatever the rows say."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - dice, not secrets
        self.stages = [accepted_task(leads=2, supporters=2, due_on=TODAY + dt.timedelta(days=self.dice.randrange(90))) for _n in range(3)]
        self.agencies = [make_agency() for _n in range(3)]

    def some_parts(self) -> list[int]:
        return self.dice.sample(list(Assignment.objects.order_by("pk").values_list("pk", flat=True)), 3)

    def parts(self) -> None:
        changes: dict[str, object] = self.dice.choice(
            [
                {"state": self.dice.choice(["accepted", "declared", "confirmed", "withdrawn", "disputed"])},
                {"due_on": TODAY + dt.timedelta(days=self.dice.randrange(-30, 60)), "was_overdue": self.dice.choice([True, False])},
                {"moved_at": NOW + dt.timedelta(days=self.dice.randrange(9))},
                {"due_on": None},
            ]
        )
        Assignment.objects.filter(pk__in=self.some_parts()).update(**changes)

    def tasks(self) -> None:
        task = self.dice.choice(self.stages).task
        state = self.dice.choice(["dispatched", "closing", "suspended", "terminated"])
        Task.objects.filter(pk=task.pk).update(state=state, due_on=TODAY + dt.timedelta(days=self.dice.randrange(90)))
        Participation.objects.filter(task=task, tie__in=["issuer", "above"]).update(agency=self.dice.choice(self.agencies))

    def extensions(self) -> None:
        owner = Assignment.objects.get(pk=self.some_parts()[0])
        if owner.due_on and not owner.extensions.exists():
            Extension.objects.create(
                assignment=owner, due_before=owner.due_on, asked_for=owner.due_on + dt.timedelta(days=9), reason="x", requested_at=NOW
            )
        some = list(Extension.objects.values_list("pk", flat=True)[:2])
        Extension.objects.filter(pk__in=some).update(state=self.dice.choice(["requested", "refused", "withdrawn"]))
        if self.dice.random() < 1 / 3:
            Extension.objects.filter(pk__in=some[:1]).delete()

    def reports(self) -> None:
        day = TODAY + dt.timedelta(days=self.dice.randrange(9))
        owner, other = self.some_parts()[:2]
        Report.objects.bulk_create(
            Report(assignment_id=pk, period_start=TODAY, period_end=TODAY, due_on=day, on_demand=True) for pk in (owner, other)
        )
        some = list(Report.objects.values_list("pk", flat=True)[:3])
        state = self.dice.choice(["draft", "submitted", "accepted", "waived"])
        Report.objects.filter(pk__in=some).update(state=state, submitted_at=NOW if state in {"submitted", "accepted"} else None)

    def fold(self) -> None:
        account.fold(limit=9)


@pytest.mark.parametrize("seed", range(6))
def test_random_changes_by_any_way_are_booked(seed: int) -> None:
    havoc = Havoc(seed)
    for _step in range(30):
        havoc.dice.choice([havoc.parts, havoc.parts, havoc.tasks, havoc.extensions, havoc.reports, havoc.fold])()
        assert account.differences() == []
    account.fold()
    assert account.differences() == []
    assert Tally.objects.count() > 20


def test_acts_book_what_they_do_and_nothing_when_they_are_undone() -> None:
    stage, another = accepted_task(leads=2), make_agency()
    before = total(grain="agency")
    savepoint = transaction.savepoint()
    add_assignment(actor=stage.coordinator_actor, task_id=stage.task.pk, agency_id=another.pk, part="lead", now=NOW)
    assert total(grain="agency") == before + 1
    transaction.savepoint_rollback(savepoint)
    assert total(grain="agency") == before
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.leads[1]).pk, reason="调整", now=NOW)
    assert total(grain="agency") == before - 1


def test_the_command_finds_a_wrong_counter_and_counts_anew() -> None:
    accepted_task()
    call_command("check_counters", stdout=(said := StringIO()))
    assert said.getvalue()
    Tally.objects.filter(grain="clock").update(n=F("n") + 1)
    with pytest.raises(CommandError):
        call_command("check_counters", stdout=(said := StringIO()))
    assert "clock/" in said.getvalue()
    Standing.objects.update(state=TaskState.CLOSED)
    with pytest.raises(CommandError):
        call_command("check_counters", stdout=(said := StringIO()))
    assert "standing of task" in said.getvalue()
    call_command("check_counters", "--rebuild", stdout=StringIO())
    assert account.differences() == []
