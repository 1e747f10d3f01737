import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyUserPermission,
    Alias,
    Delegation,
    DirectoryEvent,
    DirectoryVerb,
    GroupMember,
    Membership,
    Office,
    Role,
    Succession,
    User,
)
from tests.factories.directory import make_agency, make_group, make_member, make_person

pytestmark = pytest.mark.django_db

Enter = Callable[[Office | None], Client]
OURS = [model for model in admin.site._registry if model._meta.app_label == "agencies"]
SEES: dict[type[Model], set[Office]] = {
    User: {Office.SYSTEM, Office.SECURITY},
    Agency: set(Office),
    AgencyGroup: set(Office),
    GroupMember: set(Office),
    Alias: set(Office),
    Succession: set(Office),
    Membership: {Office.SECURITY},
    Delegation: {Office.SECURITY},
    AgencyUserPermission: {Office.SECURITY},
    DirectoryEvent: {Office.AUDIT},
}
ADDS: dict[type[Model], set[Office]] = {
    User: {Office.SYSTEM},
    Agency: {Office.SYSTEM},
    AgencyGroup: {Office.SYSTEM},
    GroupMember: {Office.SYSTEM},
    Alias: {Office.SYSTEM},
    Succession: set(),
    Membership: {Office.SECURITY},
    Delegation: {Office.SECURITY},
    AgencyUserPermission: set(),
    DirectoryEvent: set(),
}


@pytest.fixture
def enter(client: Client) -> Enter:
    """Sign in as the holder of an office, or as a person with none."""

    def sign_in(office: Office | None) -> Client:
        user = make_person(office=office) if office else make_member(make_agency(), Role.HEAD)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def page(model: type[Model], kind: str, *arguments: object) -> str:
    return reverse(f"admin:agencies_{model._meta.model_name}_{kind}", args=arguments)


