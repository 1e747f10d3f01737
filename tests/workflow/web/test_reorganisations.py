"""The pages on which a reorganised agency's open work is shown before it moves, and moved; and the same over the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.models import Agency, Office
from tests.factories.directory import NOW, make_person
from tests.factories.tasks import accepted_task
from tests.workflow.web.conftest import SignIn
from workflow.models import Assignment, Event

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def renamed(agency: Agency) -> Agency:
    return rename_agency(
        actor=Actor.system(), now=LATER, agency=agency, name="广东省新厅", short_name="省新厅", effective_on=LATER.date(), basis="方案"
    )


def test_a_coordinator_sees_what_moves_and_moves_it(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    renamed(lead.agency)
    client = signed_in(stage.coordinator)
    assert lead.agency.name in client.get(reverse("reorganisations")).content.decode()
    address = reverse("reorganisation", args=[lead.agency.pk])
    page = client.get(address)
    assert stage.task.title in page.content.decode()
    part = stage.part_of(lead)
    heir = page.context["estate"].heirs[0]
    empty = client.post(address, {"successor": heir.pk, f"version-{part.pk}": part.version})
    assert (empty.status_code, Assignment.objects.get(pk=part.pk).agency) == (400, lead.agency)
    done = client.post(address, {"basis": "粤编〔2026〕1号", "successor": heir.pk, f"version-{part.pk}": part.version}, follow=True)
    assert "已承接 1 项任务分派" in done.content.decode()
    assert Assignment.objects.get(pk=part.pk).agency == heir
    assert Event.objects.get(verb="succeed").comment == "粤编〔2026〕1号"
    assert client.post(address, {"basis": "又一次", "successor": heir.pk}).status_code == 409


def test_a_part_that_changed_since_the_page_was_loaded_stays_and_is_named(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    heir = renamed(lead.agency)
    part = stage.part_of(lead)
    client = signed_in(stage.coordinator)
    address = reverse("reorganisation", args=[lead.agency.pk])
    done = client.post(address, {"basis": "方案", "successor": heir.pk, f"version-{part.pk}": part.version - 1}, follow=True)
    assert "期间已有变动" in done.content.decode()
    assert Assignment.objects.get(pk=part.pk).agency == lead.agency


def test_each_part_of_a_split_agency_is_given_its_own_successor(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    one, other = split_agency(
        actor=Actor.system(),
        now=LATER,
        agency=lead.agency,
        parts=[("广东省甲厅", "省甲厅"), ("广东省乙厅", "省乙厅")],
        effective_on=LATER.date(),
        basis="方案",
    )
    part = stage.part_of(lead)
    client = signed_in(stage.coordinator)
    address = reverse("reorganisation", args=[lead.agency.pk])
    assert "省乙厅" in client.get(address).content.decode()
    client.post(address, {"basis": "方案", "successor": one.pk, f"version-{part.pk}": part.version, f"part-{part.pk}": other.pk})
    assert Assignment.objects.get(pk=part.pk).agency == other


def test_the_system_administrator_reads_numbers_and_no_titles(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    heir = renamed(lead.agency)
    client = signed_in(make_person(office=Office.SYSTEM))
    address = reverse("reorganisation", args=[lead.agency.pk])
    page = client.get(address).content.decode()
    assert stage.issuer.name in page
    assert stage.task.title not in page
    client.post(address, {"basis": "方案", "successor": heir.pk})
    assert stage.task.assignments.get(part="lead").agency == heir
    assert client.get(reverse("admin:agencies_agency_change", args=[lead.agency.pk])).content.decode().count(address) == 1


def test_nobody_else_finds_the_pages(signed_in: SignIn) -> None:
    stage = accepted_task()
    renamed(stage.leads[0].agency)
    for user in (stage.leads[0].officer, stage.leader, make_person(office=Office.AUDIT)):
        client = signed_in(user)
        assert client.get(reverse("reorganisations")).status_code == 404
        assert client.get(reverse("reorganisation", args=[stage.leads[0].agency.pk])).status_code == 404


def test_the_api_shows_and_moves_once_for_each_key(signed_in: SignIn) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    heir = renamed(lead.agency)
    client = signed_in(stage.coordinator)
    address = reverse("api:take-over", args=[lead.agency.pk])
    shown = client.get(address).json()
    assert (shown["successors"], shown["open_parts"]) == ([heir.pk], 1)
    body = {"basis": "方案", "parts": [{"id": row["id"], "version": row["version"]} for row in shown["parts"]]}
    headers = {"Idempotency-Key": "once"}
    first = client.post(address, body, content_type="application/json", headers=headers)
    again = client.post(address, body, content_type="application/json", headers=headers)
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["outcomes"][0]["outcome"] == "moved"
    assert client.post(address, {"basis": "方案"}, content_type="application/json").status_code == 409
    assert signed_in(lead.officer).get(address).status_code == 403
