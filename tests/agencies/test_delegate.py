import datetime as dt
from typing import Any

import pytest

from agencies.actions.deactivate_user import deactivate_user, reactivate_user
from agencies.actions.delegate import delegate
from agencies.actions.end_membership import end_membership
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.actor import Actor
from agencies.models import Agency, Delegation, DirectoryEvent, Office, Role, User
from agencies.permissions import differences, follow_the_days
from agencies.refusals import Conflict, Forbidden, Invalid, Refusal
from tests.factories.directory import NOW, actor_of, join, make_agency, make_member, make_person

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def lend(
    delegator: User, deputy: User, agency: Agency, *, by: User | None = None, start: dt.datetime | None = None, days: int = 3
) -> Delegation:
    return delegate(
        actor=actor_of(by) if by else Actor.system(),
        now=NOW,
        delegator=delegator,
        deputy=deputy,
        agency=agency,
        starts_at=start,
        ends_at=NOW + days * DAY,
        reason="出差",
    )


@pytest.fixture
def agency() -> Agency:
    return make_agency()


@pytest.fixture
def absent(agency: Agency) -> User:
    return make_member(agency, Role.REVIEWER)


@pytest.fixture
def deputy(agency: Agency) -> User:
    return make_member(agency, Role.OFFICER)


def test_the_deputy_may_what_the_absent_person_may_and_each_act_says_for_whom(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency, by=absent)
    actor = actor_of(deputy)
    assert actor.permissions[agency.pk] == {"sign_for", "report", "review"}
    assert actor.on_behalf_of("review", agency.pk) == absent.pk
    assert actor.on_behalf_of("report", agency.pk) is None
    assert actor.is_same_person(absent.pk, agency.pk)
    assert not actor.is_same_person(absent.pk, make_agency().pk)
    assert User.objects.get(pk=deputy.pk).has_perm("review", agency)


def test_it_begins_and_ends_at_its_moments_without_anybody_acting(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency, start=NOW + 2 * HOUR, days=1)
    for moment, held in ((NOW, False), (NOW + 2 * HOUR, True), (NOW + DAY - HOUR, True), (NOW + DAY, False)):
        follow_the_days(moment)
        assert follow_the_days(moment) == 0
        assert actor_of(deputy, moment).may("review", agency.pk) is held
        assert User.objects.get(pk=deputy.pk).has_perm("review", agency) is held
        assert differences(now=moment) == []


def test_an_ended_one_is_worth_nothing_even_before_its_rows_are_swept(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency)
    assert not actor_of(deputy, NOW + 4 * DAY).may("review", agency.pk)


def test_revoking_takes_it_back_at_once(agency: Agency, absent: User, deputy: User) -> None:
    delegation = lend(absent, deputy, agency)
    revoke_delegation(actor=actor_of(absent), now=NOW + HOUR, delegation=delegation)
    assert not actor_of(deputy, NOW + HOUR).may("review", agency.pk)
    assert differences(now=NOW + HOUR) == []
    with pytest.raises(Conflict):
        revoke_delegation(actor=actor_of(absent), now=NOW + 2 * HOUR, delegation=delegation)


@pytest.mark.parametrize("end", ["membership ends", "account closes"])
def test_who_leaves_lends_nothing_any_more(end: str, agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency)
    if end == "membership ends":
        end_membership(actor=Actor.system(), now=NOW, membership=absent.memberships.get())
    else:
        deactivate_user(actor=Actor.system(), now=NOW, user=absent)
    assert not actor_of(deputy).may("review", agency.pk)
    assert not User.objects.get(pk=deputy.pk).has_perm("review", agency)
    assert differences(now=NOW) == []


def test_who_comes_back_lends_again(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency)
    deactivate_user(actor=Actor.system(), now=NOW, user=absent)
    reactivate_user(actor=Actor.system(), now=NOW, user=absent)
    assert actor_of(deputy).may("review", agency.pk)


def test_a_new_role_of_the_absent_person_is_lent_too(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency)
    join(absent, agency, Role.COORDINATOR)
    assert actor_of(deputy).may("coordinate", agency.pk)


def test_what_was_lent_is_not_lent_on(agency: Agency, absent: User, deputy: User) -> None:
    third = make_member(agency)
    lend(absent, deputy, agency)
    lend(deputy, third, agency, by=deputy)
    assert not actor_of(third).may("review", agency.pk)


def test_the_right_over_people_is_never_lent(agency: Agency, deputy: User) -> None:
    head = make_member(agency, Role.HEAD)
    lend(head, deputy, agency, by=head)
    assert actor_of(deputy).permissions[agency.pk] == {"sign_for", "report", "review"}
    assert not User.objects.get(pk=deputy.pk).has_perm("administer", agency)