def texts(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"]) if response.context else ""


def test_every_model_of_the_directory_stands_in_the_table() -> None:
    assert set(OURS) == SEES.keys() == ADDS.keys()
    assert len(OURS) == 10


@pytest.mark.parametrize("office", [*Office, None])
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_an_office_sees_and_adds_what_the_table_says_and_nobody_else_anything(
    model: type[Model], office: Office | None, enter: Enter
) -> None:
    client = enter(office)
    listed, added = client.get(page(model, "changelist")), client.get(page(model, "add"))
    if office is None:
        assert (listed.status_code, added.status_code) == (302, 302)
        assert "/admin/login/" in listed.headers["Location"]
        return
    assert listed.status_code == (200 if office in SEES[model] else 403)
    assert added.status_code == (200 if office in ADDS[model] else 403)


@pytest.mark.parametrize("office", Office)
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_office_deletes_anything(model: type[Model], office: Office, enter: Enter) -> None:
    agency = make_agency()
    make_group("各厅", agency)
    Alias.objects.create(name="甲", agency=agency)
    Succession.objects.create(predecessor=agency, successor=make_agency(), effective_on=dt.date(2025, 1, 1))
    officer = make_member(agency)
    Delegation.objects.create(
        delegator=make_member(agency),
        delegate=officer,
        agency=agency,
        reason="假",
        starts_at=timezone.now(),
        ends_at=timezone.now() + dt.timedelta(1),
    )
    row = model._default_manager.first()
    assert row is not None
    client = enter(office)
    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    client.post(page(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert model._default_manager.filter(pk=row.pk).exists()


def test_the_language_is_changed_in_the_administration_itself(enter: Enter) -> None:
    client, url = enter(Office.SECURITY), reverse("admin:index")
    assert '<button type="submit" name="language" value="en"' in client.get(url).content.decode()
    assert client.post(reverse("set-language"), {"language": "en", "next": url}).headers["Location"] == url
    assert '<button type="submit" name="language" value="zh-hans"' in client.get(url).content.decode()


def test_the_system_administrator_opens_an_account_and_the_record_says_so(enter: Enter) -> None:
    client = enter(Office.SYSTEM)
    client.post(page(User, "add"), {"username": "li.si", "name": "李思", "new_password": "long-enough-for-anyone"}, follow=True)
    user = User.objects.get(username="li.si")
    assert user.check_password("long-enough-for-anyone")
    assert user.must_change_password
    assert (user.is_staff, user.office) == (False, "")
    assert DirectoryEvent.objects.filter(verb="create_user", person=user, actor__office="system").exists()


def test_a_weak_password_is_told_and_no_account_is_made(enter: Enter) -> None:
    response = enter(Office.SYSTEM).post(page(User, "add"), {"username": "li.si", "name": "李思", "new_password": "123"}, follow=True)
    assert not User.objects.filter(username="li.si").exists()
    assert response.context["errors"]
    assert 'value="李思"' in response.content.decode(), "what was typed stands in the form again"


def test_the_system_administrator_gives_no_office_even_by_a_crafted_request(enter: Enter) -> None:
    client, person = enter(Office.SYSTEM), make_person("王五")
    client.post(
        page(User, "change", person.pk), {"username": "x", "name": "王武", "office": "audit", "is_staff": "on", "is_superuser": "on"}
    )
    person.refresh_from_db()
    assert (person.name, person.office, person.is_staff, person.is_superuser) == ("王武", "", False, False)
    assert person.username != "x"


def test_the_security_administrator_gives_an_office_and_nothing_else(enter: Enter) -> None:
    client, person = enter(Office.SECURITY), make_person("王五")
    client.post(page(User, "change", person.pk), {"name": "改名", "office": "audit", "new_password": "long-enough-for-anyone"})
    person.refresh_from_db()
    assert (person.name, person.office, person.is_staff) == ("王五", "audit", True)
    assert not person.check_password("long-enough-for-anyone")


def test_a_refusal_is_told_on_the_page(enter: Enter) -> None:
    client, member = enter(Office.SECURITY), make_member(make_agency())
    response = client.post(page(User, "change", member.pk), {"office": "audit"}, follow=True)
    member.refresh_from_db()
    assert member.office == ""
    assert response.status_code == 200
    assert response.context["errors"]


def test_accounts_are_closed_by_the_system_administrator_only(enter: Enter) -> None:
    person = make_person()
    enter(Office.SECURITY).post(page(User, "changelist"), {"action": "close_accounts", "_selected_action": [person.pk]})
    assert User.objects.get(pk=person.pk).is_active
    enter(Office.SYSTEM).post(page(User, "changelist"), {"action": "close_accounts", "_selected_action": [person.pk]})
    assert not User.objects.get(pk=person.pk).is_active


def test_the_security_administrator_appoints_and_ends(enter: Enter) -> None:
    client, agency, person = enter(Office.SECURITY), make_agency(), make_person()
    today = timezone.localdate()
    client.post(
        page(Membership, "add"),
        {"user": person.pk, "agency": agency.pk, "role": "reviewer", "starts_on": (today - dt.timedelta(3)).isoformat()},
    )
    membership = Membership.objects.get()
    assert User.objects.get(pk=person.pk).has_perm("agencies.review", agency)
    client.post(page(Membership, "changelist"), {"action": "end_now", "_selected_action": [membership.pk]})
    assert not User.objects.get(pk=person.pk).has_perm("agencies.review", agency)


def test_the_security_administrator_does_not_appoint_themselves(enter: Enter) -> None:
    client, agency = enter(Office.SECURITY), make_agency()
    me = User.objects.get(office="security")
    response = client.post(
        page(Membership, "add"), {"user": me.pk, "agency": agency.pk, "role": "leader", "starts_on": "2026-01-01"}, follow=True
    )
    assert not Membership.objects.exists()
    assert response.context["errors"]
    assert 'value="2026-01-01"' in response.content.decode(), "what was typed stands in the form again"


def test_a_delegation_is_given_and_revoked(enter: Enter) -> None:
    client, agency = enter(Office.SECURITY), make_agency()
    absent, deputy = make_member(agency, Role.REVIEWER), make_member(agency)
    now, then = timezone.localtime(), timezone.localtime() + dt.timedelta(days=2)
    client.post(
        page(Delegation, "add"),
        {
            "delegator": absent.pk,
            "delegate": deputy.pk,
            "agency": agency.pk,
            "reason": "出差",
            "starts_at_0": now.date().isoformat(),
            "starts_at_1": "00:00",
            "ends_at_0": then.date().isoformat(),
            "ends_at_1": "18:00",
        },
    )
    delegation = Delegation.objects.get()
    assert User.objects.get(pk=deputy.pk).has_perm("review", agency)
    client.post(page(Delegation, "changelist"), {"action": "revoke_now", "_selected_action": [delegation.pk]})
    assert not User.objects.get(pk=deputy.pk).has_perm("review", agency)


def test_the_system_administrator_amends_an_agency_and_the_record_says_what(enter: Enter) -> None:
    client, agency = enter(Office.SYSTEM), make_agency("省审计厅")
    values = {
        "name": agency.name,
        "short_name": "审计厅",
        "kind": "department",
        "region": "",
        "parent": "",
        "position": 7,
        "starts_on": "1949-10-01",
    }
    client.post(page(Agency, "change", agency.pk), values)
    agency.refresh_from_db()
    assert (agency.short_name, agency.position) == ("审计厅", 7)
    assert DirectoryEvent.objects.get(verb=DirectoryVerb.AMEND).data["changed"]["short_name"] == ["省审计厅", "审计厅"]


@pytest.mark.parametrize("office", [Office.SECURITY, Office.AUDIT])
def test_only_the_system_administrator_amends_and_reorganises(office: Office, enter: Enter) -> None:
    client, agency = enter(office), make_agency("省审计厅")
    client.post(
        page(Agency, "change", agency.pk),
        {"name": "改", "short_name": "改", "kind": "department", "position": 1, "starts_on": "1949-10-01"},
    )
    assert client.get(page(Agency, "reorganise", agency.pk)).status_code == 403
    assert Agency.objects.get(pk=agency.pk).short_name == "省审计厅"


def test_names_and_group_members_are_kept_by_acts(enter: Enter) -> None:
    client, agency = enter(Office.SYSTEM), make_agency("省审计厅")
    client.post(page(Alias, "add"), {"name": "审计厅", "agency": agency.pk, "source": "customary"})
    client.post(page(AgencyGroup, "add"), {"name": "各厅", "region": "440000"})
    group = AgencyGroup.objects.get()
    yesterday = timezone.localdate() - dt.timedelta(days=2)
    client.post(page(GroupMember, "add"), {"group": group.pk, "agency": agency.pk, "starts_on": yesterday.isoformat()})
    assert list(group.members_on(timezone.localdate())) == [agency]
    client.post(page(GroupMember, "changelist"), {"action": "dismiss_now", "_selected_action": [GroupMember.objects.get().pk]})
    assert list(group.members_on(timezone.localdate())) == []
    client.post(page(Alias, "changelist"), {"action": "retire", "_selected_action": [Alias.objects.get().pk]})
    assert Alias.objects.get().ends_on is not None
    verbs = list(DirectoryEvent.objects.filter(actor__office="system").values_list("verb", flat=True))
    assert verbs == ["teach_alias", "establish_group", "admit", "dismiss", "retire_alias"]


def test_the_auditor_reads_a_line_and_cannot_post_to_it(enter: Enter) -> None:
    line = record(DirectoryVerb.AMEND, actor=Actor.system(), now=timezone.now(), comment="原文", note="细节")
    client = enter(Office.AUDIT)
    shown = client.get(page(DirectoryEvent, "change", line.pk))
    assert "原文" in shown.content.decode()
    assert "细节" in shown.content.decode()
    assert client.post(page(DirectoryEvent, "change", line.pk), {"comment": "改"}).status_code == 403
    assert DirectoryEvent.objects.get(pk=line.pk).comment == "原文"


def test_the_record_is_narrowed_by_time_under_a_heading_of_words(enter: Enter) -> None:
    auditor = enter(Office.AUDIT)
    for language, heading in (("en", "By time of the act"), ("zh-hans", "按时间")):
        auditor.cookies["django_language"] = language
        shown = auditor.get(page(DirectoryEvent, "changelist")).content.decode()
        assert heading in " ".join(shown.split())


def test_the_auditor_chooses_lines_by_act_in_words(enter: Enter) -> None:
    for verb in (DirectoryVerb.AMEND, DirectoryVerb.RENAME):
        record(verb, actor=Actor.system(), now=timezone.now(), comment=f"原文{verb.value}")
    shown = enter(Office.AUDIT).get(page(DirectoryEvent, "changelist"), {"verb": "rename"}).content.decode()
    assert "原文rename" in shown
    assert "原文amend" not in shown
    assert str(DirectoryVerb.DELEGATE.label) in shown


def test_a_closed_account_of_an_office_enters_nothing(enter: Enter) -> None:
    client = enter(Office.SYSTEM)
    User.objects.filter(office="system").update(is_active=False)
    assert client.get(page(User, "changelist")).status_code == 302
