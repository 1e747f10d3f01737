"""People and agencies over the API: delegations, memberships, and the dated acts of a reorganisation, under the rules of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Delegation, Membership, Office, Role, User
from tests.factories.directory import NOW, TODAY, make_agency, make_member, make_person
from tests.factories.tasks import make_crew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def post(user: User, name: str, keys: list[int], body: Any) -> Any:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(reverse(f"api:{name}", args=keys), body, content_type="application/json")


def test_a_person_lends_their_rights_and_takes_them_back() -> None:
    crew = make_crew()
    body = {
        "deputy": crew.officer.pk, "agency": crew.agency.pk, "ends_at": (NOW + dt.timedelta(days=3)).isoformat(), "reason": "出差",
    }  # fmt: skip
    done = post(crew.reviewer, "delegations", [], body)
    assert done.status_code == 200
    row = Delegation.objects.get(pk=done.json()["ids"][0])
    assert (row.delegator, row.delegate) == (crew.reviewer, crew.officer)
    assert post(make_crew().officer, "delegation-revoke", [row.pk], {}).status_code == 403
    assert post(crew.reviewer, "delegation-revoke", [row.pk], {}).status_code == 200
    assert post(crew.reviewer, "delegation-revoke", [row.pk], {}).status_code == 409
    assert post(crew.officer, "delegations", [], body | {"delegator": crew.reviewer.pk}).status_code == 403
    assert post(crew.reviewer, "delegations", [], body | {"deputy": 10**6}).status_code == 404


def test_a_head_appoints_and_ends_and_others_do_not() -> None:
    crew = make_crew()
    head, newcomer = make_member(crew.agency, Role.HEAD), make_person()
    body = {"user": newcomer.pk, "agency": crew.agency.pk, "role": "officer"}
    assert post(crew.officer, "memberships", [], body).status_code == 403
    assert post(head, "memberships", [], body | {"role": "coordinator"}).status_code == 403
    row = Membership.objects.get(pk=post(head, "memberships", [], body).json()["ids"][0])
    assert row.user == newcomer
    assert post(crew.officer, "membership-end", [row.pk], {}).status_code == 403
    assert post(head, "membership-end", [row.pk], {"comment": "调离"}).status_code == 200


def test_the_system_administrator_reorganises_and_nobody_else() -> None:
    keeper, other = make_person(office=Office.SYSTEM), make_crew()
    one, two, three, four = (make_agency() for _ in range(4))
    ordered = {"effective_on": TODAY.isoformat(), "basis": "机构改革方案"}
    named = ordered | {"name": "广东省新厅", "short_name": "省新厅"}
    assert post(other.reviewer, "agency-rename", [one.pk], named).status_code == 403
    renamed = Agency.objects.get(pk=post(keeper, "agency-rename", [one.pk], named).json()["ids"][0])
    assert (renamed.name, renamed.starts_on) == ("广东省新厅", TODAY)
    assert post(keeper, "agency-merge", [two.pk], ordered | {"into": renamed.pk}).status_code == 200
    parts = [{"name": "广东省甲厅", "short_name": "甲厅"}, {"name": "广东省乙厅", "short_name": "乙厅"}]
    assert len(post(keeper, "agency-split", [three.pk], ordered | {"parts": parts}).json()["ids"]) == 2
    assert post(keeper, "agency-abolish", [four.pk], ordered | {"duties_to": [renamed.pk]}).status_code == 200
    ended = Agency.objects.filter(pk__in=[one.pk, two.pk, three.pk, four.pk]).values_list("ends_on", flat=True)
    assert set(ended) == {TODAY - dt.timedelta(days=1)}
    assert post(keeper, "agency-abolish", [10**6], ordered).status_code == 404


def test_each_reads_the_delegations_they_gave_or_received_and_no_others() -> None:
    crew, other = make_crew(), make_crew()
    body = {
        "deputy": crew.officer.pk, "agency": crew.agency.pk, "ends_at": (NOW + dt.timedelta(days=3)).isoformat(), "reason": "出差",
    }  # fmt: skip
    key = post(crew.reviewer, "delegations", [], body).json()["ids"][0]
    for user, keys in ((crew.reviewer, [key]), (crew.officer, [key]), (other.officer, []), (make_member(crew.agency, Role.HEAD), [])):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        rows = client.get(reverse("api:delegations")).json()["results"]
        assert [row["id"] for row in rows] == keys
    client.force_login(crew.officer, backend="django.contrib.auth.backends.ModelBackend")
    (row,) = client.get(reverse("api:delegations")).json()["results"]
    assert (row["delegator"], row["deputy"], row["reason"], row["revoked_at"], row["is_in_force"]) == (
        crew.reviewer.pk, crew.officer.pk, "出差", None, True,
    )  # fmt: skip
    post(crew.officer, "delegation-revoke", [key], {})
    (row,) = client.get(reverse("api:delegations")).json()["results"]
    assert row["revoked_at"] is not None
    assert row["is_in_force"] is False
