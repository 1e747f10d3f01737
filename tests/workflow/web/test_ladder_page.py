"""The ladder of a plan is seen before it is switched on, explained where it is wrong, and set by its coordinator only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse

from agencies.refusals import Forbidden, Invalid
from measures.models import Plan, PlanEvent
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task
from workflow.actions.climb import climb
from workflow.actions.set_ladder import RungChoice, choices_of, preview_of, set_ladder, timing_of
from workflow.deadlines import DEFAULT_THRESHOLDS, ChineseCalendar, Threshold, add_working_days, official_calendar
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES
from workflow.models import Assignment, Firing, Notice, Task

CALENDAR = official_calendar()
DUE = TODAY + dt.timedelta(days=60)


def after(working_days: int) -> dt.datetime:
    return dt.datetime.combine(add_working_days(DUE, working_days, CALENDAR), dt.time(10), NOW.tzinfo)


@pytest.fixture
def stage(db: None) -> Stage:
    stage = accepted_task(supporters=0)
    plan = Plan.objects.create(
        title="试点方案", issuer=stage.issuer, coordinator=stage.issuer, text="一、试点。", sha256="0" * 64, confirmed_at=NOW
    )
    Task.objects.filter(pk=stage.task.pk).update(plan=plan)
    return stage


def plan_of(stage: Stage) -> Plan:
    plan = Task.objects.get(pk=stage.task.pk).plan
    assert plan is not None
    return plan


def choose(
    stage: Stage,
    changed: Mapping[str, RungChoice] | None = None,
    *,
    is_on: bool = True,
    thresholds: tuple[Threshold, ...] = DEFAULT_THRESHOLDS,
) -> None:
    plan = plan_of(stage)
    choices = choices_of(plan) | dict(changed or {})
    set_ladder(actor=stage.coordinator_actor, plan_id=plan.pk, is_on=is_on, choices=choices, thresholds=thresholds, now=NOW)


def test_setting_what_stands_already_changes_no_rung(stage: Stage) -> None:
    choose(stage)
    climb(after(1))
    assert Firing.objects.filter(rung="overdue").exists()


def test_a_ladder_switched_off_fires_nothing_and_switched_on_again_goes_on(stage: Stage) -> None:
    choose(stage, is_on=False)
    assert climb(after(1)) == 0
    assert not Notice.objects.filter(kind="urge").exists()
    choose(stage, is_on=True)
    assert climb(after(1)) > 0
    assert Notice.objects.filter(kind="urge").count() == 1


def test_a_moved_rung_fires_on_its_new_day_and_tells_whom_it_names(stage: Stage) -> None:
    choose(stage, {"overdue": RungChoice(True, 2, ("officer",))})
    climb(after(1))
    assert not Firing.objects.filter(rung="overdue").exists()
    climb(after(2))
    assert Firing.objects.filter(rung="overdue").exists()
    assert Notice.objects.get(kind="urge").copied_to == ""


def test_thresholds_of_the_plan_decide_when_a_due_date_is_near(stage: Stage) -> None:
    early = tuple(Threshold(row.up_to, row.yellow + 7 if row.up_to != 10 else row.yellow, row.orange) for row in DEFAULT_THRESHOLDS)
    part = stage.part_of(stage.leads[0])
    length = (part.due_on, part.assigned_at)
    assert length[0] is not None
    choose(stage, thresholds=early)
    assert timing_of(plan_of(stage)) == (True, early)
    planned, complete = preview_of(plan_of(stage), rungs=DEFAULT_LADDER, thresholds=early, now=NOW)
    usual, _complete = preview_of(plan_of(stage), rungs=DEFAULT_LADDER, thresholds=DEFAULT_THRESHOLDS, now=NOW)
    first = {one.firing.rung.code: one.on for one, _part in planned}["due_soon"]
    assert complete
    assert first == add_working_days({one.firing.rung.code: one.on for one, _part in usual}["due_soon"], -7, CALENDAR)
    climb(dt.datetime.combine(first, dt.time(10), NOW.tzinfo))
    assert Firing.objects.filter(rung="due_soon").count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"bulletin": RungChoice(True, 1)}, "必须晚于"),
        ({"overdue": RungChoice(True, 0)}, "至少"),
        ({"overdue": RungChoice(True, 1, ())}, "overdue"),
        ({"standstill": RungChoice(True, 9999)}, "最多"),
        ({"nonsense": RungChoice(True, 1)}, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_changes_nothing(stage: Stage, changed: dict[str, RungChoice], why: str) -> None:
    with pytest.raises(Invalid) as refused:
        choose(stage, changed)
    assert why in str(refused.value.reason)
    assert not PlanEvent.objects.exists()


def test_thresholds_that_contradict_each_other_are_refused(stage: Stage) -> None:
    with pytest.raises(Invalid):
        choose(stage, thresholds=(Threshold(10, 3, 5), Threshold(None, 20, 10)))


def test_only_the_coordinator_sets_it_and_it_is_on_record(stage: Stage) -> None:
    plan = plan_of(stage)
    with pytest.raises(Forbidden):
        set_ladder(actor=stage.leads[0].officer_actor, plan_id=plan.pk, is_on=False, choices={}, thresholds=DEFAULT_THRESHOLDS, now=NOW)
    choose(stage, is_on=False)
    event = PlanEvent.objects.get(verb="set_ladder")
    assert event.data["is_on"] is False
    assert event.actor_id == stage.coordinator.pk


def fields(html: str) -> dict[str, list[str]]:
    """Return what a browser would send of the page as it stands."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "on" if 'type="checkbox"' in tag else "")
    return found


