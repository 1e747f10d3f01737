import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from agencies.actions.amend_user import amend_user, set_password
from agencies.actions.create_user import create_user
from agencies.actions.deactivate_user import deactivate_user, reactivate_user
from agencies.actions.delegate import delegate
from agencies.actions.set_office import set_office
from agencies.actor import Actor
from agencies.models import DirectoryEvent, Office, Role, User
from agencies.permissions import differences
from agencies.refusals import Conflict, Forbidden, Invalid
from tests.factories.directory import NOW, actor_of, make_agency, make_member, make_person

pytestmark = pytest.mark.django_db
GOOD = "long-enough-for-anyone"


def test_a_new_account_cannot_be_entered_until_it_has_a_password() -> None:
    user = create_user(actor=Actor.system(), now=NOW, username="zhang.san", name="张珊")
    assert not user.has_usable_password()
    assert user.must_change_password
    assert str(user) == "张珊"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "有 空格"}, "username"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"email": "不是地址"}, "email"),
        ({"password": "12345678"}, "password"),
        ({"password": "zhang.san"}, "password"),
        ({"name": "长" * 61}, "name"),
    ],
)
def test_what_is_malformed_is_refused_and_says_where(values: dict[str, str], field: str) -> None:
    entered: dict[str, Any] = {"username": "zhang.san", "name": "张珊", **values}
    with pytest.raises(Invalid) as refusal:
        create_user(actor=Actor.system(), now=NOW, **entered)
    assert refusal.value.field == field
    assert not User.objects.exists()


def test_a_user_name_is_taken_once() -> None:
    create_user(actor=Actor.system(), now=NOW, username="zhang.san", name="张珊")
    with pytest.raises(Conflict):
        create_user(actor=Actor.system(), now=NOW, username="zhang.san", name="张山")


def test_only_the_system_administrator_keeps_accounts() -> None:
    person = make_person()
    for other in (make_person(office=Office.SECURITY), make_person(office=Office.AUDIT), make_member(make_agency(), Role.HEAD)):
        actor = actor_of(other)
        with pytest.raises(Forbidden):
            create_user(actor=actor, now=NOW, username="new", name="新")
        with pytest.raises(Forbidden):
            deactivate_user(actor=actor, now=NOW, user=person)
        with pytest.raises(Forbidden):
            amend_user(actor=actor, now=NOW, user=person, name="改")
        with pytest.raises(Forbidden):
            set_password(actor=actor, now=NOW, user=person, password=GOOD)


def test_the_system_administrator_creates_no_account_with_an_office() -> None:
    with pytest.raises(Forbidden):
        create_user(actor=actor_of(make_person(office=Office.SYSTEM)), now=NOW, username="new", name="新", office=Office.SECURITY)


def test_nobody_closes_or_amends_their_own_account_or_takes_an_office() -> None:
    make_person(office=Office.SYSTEM)
    system, security = make_person(office=Office.SYSTEM), make_person(office=Office.SECURITY)
    make_person(office=Office.SECURITY)
    with pytest.raises(Forbidden):
        deactivate_user(actor=actor_of(system), now=NOW, user=system)
    with pytest.raises(Forbidden):
        set_office(actor=actor_of(security), now=NOW, user=security, office=Office.AUDIT)


def test_a_closed_account_holds_nothing_and_a_reopened_one_what_it_held() -> None:
    agency = make_agency()
    member = make_member(agency)
    administrator = actor_of(make_person(office=Office.SYSTEM))
    deactivate_user(actor=administrator, now=NOW, user=member, comment="调离")
    assert actor_of(member).permissions == {}
    assert not User.objects.get(pk=member.pk).has_perm("report", agency)
    assert differences(now=NOW) == []
    with pytest.raises(Conflict):
        deactivate_user(actor=administrator, now=NOW, user=member)

    reactivate_user(actor=administrator, now=NOW, user=member)
    assert actor_of(member).may("report", agency.pk)
    with pytest.raises(Conflict):
        reactivate_user(actor=administrator, now=NOW, user=member)


def test_a_closed_office_acts_as_nobody() -> None:
    keep, leave = make_person(office=Office.SECURITY), make_person(office=Office.SECURITY)
    deactivate_user(actor=Actor.system(), now=NOW, user=leave)
    assert actor_of(leave).office == ""
    assert actor_of(keep).office == Office.SECURITY


@pytest.mark.parametrize("office", Office)
def test_the_last_holder_of_an_office_stays_until_another_is_found(office: Office) -> None:
    last = make_person(office=office)
    with pytest.raises(Conflict):
        deactivate_user(actor=Actor.system(), now=NOW, user=last)
    with pytest.raises(Conflict):
        set_office(actor=Actor.system(), now=NOW, user=last, office=None)
    make_person(office=office)
    set_office(actor=Actor.system(), now=NOW, user=last, office=None)
    last.refresh_from_db()
    assert (last.office, last.is_staff) == ("", False)


