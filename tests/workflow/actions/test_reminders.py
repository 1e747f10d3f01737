"""Reminders and what happened meanwhile: what is no longer so is not sent, whatever was queued."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from agencies.models import User
from notifications.channels import Letter, RefusedError, email
from notifications.delivery import deliver_due
from notifications.models import InboxItem, Message
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from tests.proof.sizes import full
from workflow.actions.decide_extension import grant_extension, refuse_extension
from workflow.actions.interrupt import resume, suspend, terminate
from workflow.actions.request_extension import request_extension
from workflow.actions.revise import move_due
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import sweep
from workflow.deadlines import add_working_days, official_calendar
from workflow.models import Assignment, Firing
from workflow.states import AssignmentState

pytestmark = pytest.mark.django_db
CALENDAR = official_calendar()
DUE = TODAY + dt.timedelta(days=60)


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day, hour=hour)


def with_addresses() -> None:
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.test")


def overdue_mails() -> dict[str, int]:
    rows = Message.objects.filter(topic="escalation", channel="email")
    return {state: rows.filter(state=state).count() for state in ("queued", "sent", "withheld") if rows.filter(state=state).exists()}


@pytest.fixture
def overdue() -> Stage:
    """A task whose overdue mails are queued and not sent: they were written after the last sending hour."""
    stage = accepted_task(supporters=0)
    with_addresses()
    Message.objects.all().delete()
    sweep(at(add_working_days(DUE, 1, CALENDAR), hour=21))
    assert set(overdue_mails()) == {"queued"}
    return stage


NEXT_MORNING = at(add_working_days(DUE, 2, CALENDAR), hour=9)


def test_what_is_still_so_is_sent_the_next_morning(overdue: Stage) -> None:
    deliver_due(NEXT_MORNING)
    assert set(overdue_mails()) == {"sent"}


@pytest.mark.parametrize("act", [suspend, terminate])
def test_what_was_stopped_overnight_is_not_sent(overdue: Stage, act: Callable[..., object]) -> None:
    act(actor=overdue.coordinator_actor, task_id=overdue.task.pk, reason="机构改革，另行部署。", now=NEXT_MORNING)
    Message.objects.exclude(topic="escalation").delete()
    deliver_due(NEXT_MORNING)
    assert set(overdue_mails()) == {"withheld"}


@pytest.mark.row("A8")
def test_what_was_declared_done_overnight_is_not_sent(overdue: Stage) -> None:
    part = overdue.part_of(overdue.leads[0])
    Assignment.objects.filter(pk=part.pk).update(state=AssignmentState.DECLARED, declared_at=NEXT_MORNING)
    deliver_due(NEXT_MORNING)
    assert set(overdue_mails()) == {"withheld"}


def test_what_has_been_signed_for_is_not_pressed_to_be_signed_for() -> None:
    stage = dispatched_task(supporters=0)
    with_addresses()
    Message.objects.all().delete()
    day = add_working_days(TODAY, 5, CALENDAR)
    sweep(at(day, hour=21))
    assert Message.objects.filter(urgent=True, key__contains="|unsigned_long|", state="queued").exists()
    crew = stage.leads[0]
    sign_for(actor=crew.officer_actor, assignment_id=stage.part_of(crew).pk, now=at(day, hour=22))
    deliver_due(at(add_working_days(day, 1, CALENDAR)))
    assert set(Message.objects.filter(key__contains="|unsigned_long|").values_list("state", flat=True)) == {"withheld"}


def test_a_task_that_goes_on_is_reminded_again(overdue: Stage) -> None:
    suspend(actor=overdue.coordinator_actor, task_id=overdue.task.pk, reason="等待上级政策。", now=NEXT_MORNING)
    resume(actor=overdue.coordinator_actor, task_id=overdue.task.pk, now=NEXT_MORNING)
    sweep(at(add_working_days(DUE, 12, CALENDAR)))
    fired = Firing.objects.filter(assignment__task=overdue.task, rung__in=["overdue", "bulletin", "leadership"])
    assert fired.count() == len(set(fired.values_list("key", flat=True))) >= 2


@pytest.mark.row("A7")
def test_a_reminder_that_cannot_be_delivered_is_shown_to_the_coordinator_with_its_task_and_without_its_words(
    overdue: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_of_that_name(letter: Letter) -> str:
        raise RefusedError("550 nobody of that name", for_good=True)

    monkeypatch.setattr(email.CHANNEL, "send", nobody_of_that_name)
    monkeypatch.setattr(email.CHANNEL, "line", lambda: nullcontext(nobody_of_that_name))
    deliver_due(NEXT_MORNING)
    officer = overdue.leads[0].officer
    told = InboxItem.objects.get(key__startswith="given-up|", key__contains=f"|{officer.pk}|email|", recipient=overdue.coordinator)
    assert (told.subject, told.link) == (f"发给{officer}的通知未能送达", f"/tasks/{overdue.task.pk}/")
    assert told.subject_ref == f"task:{overdue.task.pk}"
    assert "550" in told.body
    assert overdue.task.title not in told.subject + told.body
    keepers = InboxItem.objects.filter(key__startswith="given-up|").values_list("recipient", flat=True)
    assert set(keepers) == {overdue.coordinator.pk}, "nobody beside the coordinator and the system administrators"


@pytest.mark.row("A9")
@pytest.mark.parametrize("seed", range(2))
def test_a_due_date_moved_again_and_again_is_reminded_once_a_version_and_never_of_a_past_one(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  (replayable)
    stage = accepted_task(supporters=0, due_on=TODAY + dt.timedelta(days=20))
    with_addresses()
    Message.objects.all().delete()
    crew, day, sent_for = stage.leads[0], TODAY, []
    while stage.part_of(crew).due_version < 4 and (day := day + dt.timedelta(days=rng.randrange(1, 4))) < TODAY + dt.timedelta(days=150):
        part = stage.part_of(crew)
        assert part.due_on is not None
        sweep(at(day))
        sweep(at(day, hour=11))
        if day < part.due_on and rng.random() < 0.3:
            later = part.due_on + dt.timedelta(days=rng.randrange(1, 30))
            request_extension(
                actor=crew.reviewer_actor, assignment_id=part.pk, asked_for=later, reason="部门会签未完成。", now=at(day, hour=12)
            )
            decided: dict[str, Any] = {
                "actor": stage.coordinator_actor,
                "assignment_id": part.pk,
                "opinion": "情况属实。",
                "now": at(day, hour=13),
            }
            if rng.random() < 0.7:
                grant_extension(**decided, granted_to=later)
            else:
                refuse_extension(**decided)
        in_force = stage.part_of(crew).due_version
        before = set(Message.objects.filter(state="sent").values_list("pk", flat=True))
        deliver_due(at(day, hour=14))
        for key in Message.objects.filter(state="sent").exclude(pk__in=before).values_list("key", flat=True):
            if "|v" in key:
                sent_for.append(key)
                assert f"|v{in_force}|" in key, "a reminder of a due date that is no longer in force was sent"
    assert len(sent_for) == len(set(sent_for))
    keys = list(Firing.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


MOVES, SPAN = 10, 70
"""How often each due date is moved, within how many days."""


@pytest.mark.row("A9")
@pytest.mark.timeout(3600)  # the full size signs for a thousand tasks and moves each ten times
@pytest.mark.parametrize("tasks", [6, pytest.param(full("A9", 1000), marks=pytest.mark.proof, id="full")])
def test_due_dates_moved_forth_and_back_are_reminded_once_each_when_they_came_to_pass(tasks: int) -> None:
    rng = random.Random(20261123)  # noqa: S311  (replayable)
    stages = [accepted_task(supporters=0, due_on=TODAY + dt.timedelta(days=rng.randrange(8, 30))) for _ in range(tasks)]
    with_addresses()
    Message.objects.all().delete()
    moving = [set(rng.sample(range(1, SPAN), MOVES)) for _stage in stages]
    parts = [stage.part_of(stage.leads[0]).pk for stage in stages]
    version, came_to_pass = dict.fromkeys(parts, 1), set[str]()
    overnight, overtaken = set[str](), set[str]()
    for day in (TODAY + dt.timedelta(days=number) for number in range(1, SPAN + 10)):
        for stage, part, days in zip(stages, parts, moving, strict=True):
            due_on = day + dt.timedelta(days=rng.randrange(12))
            if (day - TODAY).days in days and due_on != stage.reload().due_on:
                move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=due_on, reason="按新部署调整。", now=at(day, hour=7))
                overtaken |= {key for key in overnight if key.startswith(f"assignment:{part}|")}
                version[part] += 1
        before = set(Message.objects.filter(state="sent").values_list("pk", flat=True))
        hour = rng.choice([10, 21])  # what is written in the evening leaves on the next working day, when dates may have moved
        for now in sorted([at(day, hour=9), at(day, hour=hour), at(day, hour=14)]):
            if now.hour == hour:
                sweep(now)
            while now.hour != hour and deliver_due(now).left_over:
                pass
        sent = Message.objects.filter(state="sent").exclude(pk__in=before).values_list("key", flat=True)
        dated = [key.split("|") for key in sent if "|v" in key]
        in_force = {f"assignment:{part}": f"v{number}" for part, number in version.items()}
        assert all(of == in_force[subject] for subject, _rung, of, *_who in dated), "a reminder of a past date was sent"
        if CALENDAR.is_working(day):
            late = Assignment.objects.filter(due_on__lt=day).values_list("pk", flat=True)
            fired = {f"assignment:{part}|overdue|v{version[part]}" for part in late} - came_to_pass
            overnight = fired if hour == 21 else set()
            came_to_pass |= fired
            for key in (key for key in sorted(overnight) if rng.random() < 0.4):  # moved the next morning, beside its ten times
                moving[parts.index(int(key.partition("|")[0].partition(":")[2]))].add((day - TODAY).days + 1)
    deliver_due(at(TODAY + dt.timedelta(days=SPAN + 14)))
    assert set(Firing.objects.filter(rung="overdue").values_list("key", flat=True)) == came_to_pass
    assert len(came_to_pass) > 2 * tasks, "too few dates came to pass to prove anything"
    assert overtaken, "no date moved between a reminder and its sending"
    mails = Message.objects.filter(channel="email", key__contains="|overdue|")
    for state, meant in (("sent", came_to_pass - overtaken), ("withheld", overtaken)):
        assert {key.rpartition("|")[0].rpartition("|")[0] for key in mails.filter(state=state).values_list("key", flat=True)} == meant
    assert set(mails.values_list("state", flat=True)) == {"sent", "withheld"}
