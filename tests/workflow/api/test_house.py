"""What holds for the whole house, over the API: the system administrator alone sets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Office, User
from tests.factories.directory import NOW, TODAY, make_person
from tests.factories.tasks import dispatched_task
from workflow.models import CalendarDay, RungSetting

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_ladder_of_the_house_is_read_and_set() -> None:
    client, address = client_of(make_person(office=Office.SYSTEM)), reverse("api:house-ladder")
    ladder = client.get(address).json()
    ladder["rungs"]["standstill"]["enabled"] = False
    assert client.put(address, ladder, content_type=JSON).json()["rungs"]["standstill"]["enabled"] is False
    assert RungSetting.objects.filter(plan=None, rung="standstill", enabled=False).exists()


@pytest.mark.parametrize("channel", ["烽火台", "inbox", "wecom"])
def test_a_rung_names_no_channel_that_is_not_there_is_a_room_or_is_the_inbox(settings: Any, channel: str) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "email", "wecom"]
    client, address = client_of(make_person(office=Office.SYSTEM)), reverse("api:house-ladder")
    ladder = client.get(address).json()
    ladder["rungs"]["overdue"]["channels"] = ["email"]
    assert client.put(address, ladder, content_type=JSON).status_code == 200
    ladder["rungs"]["overdue"]["channels"] = ["email", channel]
    refused = client.put(address, ladder, content_type=JSON)
    assert refused.status_code == 400
    assert channel in refused.json()["detail"]
    assert RungSetting.objects.get(plan=None, rung="overdue").channels == ["email"]


def test_days_are_tried_and_then_set() -> None:
    client, address = client_of(make_person(office=Office.SYSTEM)), reverse("api:house-calendar")
    monday = TODAY + dt.timedelta(days=(7 - TODAY.weekday()) % 7 or 7)
    told = {"days": [{"day": monday.isoformat(), "is_working": False}], "notice": "关于放假的通知", "trial": True}
    assert client.post(address, told, content_type=JSON).json()["days"] == 1
    assert not CalendarDay.objects.exists()
    assert client.post(address, told | {"trial": False}, content_type=JSON).json()["days"] == 1
    assert CalendarDay.objects.get().day == monday
    assert client.post(address, told | {"trial": False}, content_type=JSON).json()["days"] == 0, "it is set already"


def test_a_day_named_twice_is_refused_in_words() -> None:
    client, address = client_of(make_person(office=Office.SYSTEM)), reverse("api:house-calendar")
    days = [{"day": TODAY.isoformat(), "is_working": answer} for answer in (False, True)]
    answer = client.post(address, {"days": days, "notice": "关于放假的通知"}, content_type=JSON)
    assert answer.status_code == 400
    assert f"重复：{TODAY.isoformat()}" in answer.content.decode()
    assert not CalendarDay.objects.exists()


def test_nobody_else_sets_what_holds_for_the_house() -> None:
    stage = dispatched_task()
    for user in (stage.coordinator, stage.leader, make_person(office=Office.SECURITY), make_person(office=Office.AUDIT)):
        client = client_of(user)
        assert client.get(reverse("api:house-ladder")).status_code == 403
        told = {"days": [{"day": TODAY.isoformat(), "is_working": False}], "notice": "x"}
        for trial in (True, False):
            assert client.post(reverse("api:house-calendar"), told | {"trial": trial}, content_type=JSON).status_code == 403