def test_a_role_of_ones_own_is_never_recorded_as_lent(agency: Agency, absent: User) -> None:
    colleague = make_member(agency, Role.REVIEWER)
    lend(absent, colleague, agency)
    assert actor_of(colleague).acting_for == {}


def test_only_the_absent_person_the_head_and_the_security_administrator_delegate(agency: Agency, absent: User, deputy: User) -> None:
    elsewhere = make_member(make_agency(), Role.HEAD)
    for stranger in (deputy, make_member(agency), elsewhere, make_person(office=Office.SYSTEM), make_person(office=Office.AUDIT)):
        with pytest.raises(Forbidden):
            lend(absent, deputy, agency, by=stranger)
    lend(absent, deputy, agency, by=make_member(agency, Role.HEAD))
    lend(absent, make_member(agency), agency, by=make_person(office=Office.SECURITY))


def test_a_head_does_not_make_themselves_the_deputy(agency: Agency, absent: User) -> None:
    head = make_member(agency, Role.HEAD)
    with pytest.raises(Forbidden):
        lend(absent, head, agency, by=head)


def test_what_cannot_be_delegated_is_refused_in_words(agency: Agency, absent: User, deputy: User) -> None:
    stranger, closed = make_member(make_agency()), make_member(agency)
    deactivate_user(actor=Actor.system(), now=NOW, user=closed)
    common: dict[str, Any] = {"actor": Actor.system(), "now": NOW, "agency": agency, "reason": "假", "ends_at": NOW + DAY}
    for values, error in (
        ({"delegator": absent, "deputy": absent}, Invalid),
        ({"delegator": absent, "deputy": stranger}, Conflict),
        ({"delegator": stranger, "deputy": deputy}, Conflict),
        ({"delegator": absent, "deputy": closed}, Conflict),
        ({"delegator": absent, "deputy": deputy, "reason": "  "}, Invalid),
        ({"delegator": absent, "deputy": deputy, "ends_at": NOW}, Invalid),
        ({"delegator": absent, "deputy": deputy, "starts_at": NOW + 2 * DAY}, Invalid),
    ):
        with pytest.raises(error) as refusal:
            delegate(**{**common, **values})
        assert isinstance(refusal.value, Refusal)
        assert str(refusal.value.reason)
    assert not Delegation.objects.exists()


def test_the_same_delegation_twice_at_a_time_is_refused(agency: Agency, absent: User, deputy: User) -> None:
    lend(absent, deputy, agency)
    with pytest.raises(Conflict):
        lend(absent, deputy, agency, days=1)
    lend(absent, make_member(agency), agency)


def test_either_side_revokes_and_a_stranger_does_not(agency: Agency, absent: User, deputy: User) -> None:
    delegation = lend(absent, deputy, agency)
    with pytest.raises(Forbidden):
        revoke_delegation(actor=actor_of(make_member(agency)), now=NOW, delegation=delegation)
    revoke_delegation(actor=actor_of(deputy), now=NOW, delegation=delegation)


def test_the_record_keeps_both_people_and_the_reason(agency: Agency, absent: User, deputy: User) -> None:
    revoke_delegation(actor=actor_of(absent), now=NOW, delegation=lend(absent, deputy, agency), comment="提前返回")
    given, revoked = DirectoryEvent.objects.order_by("-sequence")[:2][::-1]
    assert (given.verb, given.person, given.comment, given.data["deputy"]) == ("delegate", absent, "出差", deputy.pk)
    assert (revoked.verb, revoked.comment, revoked.data["deputy_name"]) == ("revoke_delegation", "提前返回", deputy.name)


def test_a_deputy_for_two_people_acts_for_the_right_one(agency: Agency, absent: User, deputy: User) -> None:
    coordinator = make_member(agency, Role.COORDINATOR)
    lend(absent, deputy, agency)
    lend(coordinator, deputy, agency)
    actor = actor_of(deputy)
    assert actor.on_behalf_of("review", agency.pk) == absent.pk
    assert actor.on_behalf_of("coordinate", agency.pk) == coordinator.pk
    assert actor.is_same_person(absent.pk, agency.pk)
    assert actor.is_same_person(coordinator.pk, agency.pk)


def test_of_two_who_lend_the_same_the_deputy_acts_for_the_one_who_left_last(agency: Agency, absent: User, deputy: User) -> None:
    other = make_member(agency, Role.REVIEWER)
    lend(other, deputy, agency, start=NOW - HOUR)
    lend(absent, deputy, agency, start=NOW - 2 * HOUR)
    assert actor_of(deputy).on_behalf_of("review", agency.pk) == other.pk
    assert actor_of(deputy, NOW - 90 * dt.timedelta(minutes=1)).on_behalf_of("review", agency.pk) == absent.pk
