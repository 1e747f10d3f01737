"""Targets against their trajectory: the line, the pace, the verdict; and who may report a value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from agencies.models import Role
from measures.models import Plan, Target
from oversight.models import TargetReading
from oversight.templatetags.oversight import aim as shown
from oversight.trajectories import Course, trajectory
from tests.factories.directory import NOW, make_agency, make_member
from tests.factories.tasks import Stage, accepted_task, make_crew
from workflow import grants
from workflow.models import Task

JANUARY, JULY, END = dt.date(2026, 1, 1), dt.date(2026, 7, 2), dt.date(2026, 12, 31)


def aim(value: int, comparator: str = "at_least", due_on: dt.date | None = END) -> Target:
    return Target(plan=Plan(issued_on=JANUARY), metric="新增企业", comparator=comparator, value=Decimal(value), unit="家", due_on=due_on)


def read(day: dt.date, value: int) -> TargetReading:
    return TargetReading(read_on=day, value=Decimal(value))


@pytest.mark.parametrize(
    ("readings", "today", "course"),
    [
        ([], JULY, Course.UNKNOWN),
        ([read(JULY, 50)], JULY, Course.ON_COURSE),
        ([read(JULY, 46)], JULY, Course.ON_COURSE),
        ([read(JULY, 44)], JULY, Course.BEHIND),
        ([read(JULY, 100)], JULY, Course.REACHED),
        ([read(JULY, 99)], END + dt.timedelta(days=1), Course.MISSED),
    ],
)
def test_the_course_is_judged_by_the_straight_line(readings: list[TargetReading], today: dt.date, course: Course) -> None:
    assert trajectory(aim(100), readings, today).course == course


@pytest.mark.parametrize("comparator", ["at_most", "控制在", "不超过", "低于", "以内"])
def test_what_is_to_fall_is_judged_downwards(comparator: str) -> None:
    limit = aim(10, comparator)
    assert trajectory(limit, [read(JANUARY, 30), read(JULY, 29)], JULY).course == Course.BEHIND
    assert trajectory(limit, [read(JANUARY, 30), read(JULY, 19)], JULY).course == Course.ON_COURSE
    assert trajectory(limit, [read(JULY, 9)], JULY).course == Course.REACHED


def test_a_formal_paper_writes_dates_out() -> None:
    shown = trajectory(aim(100), [read(JULY, 50)], JULY)
    assert "2026年7月2日" in shown.formal_sentence
    assert "2026-07-02" in shown.sentence


def test_the_forecast_goes_on_at_the_pace_of_the_readings() -> None:
    shown = trajectory(aim(100), [read(JANUARY, 0), read(JANUARY + dt.timedelta(days=100), 50)], JULY)
    assert shown.forecast == Decimal(50) + Decimal("0.5") * (END - JANUARY - dt.timedelta(days=100)).days
    assert shown.reached_on == JANUARY + dt.timedelta(days=200)
    assert trajectory(aim(100), [read(JULY, 50)], JULY).forecast is None
    assert "到期" in shown.sentence
    over = trajectory(aim(100), [read(JANUARY + dt.timedelta(days=50), 10), read(JULY, 60)], END + dt.timedelta(days=1))
    assert over.course == Course.MISSED
    assert "到期" not in over.sentence, "what is past is not forecast"
    falling = trajectory(aim(100), [read(JANUARY, 50), read(JULY, 40)], JULY)
    assert falling.reached_on is None


def test_a_target_without_a_date_or_a_start_has_no_trajectory() -> None:
    assert trajectory(aim(100, due_on=None), [read(JULY, 5)], JULY).expected is None
    undated = aim(100)
    undated.plan.issued_on = None
    assert trajectory(undated, [], JULY).expected is None


@pytest.fixture
def stage() -> Stage:
    found = accepted_task(leads=1, supporters=1)
    plan = Plan.objects.create(
        title="行动方案", issuer=found.issuer, coordinator=found.issuer, issued_on=JANUARY, text="新增企业100家。", sha256="0" * 64,
        confirmed_at=NOW,
    )  # fmt: skip
    Task.objects.filter(pk=found.task.pk).update(plan=plan)
    grants.rebuild()
    Target.objects.create(plan=plan, metric="新增企业", comparator="at_least", value=100, unit="家", due_on=END, start=0, end=8)
    return found


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_coordinators_and_leads_report_values_and_nobody_else(client: Client, stage: Stage) -> None:
    target = Target.objects.get()
    for person, status in (
        (stage.coordinator, 302), (stage.leads[0].officer, 302), (stage.supporters[0].officer, 403), (make_crew().officer, 404),
    ):  # fmt: skip
        client.force_login(person)
        answer = client.post(f"/targets/{target.pk}/values/", {"read_on": "2026-01-05", "value": "1,250.5", "source": "统计月报"})
        assert answer.status_code == status, person
    first, second = TargetReading.objects.order_by("pk")
    assert (first.agency, second.agency) == (stage.issuer, stage.leads[0].agency)
    assert first.value == Decimal("1250.5")


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    "asked", [{"value": "viel"}, {"value": "NaN"}, {"value": "1e30"}, {"value": ""}, {"read_on": "2099-01-01"}, {"read_on": "gestern"}]
)
def test_a_value_that_is_none_is_refused(client: Client, stage: Stage, asked: dict[str, str]) -> None:
    client.force_login(stage.coordinator)
    answer = client.post(f"/targets/{Target.objects.get().pk}/values/", {"read_on": "2026-01-05", "value": "5", **asked})
    assert answer.status_code == 400
    assert not TargetReading.objects.exists()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_page_of_a_target_shows_readings_course_and_quote(client: Client, stage: Stage) -> None:
    target = Target.objects.get()
    TargetReading.objects.create(
        target=target, read_on=JANUARY, value=7, source="季报", agency=stage.issuer, reported_by=stage.coordinator, reported_at=NOW
    )
    client.force_login(stage.supporters[0].officer)
    page = client.get(f"/targets/{target.pk}/").content.decode()
    assert "季报" in page
    assert "新增企业100家" in page
    assert "填报完成值" not in page
    client.force_login(stage.coordinator)
    assert "填报完成值" in client.get(f"/targets/{target.pk}/").content.decode()
    assert "新增企业" in client.get("/cockpit/").content.decode()
    assert "季报" in client.get(f"/targets/{target.pk}/").content.decode()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_leader_chooses_a_portfolio_among_what_is_overseen(client: Client, stage: Stage) -> None:
    client.force_login(stage.leader)
    plan, lead = Plan.objects.get(), stage.leads[0].agency
    assert client.post("/cockpit/charges/", {"plan": plan.pk}).status_code == 302
    assert client.post("/cockpit/charges/", {"agency": lead.pk}).status_code == 302
    assert client.post("/cockpit/charges/", {"agency": make_agency().pk}).status_code == 404
    assert client.post("/cockpit/charges/", {}).status_code == 400
    page = client.get("/cockpit/", {"charges": "on"}).content.decode()
    charge = stage.leader.charges.get(plan=plan)
    assert f"/cockpit/charges/{charge.pk}/drop/" in page
    client.force_login(make_member(stage.issuer, Role.LEADER))
    assert client.post(f"/cockpit/charges/{charge.pk}/drop/").status_code == 404
    client.force_login(stage.leader)
    assert client.post(f"/cockpit/charges/{charge.pk}/drop/").status_code == 302
    assert stage.leader.charges.count() == 1


def test_an_aim_is_shown_as_its_document_writes_it() -> None:
    assert [shown(aim(30, comparator)) for comparator in ("达到", "at_least", "<")] == ["达到30家", "≥ 30家", "< 30家"]
