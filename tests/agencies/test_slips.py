"""The first sign-in of accounts without a password: slips, issued by the security administrator, good until a password is set."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.actions.create_user import create_user
from agencies.actions.issue_slips import issue_slips
from agencies.models import DirectoryEvent, Office, User
from agencies.refusals import Conflict, Forbidden
from tests.factories.directory import NOW, actor_of, make_person

pytestmark = pytest.mark.django_db
OWN = "Qingfeng-7-mingyue"


@pytest.fixture
def fresh() -> User:
    """Return an account as an import leaves it: without a password."""
    return create_user(actor=actor_of(make_person(office=Office.SYSTEM)), now=NOW, username="li.si", name="李四")


@pytest.fixture
def security() -> User:
    return make_person(office=Office.SECURITY)


def sign_in(client: Client, username: str, password: str) -> bool:
    return client.post("/sign-in/", {"username": username, "password": password}).status_code == 302


@time_machine.travel(NOW, tick=False)
def test_a_slip_opens_the_account_until_its_person_has_set_a_password(client: Client, fresh: User, security: User) -> None:
    client.force_login(security, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post("/admin/agencies/user/?first=waiting", {"action": "print_slips", "_selected_action": [fresh.pk]})
    assert "no-store" in page["Cache-Control"]
    found = re.search(r"slip-code\">([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})<", page.content.decode())
    assert found is not None
    client.logout()
    assert not sign_in(client, "li.si", "AAAA-BBBB-CCCC")
    assert sign_in(client, "li.si", found[1].lower().replace("-", " "))
    assert client.get("/workbench/").status_code == 302, "nothing is open before a password is set"
    form = client.get("/password/").content.decode()
    assert "凭条" in form
    assert "old_password" not in form
    assert client.post("/password/", {"new_password1": OWN, "new_password2": OWN}).status_code == 302
    client.logout()
    assert not sign_in(client, "li.si", found[1])
    assert sign_in(client, "li.si", OWN)
    assert "old_password" in client.get("/password/").content.decode()


def test_a_slip_is_good_for_a_fortnight_and_void_once_another_is_issued(client: Client, fresh: User, security: User) -> None:
    first = issue_slips(actor=actor_of(security), now=NOW, users=[fresh])[0]
    with time_machine.travel(NOW + dt.timedelta(days=15), tick=False):
        assert not sign_in(client, "li.si", first.code)
    with time_machine.travel(NOW + dt.timedelta(days=14), tick=False):
        assert sign_in(client, "li.si", first.code)
        client.logout()
        second = issue_slips(actor=actor_of(security), now=NOW + dt.timedelta(days=14), users=[fresh])[0]
        assert not sign_in(client, "li.si", first.code)
        assert sign_in(client, "li.si", second.code)


def test_accounts_are_locked_in_the_order_in_which_everybody_locks_them_and_printed_by_name(security: User) -> None:
    system = actor_of(make_person(office=Office.SYSTEM))
    people = [create_user(actor=system, now=NOW, username=name, name=name) for name in ("wang.wu", "an.yi")]
    with CaptureQueriesContext(connection) as asked:
        slips = issue_slips(actor=actor_of(security), now=NOW, users=people)
    (locking,) = (query["sql"] for query in asked if '"agencies_user"' in query["sql"] and "ORDER BY" in query["sql"])
    assert 'ORDER BY "agencies_user"."id" ASC' in locking
    assert ("FOR NO KEY UPDATE" in locking) is (connection.vendor == "postgresql")
    assert [slip.user.username for slip in slips] == ["an.yi", "wang.wu"]


def test_two_slips_of_one_day_are_not_the_same(fresh: User, security: User) -> None:
    first, second = (issue_slips(actor=actor_of(security), now=NOW, users=[fresh])[0] for _turn in range(2))
    assert first.code != second.code


def test_a_slip_is_on_record_without_its_code(fresh: User, security: User) -> None:
    slip = issue_slips(actor=actor_of(security), now=NOW, users=[fresh])[0]
    event = DirectoryEvent.objects.get(verb="issue_slip")
    assert event.person == fresh
    assert slip.code not in str(event.data)


def test_no_slip_takes_over_an_account_with_a_password(security: User) -> None:
    taken = make_person(password=OWN)
    with pytest.raises(Conflict):
        issue_slips(actor=actor_of(security), now=NOW, users=[taken])
    assert User.objects.get(pk=taken.pk).check_password(OWN)


@pytest.mark.parametrize("office", [Office.SYSTEM, Office.AUDIT])
def test_other_offices_issue_none(client: Client, fresh: User, office: Office) -> None:
    person = make_person(office=office)
    with pytest.raises(Forbidden):
        issue_slips(actor=actor_of(person), now=NOW, users=[fresh])
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/admin/agencies/user/", {"action": "print_slips", "_selected_action": [fresh.pk]})
    assert not DirectoryEvent.objects.filter(verb="issue_slip").exists()
