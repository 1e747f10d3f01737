"""Many at once: a constant number of statements, an answer for each row, nothing overwritten that somebody changed meanwhile."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Role
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours, Refusal
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.documents import confirmed
from tests.factories.scenes import SCENES
from tests.factories.tasks import Crew, Stage, accepted_task, declared_task, dispatched_task, draft_task, make_crew
from tests.workflow.test_truth_table import ROLES, TABLE, actors, expected
from workflow import grants
from workflow.actions.batch import Fate, Outcome, dispatch_many, press_many, remind_many, set_due_many, sign_for_many
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_plan, draw_up_task
from workflow.actions.pass_on import pass_on
from workflow.actions.plan_task import set_due
from workflow.actions.press import remind
from workflow.catalog import CATALOG, Subject
from workflow.models import Assignment, Event, Task
from workflow.states import Part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_agrees() -> Iterator[None]:
    yield
    assert grants.differences() == []
    call_command("verify_history", verbosity=0)


def drawn_up(stage: Stage, crew: Crew, number: int) -> list[Task]:
    return [
        draw_up_task(
            actor=stage.coordinator_actor,
            issuer_id=stage.issuer.pk,
            title=f"事项{index}",
            text="",
            receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
            due_on=TODAY + dt.timedelta(days=60),
            now=NOW,
        )
        for index in range(number)
    ]


def sent(stage: Stage, crew: Crew, number: int) -> list[Assignment]:
    tasks = drawn_up(stage, crew, number)
    dispatch(actor=stage.coordinator_actor, task_ids=[task.pk for task in tasks], now=NOW)
    return list(Assignment.objects.filter(task__in=tasks).order_by("pk"))


def fates(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(row.fate.value for row in outcomes)


@pytest.mark.parametrize("kind", ["press", "remind", "sign_for", "dispatch", "set_due"])
def test_the_number_of_statements_does_not_grow(kind: str) -> None:
    counts = []
    for number in (2, 14):
        stage = dispatched_task()
        lead = stage.leads[0]
        coordinator, officer = stage.coordinator_actor, lead.officer_actor
        if kind in {"dispatch", "set_due"}:
            shown = {task.pk: task.version for task in drawn_up(stage, lead, number)}
        else:
            shown = {part.pk: part.version for part in sent(stage, lead, number)}
        with CaptureQueriesContext(connection) as queries:
            match kind:
                case "press":
                    done = press_many(actor=coordinator, shown=shown, text="请抓紧", now=NOW)
                case "remind":
                    done = remind_many(actor=coordinator, shown=shown, text="", now=NOW)
                case "sign_for":
                    done = sign_for_many(actor=officer, shown=shown, now=NOW)
                case "set_due":
                    done = set_due_many(actor=coordinator, shown=shown, due_on=TODAY + dt.timedelta(days=9), now=NOW)
                case _:
                    done = dispatch_many(actor=coordinator, shown=shown, now=NOW)
        assert fates(done) == {"done": number}
        assert Event.objects.filter(verb=kind, task__issuer=stage.issuer).count() == number + (kind == "dispatch")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_row_that_somebody_changed_meanwhile_is_reported_and_not_overwritten() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    one, other = sent(stage, lead, 2)
    pass_on(actor=lead.reviewer_actor, assignment_id=other.pk, officer_id=lead.reviewer.pk, now=NOW)
    outcomes = sign_for_many(actor=lead.officer_actor, shown={one.pk: one.version, other.pk: other.version}, now=NOW)
    assert {row.pk: row.fate for row in outcomes} == {one.pk: Fate.DONE, other.pk: Fate.CHANGED}
    assert Assignment.objects.get(pk=other.pk).state == "pending"
    pressed = press_many(actor=stage.coordinator_actor, shown={one.pk: one.version, other.pk: None}, text="请抓紧", now=NOW)
    assert {row.pk: row.fate for row in pressed} == {one.pk: Fate.CHANGED, other.pk: Fate.DONE}


def test_what_is_not_ready_is_left_with_its_reason_and_the_others_go() -> None:
    ready, done = dispatched_task(), declared_task()
    mine = ready.part_of(ready.leads[0])
    outcomes = sign_for_many(actor=ready.leads[0].officer_actor, shown={mine.pk: None}, now=NOW)
    assert [row.fate for row in outcomes] == [Fate.DONE]
    outcomes = press_many(
        actor=done.coordinator_actor,
        shown={done.part_of(done.leads[0]).pk: None, done.part_of(done.supporters[0]).pk: None},
        text="请抓紧",
        now=NOW,
    )
    assert fates(outcomes) == {"done": 1, "refused": 1}
    assert all(row.reason for row in outcomes if not row.is_done)


def test_only_the_drafts_that_are_ready_go_out() -> None:
    stage = draft_task()
    late = draw_up_task(
        actor=stage.coordinator_actor,
        issuer_id=stage.issuer.pk,
        title="无牵头",
        text="",
        receivers=[PlannedReceiver(Part.SUPPORT, agency_id=make_crew().agency.pk)],
        due_on=None,
        now=NOW,
    )
    edited = drawn_up(stage, stage.leads[0], 1)[0]
    shown = {stage.task.pk: stage.task.version, late.pk: late.version, edited.pk: edited.version + 1}
    outcomes = {row.pk: row.fate for row in dispatch_many(actor=stage.coordinator_actor, shown=shown, now=NOW)}
    assert outcomes == {stage.task.pk: Fate.DONE, late.pk: Fate.REFUSED, edited.pk: Fate.CHANGED}
    assert [Task.objects.get(pk=pk).state for pk in outcomes] == ["dispatched", "draft", "draft"]


def test_what_is_not_seen_or_not_theirs_stops_the_whole_act() -> None:
    mine, other = dispatched_task(), dispatched_task()
    parts = {mine.part_of(mine.leads[0]).pk: None, other.part_of(other.leads[0]).pk: None}
    with pytest.raises(NotYours):
        press_many(actor=mine.coordinator_actor, shown=parts, text="请抓紧", now=NOW)
    with pytest.raises(Forbidden):
        press_many(actor=mine.leads[0].officer_actor, shown=dict([next(iter(parts.items()))]), text="请抓紧", now=NOW)
    with pytest.raises(Invalid):
        press_many(actor=mine.coordinator_actor, shown={}, text="请抓紧", now=NOW)
    assert not Event.objects.filter(verb="press").exists()


def test_a_reminder_is_told_once_a_day_and_recorded_each_time() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    InboxItem.objects.all().delete()
    for _ in range(2):
        remind(actor=stage.coordinator_actor, assignment_id=stage.part_of(lead).pk, now=NOW)
    assert Event.objects.filter(verb="remind").count() == 2
    assert InboxItem.objects.filter(recipient=lead.officer).count() == 1
    remind(actor=stage.coordinator_actor, assignment_id=stage.part_of(lead).pk, now=NOW + dt.timedelta(days=1))
    assert InboxItem.objects.filter(recipient=lead.officer).count() == 2


BULK = {"press": press_many, "remind": remind_many, "sign_for": sign_for_many, "dispatch": dispatch_many, "set_due": set_due_many}


@pytest.mark.parametrize("name", BULK)
def test_a_batch_of_one_answers_as_the_single_act_does(name: str) -> None:
    """Every state x role of the truth table: done where the table says 200, refused or answered alike elsewhere."""
    act = CATALOG[name]
    asked = 0
    for state, build in SCENES[Subject(act.subject)].items():
        scene = build()
        people = actors(scene.stage)
        for role in ROLES:
            wanted = expected(act, state, role)
            told: dict[str, Any] = {"text": "说明"} if name in {"press", "remind"} else {}
            if name == "set_due":
                told = {"due_on": TODAY + dt.timedelta(days=100)}
            before = Event.objects.count()
            try:
                outcomes = BULK[name](actor=people[role], shown={scene.pk: None}, now=NOW, **told)  # type: ignore[operator]
                given = 200 if outcomes[0].is_done else 409
            except Refusal as refusal:
                given = refusal.status
            if name == "sign_for" and wanted in {403, 404}:
                wanted = 409  # reported as a row, without the name of what cannot be seen
            assert given == wanted, (name, state, role)
            assert (Event.objects.count() > before) == (given == 200)
            asked += 1
            if given == 200:
                scene = build()
                people = actors(scene.stage)
    assert asked == len(SCENES[Subject(act.subject)]) * len(ROLES)
    assert TABLE[name]


def test_the_api_answers_for_each_row(client: Client) -> None:
    stage = dispatched_task()
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    part = stage.part_of(stage.leads[0])
    body = {"rows": [{"id": part.pk, "version": part.version}], "text": "请抓紧"}
    answer = client.post(reverse("api:batch-press"), body, content_type="application/json")
    assert answer.json() == {"rows": [{"id": part.pk, "status": 200, "task": stage.task.pk, "outcome": "done", "reason": ""}]}
    assert client.post(reverse("api:batch-remind"), {"rows": []}, content_type="application/json").status_code == 400
    assert client.post(reverse("api:batch-dispatch"), {"rows": [{"id": 10**9}]}, content_type="application/json").status_code == 404
    client.force_login(stage.leads[0].officer, backend="django.contrib.auth.backends.ModelBackend")
    signed = client.post(reverse("api:batch-sign-for"), {"rows": [{"id": part.pk}]}, content_type="application/json")
    assert signed.json()["rows"][0]["outcome"] == "done"


def test_dates_set_for_many_leave_what_somebody_changed_and_say_what_happened() -> None:
    stage = dispatched_task()
    one, other, gone = drawn_up(stage, stage.leads[0], 3)
    shown: dict[int, int | None] = {task.pk: task.version for task in (one, other, gone)}
    mine = TODAY + dt.timedelta(days=30)
    set_due(actor=stage.coordinator_actor, task_ids=[other.pk], due_on=TODAY + dt.timedelta(days=10), now=NOW)
    dispatch(actor=stage.coordinator_actor, task_ids=[gone.pk], now=NOW)
    for _ in range(2):  # done again, with the versions that were shown at first, it answers the same and records nothing
        outcomes = {row.pk: row for row in set_due_many(actor=stage.coordinator_actor, shown=shown, due_on=mine, now=NOW)}
        assert {pk: row.fate for pk, row in outcomes.items()} == {one.pk: Fate.DONE, other.pk: Fate.CHANGED, gone.pk: Fate.REFUSED}
    assert stage.coordinator.name in outcomes[other.pk].reason
    assert "设定" in outcomes[other.pk].reason or "期限" in outcomes[other.pk].reason
    assert Event.objects.filter(verb="set_due", task=one).count() == 1
    assert Task.objects.get(pk=other.pk).due_on == TODAY + dt.timedelta(days=10)
    assert Task.objects.get(pk=one.pk).due_on == mine


def test_setting_a_date_and_dispatching_from_a_stale_page_is_refused() -> None:
    stage = draft_task()
    stale = stage.task.version
    set_due(actor=stage.coordinator_actor, task_ids=[stage.task.pk], due_on=TODAY + dt.timedelta(days=10), now=NOW)
    for name, told in (("set_due", {"due_on": TODAY + dt.timedelta(days=20)}), ("dispatch", {})):
        with pytest.raises(Conflict):
            CATALOG[name].run(actor=stage.coordinator_actor, task_id=stage.task.pk, version=stale, now=NOW, **told)


def test_the_page_of_drafts_sets_dates_as_they_were_shown(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        agency = make_agency()
        coordinator = make_member(agency, Role.COORDINATOR)
        plan = confirmed(coordinator, agency)
        draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=NOW)
        client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("plan-drafts", args=[plan.pk]))
        first, *others = [row.task for row in page.context["rows"]]
        earlier = TODAY + dt.timedelta(days=20)
        set_due(actor=actor_of(coordinator), task_ids=[first.pk], due_on=earlier, now=NOW)
        body = {"due_on": (TODAY + dt.timedelta(days=40)).isoformat(), "scope": "all", "shown": page.context["shown"]}
        answer = client.post(reverse("plan-due", args=[plan.pk]), body, follow=True)
    assert Task.objects.get(pk=first.pk).due_on == earlier
    assert set(Task.objects.filter(pk__in=[task.pk for task in others]).values_list("due_on", flat=True)) == {TODAY + dt.timedelta(days=40)}
    assert any(first.title in str(told) for told in answer.context["messages"])