def test_the_page_previews_sixty_days_without_saving_and_then_saves(stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(stage.coordinator)
    url = reverse("plan-ladder", args=[plan_of(stage).pk])
    sent = fields(client.get(url).content.decode())
    page = client.post(url, sent | {"do": ["preview"]})
    assert page.status_code == 200
    assert "催办" in page.content.decode()
    preview = page.context["preview"]
    codes = {code for code, _name, _count in preview.sums}
    assert {"due_soon", "warning"} <= codes
    assert "overdue" not in codes, "the due date is the sixtieth day"
    assert preview.weeks[-1].last <= TODAY + dt.timedelta(days=60)
    assert page.context["form"].is_on
    assert not PlanEvent.objects.exists()
    wrong = client.post(url, sent | {"do": ["save"], "bulletin-days": ["1"]})
    assert wrong.status_code == 400
    assert client.post(url, sent | {"do": ["save"]}).status_code == 302
    assert PlanEvent.objects.filter(verb="set_ladder").count() == 1
    assert Assignment.objects.filter(climbs_anew=True).exists()


def test_a_preview_stands_by_week_day_and_rung_and_is_narrowed_to_one(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(stage.coordinator)
    url = reverse("plan-ladder", args=[plan_of(stage).pk])
    sent = fields(client.get(url).content.decode())
    whole = client.post(url, sent | {"do": ["preview"]})
    assert 'name="do" value="preview:due_soon"' in whole.content.decode(), "it narrows without scripts, and keeps what was chosen"
    narrowed = client.post(url, sent | {"do": ["preview:due_soon"]}).context["preview"]
    counts = {code: count for code, _name, count in narrowed.sums}
    assert (narrowed.only, narrowed.total, narrowed.shown) == ("due_soon", whole.context["preview"].total, counts["due_soon"])
    assert {told.name for week in narrowed.weeks for told in week.told} == {RUNG_NAMES["due_soon"]}
    assert client.post(url, sent | {"do": ["preview:nothing"]}).context["preview"].only == ""


def test_the_preview_says_that_it_reaches_into_a_year_whose_holidays_nobody_knows(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = "节假日安排尚未公布"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(stage.coordinator)
    url = reverse("plan-ladder", args=[plan_of(stage).pk])
    sent = fields(client.get(url).content.decode())
    assert unknown not in client.post(url, sent | {"do": ["preview"]}).content.decode()
    monkeypatch.setattr(ChineseCalendar, "is_provisional", lambda _calendar, _day: True)
    assert unknown in client.post(url, sent | {"do": ["preview"]}).content.decode()


def test_an_agency_cannot_open_the_page(stage: Stage, client: Client) -> None:
    client.force_login(stage.leads[0].officer)
    assert client.get(reverse("plan-ladder", args=[plan_of(stage).pk])).status_code in {403, 404}