def test_an_office_is_given_by_the_security_administrator_and_recorded() -> None:
    person = make_person()
    set_office(actor=actor_of(make_person(office=Office.SECURITY)), now=NOW, user=person, office=Office.AUDIT)
    person.refresh_from_db()
    assert (person.office, person.is_staff) == ("audit", True)
    event = DirectoryEvent.objects.latest("sequence")
    assert (event.verb, event.person, event.data) == ("set_office", person, {"before": "", "after": "audit"})


@pytest.mark.parametrize("office", [Office.SYSTEM, Office.AUDIT])
def test_no_other_office_gives_offices(office: Office) -> None:
    with pytest.raises(Forbidden):
        set_office(actor=actor_of(make_person(office=office)), now=NOW, user=make_person(), office=Office.AUDIT)


def test_neither_a_member_now_or_later_nor_a_deputy_holds_an_office() -> None:
    agency = make_agency()
    now_member = make_member(agency, Role.REVIEWER)
    later = make_member(agency, since=NOW.date() + dt.timedelta(days=30))
    former = make_member(agency, until=NOW.date() - dt.timedelta(days=1))
    for person in (now_member, later):
        with pytest.raises(Conflict):
            set_office(actor=Actor.system(), now=NOW, user=person, office=Office.AUDIT)
    set_office(actor=Actor.system(), now=NOW, user=former, office=Office.AUDIT)

    deputy = make_member(agency, until=NOW.date())
    delegate(
        actor=Actor.system(),
        now=NOW,
        delegator=now_member,
        deputy=deputy,
        agency=agency,
        ends_at=NOW + dt.timedelta(days=5),
        reason="假",
    )
    tomorrow = NOW + dt.timedelta(days=1)
    with pytest.raises(Conflict):
        set_office(actor=Actor.system(), now=tomorrow, user=deputy, office=Office.AUDIT)


def test_a_closed_account_receives_no_office() -> None:
    person = make_person()
    deactivate_user(actor=Actor.system(), now=NOW, user=person)
    with pytest.raises(Conflict):
        set_office(actor=Actor.system(), now=NOW, user=person, office=Office.AUDIT)


def test_an_office_holder_who_was_slipped_a_membership_holds_nothing_and_is_found() -> None:
    agency, auditor = make_agency(), make_person(office=Office.AUDIT)
    auditor.memberships.create(agency=agency, role=Role.LEADER, starts_on=NOW.date())
    assert actor_of(auditor).permissions == {}
    assert len(differences(now=NOW)) == 1


def test_amending_says_what_changed_and_keeps_addresses_out_of_the_record() -> None:
    person = make_person("张山")
    amend_user(actor=Actor.system(), now=NOW, user=person, name="张珊", phone="13800000000", email="z@example.cn")
    person.refresh_from_db()
    assert (person.name, person.phone, person.email) == ("张珊", "13800000000", "z@example.cn")
    event = DirectoryEvent.objects.latest("sequence")
    assert event.data == {"changed": ["email", "name", "phone"]}
    amend_user(actor=Actor.system(), now=NOW, user=person, name="张珊")
    assert DirectoryEvent.objects.latest("sequence") == event


def test_a_password_that_was_given_must_be_changed() -> None:
    person = make_person()
    set_password(actor=actor_of(make_person(office=Office.SYSTEM)), now=NOW, user=person, password=GOOD)
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert person.must_change_password
    event = DirectoryEvent.objects.latest("sequence")
    assert event.verb == "set_password"
    assert GOOD not in str(event.data)


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "values",
        [
            {"is_superuser": True},
            {"is_staff": True},
            {"office": "audit"},
            {"office": "emperor", "is_staff": True},
        ],
        ids=["a superuser", "staff without an office", "an office without staff", "an unknown office"],
    )
    def test_an_account_above_or_beside_the_offices(self, values: dict[str, object]) -> None:
        person = make_person()
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=person.pk).update(**values)

    def test_a_superuser_by_the_usual_road(self) -> None:
        with pytest.raises(PermissionDenied):
            User.objects.create_superuser("root", password=GOOD)
        assert not User.objects.exists()


class TestTheFirstAdministrators:
    @pytest.fixture(autouse=True)
    def _password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUBAN_PASSWORD", GOOD)

    def test_are_made_by_a_command(self) -> None:
        for office in Office.values:
            call_command("create_administrator", office, username=f"the.{office}", name="某某", stdout=StringIO())
        assert {user.office: user.is_staff for user in User.objects.all()} == dict.fromkeys(Office.values, True)
        assert User.objects.filter(username="the.audit").get().check_password(GOOD)

    def test_are_refused_with_the_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUBAN_PASSWORD", "1234")
        with pytest.raises(CommandError) as refusal:
            call_command("create_administrator", "audit", username="the.audit", name="某某", stdout=StringIO())
        assert str(refusal.value)
        assert not User.objects.exists()


def test_nobody_signed_in_holds_no_permission() -> None:
    assert not AnonymousUser().has_perm("agencies.report", make_agency())
