import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Agency, Delegation, DirectoryEvent, Membership, Office, Role, User
from tests.factories.directory import make_agency, make_member, make_person

pytestmark = pytest.mark.django_db

Enter = Callable[[User], Client]
DELEGATIONS, PEOPLE = "/delegations/", "/people/"
YES = {"confirmed": "yes"}


@pytest.fixture
def enter(client: Client) -> Enter:
    def sign_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def agency() -> Agency:
    return make_agency("省审计厅")


def local(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def lend(delegator: User, deputy: User, agency: Agency) -> Delegation:
    now = timezone.now()
    return delegate(
        actor=Actor.system(), now=now, delegator=delegator, deputy=deputy, agency=agency, ends_at=now + dt.timedelta(days=2), reason="出差"
    )


class TestDelegations:
    def test_a_reviewer_lets_a_colleague_act_and_takes_it_back(self, agency: Agency, enter: Enter) -> None:
        reviewer, colleague = make_member(agency, Role.REVIEWER, name="周敏"), make_member(agency, name="李明")
        client = enter(reviewer)
        assert "李明" in client.get(DELEGATIONS).content.decode()
        entered = {"deputy": f"{agency.pk}:{colleague.pk}", "ends_at": local(timezone.now() + dt.timedelta(days=3)), "reason": "出差"}
        assert client.post(DELEGATIONS, entered).status_code == 302
        delegation = Delegation.objects.get()
        assert User.objects.get(pk=colleague.pk).has_perm("review", agency)
        assert DirectoryEvent.objects.latest("sequence").actor == reviewer

        assert reverse("delegation-revoke", args=[delegation.pk]) in client.get(DELEGATIONS).content.decode()
        client.post(reverse("delegation-revoke", args=[delegation.pk]), YES)
        assert not User.objects.get(pk=colleague.pk).has_perm("review", agency)
        page = client.get(DELEGATIONS).content.decode()
        assert reverse("delegation-revoke", args=[delegation.pk]) not in page

    def test_nobody_of_another_agency_can_be_chosen_or_smuggled_in(self, agency: Agency, enter: Enter) -> None:
        reviewer, stranger = make_member(agency, Role.REVIEWER), make_member(make_agency(), name="外人")
        make_member(agency)
        client = enter(reviewer)
        assert "外人" not in client.get(DELEGATIONS).content.decode()
        entered = {"ends_at": local(timezone.now() + dt.timedelta(days=3)), "reason": "出差"}
        for key in (
            f"{agency.pk}:{stranger.pk}",
            f"{stranger.memberships.get().agency_id}:{stranger.pk}",
            f"{agency.pk}:{reviewer.pk}",
            "x",
        ):
            assert client.post(DELEGATIONS, {**entered, "deputy": key}).status_code == 400
        assert not Delegation.objects.exists()

    def test_a_refusal_stands_at_its_field(self, agency: Agency, enter: Enter) -> None:
        reviewer, colleague = make_member(agency, Role.REVIEWER), make_member(agency)
        entered = {"deputy": f"{agency.pk}:{colleague.pk}", "ends_at": local(timezone.now() - dt.timedelta(days=3)), "reason": "出差"}
        response = enter(reviewer).post(DELEGATIONS, entered)
        assert response.status_code == 400
        assert response.context["form"].errors["ends_at"]

    def test_a_delegation_of_others_is_not_there(self, agency: Agency, enter: Enter) -> None:
        delegation = lend(make_member(agency, Role.REVIEWER), make_member(agency), agency)
        for stranger in (make_member(make_agency(), Role.HEAD), make_member(agency), make_person(office=Office.AUDIT)):
            assert enter(stranger).post(reverse("delegation-revoke", args=[delegation.pk])).status_code == 404
        assert Delegation.objects.get().revoked_at is None

    def test_both_sides_see_it_and_each_may_end_it(self, agency: Agency, enter: Enter) -> None:
        absent, deputy = make_member(agency, Role.REVIEWER), make_member(agency)
        delegation = lend(absent, deputy, agency)
        for side in (absent, deputy):
            assert "出差" in enter(side).get(DELEGATIONS).content.decode()
        assert enter(deputy).post(reverse("delegation-revoke", args=[delegation.pk]), YES).status_code == 302

    def test_ending_one_asks_first(self, agency: Agency, enter: Enter) -> None:
        absent, deputy = make_member(agency, Role.REVIEWER, name="周敏"), make_member(agency, name="李明")
        delegation = lend(absent, deputy, agency)
        page = enter(deputy).post(reverse("delegation-revoke", args=[delegation.pk]))
        asked = page.content.decode()
        assert page.status_code == 200
        assert all(word in asked for word in ("确定立即撤销该代理？", "周敏", "李明", "出差", 'name="confirmed"', f'href="{DELEGATIONS}"'))
        assert Delegation.objects.get().revoked_at is None

    def test_who_is_alone_is_told_so(self, agency: Agency, enter: Enter) -> None:
        response = enter(make_member(agency)).get(DELEGATIONS)
        assert response.status_code == 200
        assert '<form class="card' not in response.content.decode()

    def test_the_page_costs_the_same_for_many_as_for_few(self, agency: Agency, enter: Enter) -> None:
        reviewer = make_member(agency, Role.REVIEWER)
        costs = []
        for count in (2, 12):
            for _ in range(count):
                lend(reviewer, make_member(agency), agency)
            client = enter(reviewer)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(DELEGATIONS)
            costs.append(len(queries))
        assert costs[0] == costs[1]


class TestPeople:
    def test_a_head_appoints_and_ends(self, agency: Agency, enter: Enter) -> None:
        head, person = make_member(agency, Role.HEAD), make_person("陈新")
        client = enter(head)
        entered = {"username": person.username, "agency": agency.pk, "role": "reviewer"}
        assert client.post(PEOPLE, entered).status_code == 302
        membership = Membership.objects.get(user=person)
        assert User.objects.get(pk=person.pk).has_perm("review", agency)
        assert "陈新" in client.get(PEOPLE).content.decode()
        client.post(reverse("membership-end", args=[membership.pk]), YES)
        assert not User.objects.get(pk=person.pk).has_perm("review", agency)

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.COORDINATOR, Role.LEADER])
    def test_for_everybody_else_there_is_no_such_page(self, role: Role, agency: Agency, enter: Enter) -> None:
        member = make_member(agency, role)
        client = enter(member)
        assert client.get(PEOPLE).status_code == 404
        other = make_member(agency)
        assert client.post(reverse("membership-end", args=[other.memberships.get().pk])).status_code == 404
        assert PEOPLE not in client.get(DELEGATIONS).content.decode()

    def test_a_head_reaches_neither_another_agency_nor_a_higher_role(self, agency: Agency, enter: Enter) -> None:
        other, person = make_agency(), make_person()
        elsewhere = make_member(other, name="别家人")
        coordinator = make_member(agency, Role.COORDINATOR)
        client = enter(make_member(agency, Role.HEAD))
        for values in ({"agency": other.pk, "role": "officer"}, {"agency": agency.pk, "role": "coordinator"}):
            assert client.post(PEOPLE, {"username": person.username, **values}).status_code == 400
        assert not person.memberships.exists()
        assert "别家人" not in client.get(PEOPLE).content.decode()
        assert client.post(reverse("membership-end", args=[elsewhere.memberships.get().pk])).status_code == 404
        assert client.post(reverse("membership-end", args=[coordinator.memberships.get().pk])).status_code == 403
        assert coordinator.memberships.get().ends_on is None

    def test_a_head_does_not_end_their_own_membership(self, agency: Agency, enter: Enter) -> None:
        head = make_member(agency, Role.HEAD)
        assert enter(head).post(reverse("membership-end", args=[head.memberships.get().pk])).status_code == 403

    def test_an_account_that_is_not_there_closed_or_an_office_is_answered_alike(self, agency: Agency, enter: Enter) -> None:
        closed, auditor = make_person(), make_person(office=Office.AUDIT)
        User.objects.filter(pk=closed.pk).update(is_active=False)
        client = enter(make_member(agency, Role.HEAD))
        answers = {
            str(client.post(PEOPLE, {"username": name, "agency": agency.pk, "role": "officer"}).context["form"].errors["username"])
            for name in ("nobody", closed.username, auditor.username)
        }
        assert len(answers) == 1

    def test_ending_one_asks_first(self, agency: Agency, enter: Enter) -> None:
        head, officer = make_member(agency, Role.HEAD), make_member(agency, name="李明")
        page = enter(head).post(reverse("membership-end", args=[officer.memberships.get().pk]))
        asked = page.content.decode()
        assert page.status_code == 200
        assert all(word in asked for word in ("确定立即结束该任职？", "李明", "省审计厅", 'name="confirmed"', f'href="{PEOPLE}"'))
        assert officer.memberships.get().ends_on is None
