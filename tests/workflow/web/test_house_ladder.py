"""The ladder of the house: set by the system administrator, followed by every plan that has not set its own, seen beforehand in numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agencies.actor import Actor
from agencies.models import Office
from agencies.refusals import Forbidden, Invalid
from measures.models import Plan, PlanEvent, PlanVerb
from notifications.models import Message
from tests.factories.directory import NOW, TODAY, actor_of, make_person
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from tests.workflow.web.test_ladder_page import after, choose, fields, plan_of
from workflow.actions.climb import climb
from workflow.actions.hand_back import hand_back
from workflow.actions.set_calendar import set_calendar
from workflow.actions.set_ladder import RungChoice, choices_of, preview_of_house, set_house_ladder, timing_of
from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold
from workflow.models import Firing, HandBack, Notice, PlanTiming, RungSetting, Task
from workflow.web.house.record import record_of

pytestmark = pytest.mark.django_db

EARLY = (Threshold(10, 5, 2), Threshold(30, 9, 4), Threshold(None, 30, 15))


@pytest.fixture
def keeper() -> Actor:
    return actor_of(make_person(office=Office.SYSTEM))


@pytest.fixture
def stage() -> Stage:
    stage = accepted_task(supporters=0)
    plan = Plan.objects.create(
        title="试点方案", issuer=stage.issuer, coordinator=stage.issuer, text="一、试点。", sha256="0" * 64, confirmed_at=NOW
    )
    Task.objects.filter(pk=stage.task.pk).update(plan=plan)
    return stage


def set_house(keeper: Actor, changed: dict[str, RungChoice], thresholds: tuple[Threshold, ...] = DEFAULT_THRESHOLDS) -> None:
    set_house_ladder(actor=keeper, choices=choices_of(None) | changed, thresholds=thresholds, now=NOW)


def test_a_plan_follows_the_house_until_it_sets_a_rung_of_its_own(stage: Stage, keeper: Actor) -> None:
    choose(stage)
    assert not RungSetting.objects.exists(), "what is as the house has it is not the plan's own"
    set_house(keeper, {"overdue": RungChoice(True, 3)})
    climb(after(2))
    assert not Firing.objects.filter(rung="overdue").exists()
    choose(stage, {"overdue": RungChoice(True, 2)})
    climb(after(2))
    assert Firing.objects.filter(rung="overdue").exists()
    assert choices_of(plan_of(stage))["standstill"] == choices_of(None)["standstill"]


def test_thresholds_of_the_house_hold_for_plans_without_their_own(stage: Stage, keeper: Actor) -> None:
    set_house(keeper, {}, EARLY)
    assert timing_of(None) == timing_of(plan_of(stage)) == (True, EARLY)
    choose(stage, thresholds=DEFAULT_THRESHOLDS)
    assert timing_of(plan_of(stage)) == (True, DEFAULT_THRESHOLDS)
    set_house(keeper, {}, DEFAULT_THRESHOLDS)
    assert PlanTiming.objects.get(plan=None).thresholds == []


def test_a_yellow_slip_is_made_where_a_rung_is_set_to_make_it_and_numbered(stage: Stage, keeper: Actor) -> None:
    climb(after(-8))
    assert not Notice.objects.filter(kind="warning_yellow").exists()
    Firing.objects.all().delete()
    set_house(keeper, {"due_soon": RungChoice(True, makes_paper=True)})
    climb(after(-8))
    slip = Notice.objects.get(kind="warning_yellow")
    assert slip.written_number == "黄色预警〔2026〕1号"
    assert slip.agency == stage.leads[0].agency
    assert not choices_of(None)["unsigned"].makes_paper


def test_a_rung_is_told_by_the_channels_it_names_and_never_below_the_floor(stage: Stage, keeper: Actor, settings: Any) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "email", "webhook"]
    set_house(keeper, {"due_soon": RungChoice(True, channels=("webhook",)), "overdue": RungChoice(True, 1, channels=("webhook",))})
    climb(after(-8))
    assert set(Message.objects.filter(key__contains="due_soon").values_list("channel", flat=True)) == {"webhook"}
    climb(after(1))
    assert {"webhook"} <= set(Message.objects.filter(topic="escalation").values_list("channel", flat=True)) <= {"webhook", "email"}
    assert not Message.objects.filter(topic="escalation", recipient__email="").filter(channel="email").exists()


def test_only_the_system_administrator_sets_it_in_a_shape_that_works_and_it_is_on_record(stage: Stage, keeper: Actor) -> None:
    with pytest.raises(Forbidden):
        set_house(stage.coordinator_actor, {})
    with pytest.raises(Invalid):
        set_house(keeper, {"bulletin": RungChoice(True, 1)})
    assert not PlanEvent.objects.exists()
    set_house(keeper, {"overdue": RungChoice(True, 2)})
    event = PlanEvent.objects.get(verb="set_ladder", plan=None)
    assert event.data["days"] == {"overdue": 2}
    assert event.actor_id == keeper.user_id


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "到期前提醒：告知单位承办人、督办员；制发黄色预警单；渠道：接口推送"),
        ("en", "Reminder before the due date: tells officer of the agency, coordinator; makes: Yellow warning slip; by Webhook"),
    ],
)
def test_the_history_says_whom_a_rung_tells_with_which_paper_and_by_which_channels(
    keeper: Actor, settings: Any, language: str, sentence: str
) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "email", "webhook"]
    set_house(keeper, {"due_soon": RungChoice(True, None, ("officer", "coordinator"), True, ("webhook",))})
    with translation.override(language):
        assert [line.sentences for line in record_of(PlanVerb.SET_LADDER)] == [(sentence,)]


def test_the_history_counts_rulings_among_the_dates_that_moved(keeper: Actor) -> None:
    stage = dispatched_task(supporters=0)
    hand_back(
        actor=stage.leads[0].officer_actor,
        assignment_id=stage.part_of(stage.leads[0]).pk,
        reason="不属本单位职责",
        legal_basis="三定方案",
        now=NOW,
    )
    before = HandBack.objects.get().rule_by
    set_calendar(actor=keeper, days={before: False}, notice="关于放假的通知", now=NOW)
    assert HandBack.objects.get().rule_by > before
    assert record_of(PlanVerb.SET_CALENDAR)[0].sentences[-1] == "重新推算期限 1 项"


def test_the_preview_counts_what_follows_the_house_before_and_after(stage: Stage, keeper: Actor) -> None:
    Task.objects.update(due_on=TODAY + dt.timedelta(days=20))
    stage.task.assignments.update(due_on=TODAY + dt.timedelta(days=20))
    chosen = choices_of(None) | {"overdue": RungChoice(enabled=False), "bulletin": RungChoice(True, 6)}
    preview = preview_of_house(choices=chosen, thresholds=DEFAULT_THRESHOLDS, now=NOW)
    sums = {code: (before, then) for code, before, then in preview.sums}
    assert preview.parts == 1
    assert sums["overdue"] == (1, 0)
    assert sums["bulletin"] == (1, 1)
    choose(stage, {"overdue": RungChoice(True, 2)})
    again = preview_of_house(choices=chosen, thresholds=DEFAULT_THRESHOLDS, now=NOW)
    assert {code: (before, then) for code, before, then in again.sums}["overdue"] == (1, 1), "the plan has its own by now"


def test_the_page_previews_in_numbers_and_saves(stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(make_person(office=Office.SYSTEM))
    url = reverse("house-ladder")
    sent = fields(client.get(url).content.decode())
    page = client.post(url, sent | {"do": ["preview"], "due_soon-makes_paper": ["on"]})
    assert page.status_code == 200
    assert stage.task.title not in page.content.decode(), "whoever sets the ladder of the house reads no tasks"
    assert not PlanEvent.objects.exists()
    assert client.post(url, sent | {"do": ["save"], "bulletin-days": ["1"]}).status_code == 400
    assert client.post(url, sent | {"do": ["save"], "due_soon-makes_paper": ["on"]}).status_code == 302
    assert RungSetting.objects.get().makes_paper is True
    client.force_login(stage.coordinator)
    assert client.get(url).status_code == 403
