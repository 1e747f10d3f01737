"""From the day of a reorganisation the heads of the successor know what waits to be taken over, and coordinators see how much."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.models import Agency, Role
from notifications import guards
from notifications.models import InboxItem
from tests.factories.directory import NOW, actor_of, make_member
from tests.factories.tasks import Stage, accepted_task
from workflow.actions.sweep import sweep
from workflow.actions.take_over import take_over

pytestmark = pytest.mark.django_db

DAY = NOW + dt.timedelta(days=7)


def renamed(agency: Agency, name: str = "广东省新厅", day: dt.datetime = DAY) -> Agency:
    return rename_agency(
        actor=Actor.system(), now=NOW, agency=agency, name=name, short_name=name, effective_on=day.date(), basis="机构改革方案"
    )


def told() -> list[InboxItem]:
    return list(InboxItem.objects.filter(key__startswith="succession:").order_by("pk"))


def taken_over(stage: Stage, agency: Agency) -> None:
    take_over(actor=actor_of(stage.coordinator, DAY), predecessor_id=agency.pk, basis="机构改革方案", now=DAY)


def test_heads_of_the_successor_are_told_once_from_the_day_on(client: Client) -> None:
    stage = accepted_task(supporters=0)
    agency = stage.leads[0].agency
    head = make_member(agency, Role.HEAD)
    heir = renamed(agency)
    sweep(DAY - dt.timedelta(days=1))
    assert not told(), "before its day nothing waits"
    sweep(DAY)
    (item,) = told()
    assert item.recipient == head
    assert item.subject == f"{agency.name}尚有 1 项在办任务待承接"
    assert heir.name in item.body
    assert f"{stage.issuer.name} 1" in item.body
    with time_machine.travel(DAY, tick=False):
        client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
        assert stage.task.title in client.get(item.link).content.decode()
    sweep(DAY + dt.timedelta(days=1))
    assert told() == [item], "once an act"


def test_who_heads_the_successor_later_is_told_while_something_waits_and_nobody_once_nothing_does() -> None:
    stage, done = accepted_task(supporters=0), accepted_task(supporters=0)
    for one in (stage, done):
        renamed(one.leads[0].agency, f"新{one.leads[0].agency.short_name}")
    taken_over(done, done.leads[0].agency)
    sweep(DAY)
    assert not told()
    heir, other = (one.leads[0].agency.successions.get().successor for one in (stage, done))
    newcomer = make_member(heir, Role.HEAD, since=DAY.date(), now=DAY)
    make_member(other, Role.HEAD, since=DAY.date(), now=DAY)
    sweep(DAY + dt.timedelta(days=1))
    assert [item.recipient for item in told()] == [newcomer]


def test_after_another_reorganisation_those_are_told_who_stand_today_and_of_a_split_all() -> None:
    stage = accepted_task(supporters=0)
    agency = stage.leads[0].agency
    between = renamed(agency, day=NOW + dt.timedelta(days=3))
    parts = split_agency(
        actor=Actor.system(),
        now=NOW,
        agency=between,
        parts=[("省甲厅", "省甲厅"), ("省乙厅", "省乙厅")],
        effective_on=DAY.date(),
        basis="方案",
    )
    heads = {make_member(part, Role.HEAD, since=DAY.date(), now=DAY).pk for part in parts}
    sweep(DAY)
    assert {item.recipient.pk for item in told()} == heads


def test_a_letter_that_has_not_left_is_not_sent_once_the_parts_are_taken_over() -> None:
    stage = accepted_task(supporters=0)
    agency = stage.leads[0].agency
    make_member(agency, Role.HEAD)
    renamed(agency)
    sweep(DAY)
    key = told()[0].key
    assert guards.still_true([key], DAY) == {key}
    taken_over(stage, agency)
    assert guards.still_true([key], DAY) == set()


def test_what_a_sweep_asks_does_not_grow_with_what_waits(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    def wait() -> None:
        stage = accepted_task(supporters=0)
        make_member(stage.leads[0].agency, Role.HEAD)
        renamed(stage.leads[0].agency, f"新{stage.leads[0].agency.short_name}")

    wait()
    sweep(DAY)
    with django_assert_max_num_queries(60) as few:
        sweep(DAY)
    statements = len(few.captured_queries)
    for _ in range(4):
        wait()
    sweep(DAY)
    with django_assert_max_num_queries(statements):
        sweep(DAY)
    assert len(told()) == 5


def test_the_supervision_centre_says_how_many_agencies_wait(client: Client) -> None:
    stage = accepted_task(supporters=0)
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")

    def centre() -> str:
        with time_machine.travel(DAY, tick=False):
            return client.get("/command/").content.decode()

    assert "待承接（" not in centre()
    renamed(stage.leads[0].agency)
    assert "机构调整待承接（1）" in centre()
    taken_over(stage, stage.leads[0].agency)
    assert "待承接（" not in centre()
