"""Several agencies are pressed at once, after everyone they go to was shown, all or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import accepted_task, declared_task, dispatched_task
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.models import Event
from workflow.states import Part, Rhythm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def pressed() -> int:
    return Event.objects.filter(verb="press").count()


def test_everyone_it_goes_to_is_shown_before_anything_goes_out(client: Client) -> None:
    stage = dispatched_task(leads=1, supporters=3)
    client.force_login(stage.coordinator)
    page = client.get("/ledger/press/", {"task": stage.task.pk}).content.decode()
    for crew in [*stage.leads, *stage.supporters]:
        assert crew.agency.short_name in page
    assert "共 4 家单位" in page
    assert pressed() == 0


def test_an_agency_with_a_part_in_two_of_the_tasks_is_counted_once(client: Client) -> None:
    stage = dispatched_task(leads=1, supporters=3)
    again = draw_up_task(
        actor=stage.coordinator_actor,
        issuer_id=stage.issuer.pk,
        title="开展地方要素交易场所评估",
        text="每半年评估一次成效。",
        receivers=[PlannedReceiver(Part.LEAD, agency_id=stage.leads[0].agency.pk)],
        due_on=TODAY + dt.timedelta(days=60),
        rhythm=Rhythm.NONE,
        now=NOW,
    )
    dispatch(actor=stage.coordinator_actor, task_ids=[again.pk], now=NOW)
    client.force_login(stage.coordinator)
    page = client.get("/ledger/press/", {"task": [stage.task.pk, again.pk]}).content.decode()
    assert page.count(f"<li>{stage.leads[0].agency.short_name}") == 2
    assert "共 4 家单位" in page


def test_sending_presses_each_and_leads_back_to_the_list(client: Client) -> None:
    stage = dispatched_task(leads=1, supporters=2)
    client.force_login(stage.coordinator)
    parts = [stage.part_of(crew).pk for crew in [*stage.leads, *stage.supporters]]
    answer = client.post("/ledger/press/send/", {"part": parts, "text": "请抓紧办理。", "back": "overdue=on"})
    assert answer.headers["Location"] == "/ledger/?overdue=on"
    assert pressed() == 3
    assert set(Event.objects.filter(verb="press").values_list("comment", flat=True)) == {"请抓紧办理。"}


def test_who_owes_nothing_is_left_out_with_the_reason(client: Client) -> None:
    stage = declared_task(leads=1, supporters=1)
    client.force_login(stage.coordinator)
    page = client.get("/ledger/press/", {"part": [stage.part_of(crew).pk for crew in [*stage.leads, *stage.supporters]]}).content.decode()
    assert "以下单位不在催办之列" in page
    assert "共 1 家单位" in page


def test_a_part_of_others_stops_the_whole_act(client: Client) -> None:
    mine, other = dispatched_task(), dispatched_task()
    client.force_login(mine.coordinator)
    parts = [mine.part_of(mine.leads[0]).pk, other.part_of(other.leads[0]).pk]
    assert client.post("/ledger/press/send/", {"part": parts, "text": "请抓紧办理。"}).status_code == 404
    assert pressed() == 0


def test_an_officer_cannot_press_other_agencies(client: Client) -> None:
    stage = accepted_task()
    client.force_login(stage.supporters[0].officer)
    answer = client.post("/ledger/press/send/", {"part": [stage.part_of(stage.leads[0]).pk], "text": "请抓紧办理。"})
    assert answer.status_code == 403
    assert pressed() == 0


def test_pressing_without_a_word_or_without_a_choice_is_refused(client: Client) -> None:
    stage = dispatched_task()
    client.force_login(stage.coordinator)
    assert client.post("/ledger/press/send/", {"part": [stage.part_of(stage.leads[0]).pk], "text": " "}).status_code == 400
    nothing = client.get("/ledger/press/", {"back": "overdue=on"}, follow=True)
    assert (nothing.redirect_chain, "请先勾选" in nothing.content.decode()) == ([("/ledger/?overdue=on", 302)], True)
    assert client.post("/ledger/press/send/", {"part": ["x", "9" * 40], "text": "请办。"}).status_code == 400
    assert pressed() == 0
