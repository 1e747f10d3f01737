"""What a new edition left on running tasks is listed, done later, or put aside for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from agencies.chain_check import verify
from agencies.models import Role
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from measures.models import Plan
from tests.factories.directory import NOW, actor_of, make_agency, make_member
from tests.factories.editions import Office, adopt, effects, make_office, next_edition, parts_of, running_plan, task_of
from workflow import grants
from workflow.actions.edition_effects import digest
from workflow.actions.follow_edition import follow_edition, left_of
from workflow.actions.interrupt import resume, suspend, terminate
from workflow.actions.revise import move_due
from workflow.models import Event, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _records_and_link_rows_hold() -> Iterator[None]:
    yield
    assert grants.differences() == []
    assert verify(Event) == []


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def plan(office: Office) -> Plan:
    return running_plan(office)


def adopted(office: Office, plan: Plan, *left: str) -> Plan:
    """Confirm the next edition without what these say of its first task: `move_due`, `add`…"""
    upload = next_edition(office)
    task = task_of(plan, "建设园区")
    without = {one.key for one in effects(plan, upload) if one.task == task and one.what in left}
    assert without
    return adopt(office, plan, upload, without=frozenset(without)).plan


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(str(one.what), one.task.title) for one in left_of(plan, NOW) if one.task is not None]


def follow(office: Office, plan: Plan, *, aside: bool = False) -> dict[str, int]:
    found = left_of(plan, NOW)
    keys = {one.key for one in found}
    done = follow_edition(
        actor=office.actor, plan_id=plan.pk, shown=digest(found), chosen=set() if aside else keys, aside=keys if aside else set(), now=NOW
    )
    return {what.value: number for what, number in done.items()}


def test_what_was_not_ticked_is_left_and_nothing_else_is(office: Office, plan: Plan) -> None:
    assert told(adopted(office, plan, "move_due", "add")) == [("move_due", "建设园区"), ("add", "建设园区")]


def test_an_edition_that_was_followed_in_full_leaves_nothing(office: Office, plan: Plan) -> None:
    assert told(plan) == []
    assert told(adopt(office, plan, next_edition(office)).plan) == []


def test_what_is_left_is_done_by_the_acts_and_recorded(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due", "add")
    before = Event.objects.count()
    assert follow(office, new) == {"move_due": 1, "add": 1}
    task = task_of(plan, "建设园区")
    assert task.due_on == dt.date(2027, 3, 31)
    assert ("省四局", "support", "pending") in parts_of(task)
    assert list(Event.objects.order_by("sequence").values_list("verb", flat=True))[before:] == ["follow_edition", "move_due", "assign"]
    assert told(new) == []


def test_a_suspended_task_follows_once_it_runs_again(office: Office, plan: Plan) -> None:
    task = task_of(plan, "建设园区")
    suspend(actor=office.actor, task_id=task.pk, reason="待批", now=NOW)
    new = adopt(office, plan, next_edition(office)).plan
    found = left_of(new, NOW)
    assert {one.task for one in found} == {task}
    assert not any(one.decision for one in found)
    with pytest.raises(Conflict):
        follow(office, new)
    resume(actor=office.actor, task_id=task.pk, now=NOW)
    assert follow(office, new) == {"revise": 1, "move_due": 1, "add": 1, "withdraw": 1}
    task = Task.objects.get(pk=task.pk)
    assert (task.due_on, "50亿元" in task.text) == (dt.date(2027, 3, 31), True)


def test_what_is_done_by_hand_is_not_left_any_more(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due")
    move_due(actor=office.actor, task_id=task_of(plan, "建设园区").pk, due_on=dt.date(2027, 3, 31), reason="照新版", now=NOW)
    assert told(new) == []


def test_what_the_coordinator_changes_after_following_is_not_asked_about(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "add")
    move_due(actor=office.actor, task_id=task_of(plan, "建设园区").pk, due_on=dt.date(2027, 6, 30), reason="另行安排", now=NOW)
    assert told(new) == [("add", "建设园区")]


def test_what_is_put_aside_changes_no_task_and_is_not_asked_about_again(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due", "add")
    task, keys = task_of(plan, "建设园区"), [one.key for one in left_of(new, NOW)]
    assert follow(office, new, aside=True) == {}
    assert told(new) == []
    assert (task_of(plan, "建设园区").due_on, len(parts_of(task))) == (dt.date(2026, 12, 31), 2)
    assert Event.objects.get(task=task, verb="follow_edition").data["aside"] == keys


def test_the_rest_stays_left(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due", "add")
    found = left_of(new, NOW)
    follow_edition(actor=office.actor, plan_id=new.pk, shown=digest(found), chosen={found[0].key}, aside=set(), now=NOW)
    assert told(new) == [("add", "建设园区")]


def test_a_task_that_has_ended_is_asked_for_nothing(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due")
    terminate(actor=office.actor, task_id=task_of(plan, "建设园区").pk, reason="另行安排", now=NOW)
    assert told(new) == []


def test_an_act_on_a_task_after_the_page_was_shown_is_told(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due", "add")
    found = left_of(new, NOW)
    move_due(actor=office.actor, task_id=task_of(plan, "建设园区").pk, due_on=dt.date(2027, 3, 31), reason="照新版", now=NOW)
    with pytest.raises(Conflict, match="重新核对"):
        follow_edition(actor=office.actor, plan_id=new.pk, shown=digest(found), chosen={one.key for one in found}, aside=set(), now=NOW)


def test_nothing_chosen_one_thing_both_ways_and_a_replaced_edition_are_refused(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due")
    found = left_of(new, NOW)
    keys, shown = {one.key for one in found}, digest(found)
    with pytest.raises(Invalid, match="勾选"):
        follow_edition(actor=office.actor, plan_id=new.pk, shown=shown, chosen=set(), aside=set(), now=NOW)
    with pytest.raises(Invalid, match="同一变更"):
        follow_edition(actor=office.actor, plan_id=new.pk, shown=shown, chosen=keys, aside=keys, now=NOW)
    with pytest.raises(Conflict, match="已被"):
        follow_edition(actor=office.actor, plan_id=plan.pk, shown=digest([]), chosen=keys, aside=set(), now=NOW)


def test_nobody_else_follows_an_edition(office: Office, plan: Plan) -> None:
    new = adopted(office, plan, "move_due")
    found = left_of(new, NOW)
    keys, shown = {one.key for one in found}, digest(found)
    for person, refusal in (
        (make_member(make_agency("外省办"), Role.COORDINATOR), NotYours),
        (make_member(office.agency, Role.LEADER), (NotYours, Forbidden)),
    ):
        with pytest.raises(refusal):
            follow_edition(actor=actor_of(person), plan_id=new.pk, shown=shown, chosen=keys, aside=set(), now=NOW)
