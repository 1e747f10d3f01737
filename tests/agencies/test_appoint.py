import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm
from pytest_django import DjangoAssertNumQueries

from agencies.actions.appoint import appoint
from agencies.actions.end_membership import end_membership
from agencies.actor import Actor
from agencies.models import Agency, AgencyUserPermission, DirectoryEvent, Membership, Office, Role, Succession, User
from agencies.permissions import differences, follow_the_days, rebuild
from agencies.refusals import Conflict, Forbidden, Invalid
from tests.factories.directory import NOW, TODAY, actor_of, join, make_agency, make_member, make_person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def fresh(user: User) -> User:
    """Return the person as the next request would load them: guardian caches on the object."""
    return User.objects.get(pk=user.pk)


def test_a_role_gives_exactly_its_permissions_on_that_agency_only() -> None:
    finance, other = make_agency("省财政厅"), make_agency("省科技厅")
    officer = make_member(finance, Role.OFFICER)

    held = {code for code in ("sign_for", "report", "review", "coordinate", "administer") if fresh(officer).has_perm(code, finance)}
    assert held == {"sign_for", "report"}
    assert fresh(officer).has_perm("agencies.sign_for", finance)
    assert not fresh(officer).has_perm("agencies.sign_for", other)
    assert not fresh(officer).has_perm("agencies.sign_for")


def test_guardian_writes_and_reads_the_table_of_agencies_and_not_its_generic_one() -> None:
    agency, person = make_agency(), make_person()
    assign_perm("agencies.lead_view", person, agency)

    assert AgencyUserPermission.objects.get().content_object == agency
    assert not UserObjectPermission.objects.exists()
    assert fresh(person).has_perm("agencies.lead_view", agency)
    assert list(get_objects_for_user(person, "agencies.lead_view", Agency, accept_global_perms=False)) == [agency]
    remove_perm("agencies.lead_view", person, agency)
    assert not fresh(person).has_perm("agencies.lead_view", agency)


def test_permissions_go_with_their_agency() -> None:
    agency, person = make_agency(), make_person()
    assign_perm("agencies.lead_view", person, agency)
    agency.delete()
    assert not AgencyUserPermission.objects.exists()


def test_no_account_stands_for_nobody() -> None:
    assert not User.objects.exists()


def test_two_roles_in_one_agency_add_up_and_ending_one_leaves_the_other() -> None:
    agency = make_agency()
    person = make_member(agency, Role.REVIEWER)
    second = join(person, agency, Role.COORDINATOR)
    assert actor_of(person).permissions[agency.pk] == {"sign_for", "report", "review", "coordinate", "lead_view"}

    end_membership(actor=Actor.system(), now=NOW, membership=second)
    assert actor_of(person).permissions[agency.pk] == {"sign_for", "report", "review"}
    assert not fresh(person).has_perm("coordinate", agency)


def test_ending_at_once_takes_the_permissions_away_before_the_next_request() -> None:
    agency = make_agency()
    person = make_member(agency)
    end_membership(actor=Actor.system(), now=NOW, membership=person.memberships.get())

    assert actor_of(person).permissions == {}
    assert person.memberships.get().ends_on == TODAY - DAY


def test_a_membership_that_has_not_lasted_a_day_is_removed_and_stays_on_record() -> None:
    agency, person = make_agency(), make_person()
    membership = join(person, agency, since=TODAY)
    end_membership(actor=Actor.system(), now=NOW, membership=membership, comment="误任")

    assert not Membership.objects.exists()
    assert actor_of(person).permissions == {}
    assert list(DirectoryEvent.objects.filter(person=person).values_list("verb", flat=True)) == ["create_user", "appoint", "end_membership"]


def test_a_membership_to_come_gives_nothing_until_its_day() -> None:
    agency = make_agency()
    person = make_member(agency, since=TODAY + DAY)
    assert actor_of(person).permissions == {}

    tomorrow = NOW + DAY
    assert differences(now=NOW) == []
    assert len(differences(now=tomorrow)) == 2
    assert follow_the_days(tomorrow) == 2
    assert actor_of(person, tomorrow).permissions[agency.pk] == {"sign_for", "report"}
    assert follow_the_days(tomorrow) == 0


def test_a_sweeper_that_was_away_for_a_month_catches_up() -> None:
    agency = make_agency()
    ending, coming = make_member(agency, until=TODAY + DAY), make_member(agency, since=TODAY + 2 * DAY)
    later = NOW + 30 * DAY
    assert follow_the_days(later) == 4
    assert differences(now=later) == []
    assert (fresh(ending).has_perm("report", agency), fresh(coming).has_perm("report", agency)) == (False, True)


def test_an_expired_membership_is_worth_nothing_even_before_its_rows_are_swept() -> None:
    agency = make_agency()
    person = make_member(agency, until=TODAY)
    assert actor_of(person, NOW).permissions[agency.pk] == {"sign_for", "report"}
    assert actor_of(person, NOW + DAY).permissions == {}


def test_a_row_without_a_membership_is_worth_nothing_and_is_found() -> None:
    agency, person = make_agency("省水利厅"), make_person()
    assign_perm("agencies.coordinate", person, agency)

    assert actor_of(person).permissions == {}
    [finding] = differences(now=NOW)
    assert "coordinate" in finding
    assert "省水利厅" in finding
    rebuild(now=NOW)
    assert differences(now=NOW) == []


def test_a_permission_on_the_whole_model_is_worth_nothing_and_is_found() -> None:
    agency, person = make_agency(), make_person()
    person.user_permissions.add(Permission.objects.get(codename="coordinate", content_type__app_label="agencies"))

    assert actor_of(person).permissions == {}
    assert not fresh(person).has_perm("agencies.coordinate", agency)
    assert len(differences(now=NOW)) == 1


def test_the_record_keeps_who_was_appointed_where_and_as_what() -> None:
    agency, person = make_agency("省审计厅"), make_person("周敏")
    administrator = make_person(office=Office.SECURITY)
    appoint(actor=actor_of(administrator), now=NOW, user=person, agency=agency, role=Role.HEAD, comment="粤人函〔2026〕3号")

    event = DirectoryEvent.objects.latest("sequence")
    assert (event.verb, event.actor, event.agency, event.person) == ("appoint", administrator, agency, person)
    assert event.agency_name == agency.name
    assert event.comment == "粤人函〔2026〕3号"
    assert event.data["role"] == "head"
    assert event.data["starts_on"] == "2026-03-18"


@pytest.mark.parametrize("office", [Office.SYSTEM, Office.AUDIT])
def test_of_the_three_offices_only_security_appoints(office: Office) -> None:
    agency, person = make_agency(), make_person()
    with pytest.raises(Forbidden):
        appoint(actor=actor_of(make_person(office=office)), now=NOW, user=person, agency=agency, role=Role.OFFICER)
    assert not Membership.objects.exists()


def test_a_head_appoints_in_their_own_agency_and_not_beyond_what_they_hold() -> None:
    ours, theirs, person = make_agency(), make_agency(), make_person()
    head = actor_of(make_member(ours, Role.HEAD))

    appoint(actor=head, now=NOW, user=person, agency=ours, role=Role.REVIEWER)
    with pytest.raises(Forbidden):
        appoint(actor=head, now=NOW, user=person, agency=theirs, role=Role.OFFICER)
    with pytest.raises(Forbidden):
        appoint(actor=head, now=NOW, user=person, agency=ours, role=Role.COORDINATOR)


def test_nobody_appoints_themselves() -> None:
    agency = make_agency()
    head = make_member(agency, Role.HEAD)
    with pytest.raises(Forbidden):
        appoint(actor=actor_of(head), now=NOW, user=head, agency=agency, role=Role.REVIEWER)


def test_an_officer_appoints_nobody() -> None:
    agency, person = make_agency(), make_person()
    with pytest.raises(Forbidden):
        appoint(actor=actor_of(make_member(agency)), now=NOW, user=person, agency=agency, role=Role.OFFICER)


def test_the_same_role_twice_at_a_time_is_refused_and_again_after_a_pause_is_not() -> None:
    agency, person = make_agency(), make_person()
    join(person, agency, since=TODAY - 30 * DAY, until=TODAY - 10 * DAY)
    with pytest.raises(Conflict):
        join(person, agency, since=TODAY - 10 * DAY)
    with pytest.raises(Conflict):
        join(person, agency, since=TODAY - 40 * DAY, until=TODAY - 30 * DAY)
    join(person, agency, since=TODAY - 9 * DAY)
    join(person, agency, since=TODAY - 40 * DAY, until=TODAY - 31 * DAY)


def test_an_office_excludes_a_membership() -> None:
    with pytest.raises(Conflict):
        join(make_person(office=Office.AUDIT), make_agency())


def test_an_agency_that_is_no_more_takes_nobody_in() -> None:
    agency = make_agency(ends_on=TODAY - DAY)
    with pytest.raises(Conflict):
        join(make_person(), agency, since=TODAY)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(Invalid):
        join(make_person(), make_agency(), since=TODAY, until=TODAY - DAY)


def test_loading_an_actor_costs_one_query_whatever_they_hold(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    person = make_member(make_agency())
    for _ in range(8):
        agency = make_agency()
        join(person, agency, Role.HEAD)
        for _generation in range(3):
            older = make_agency()
            Succession.objects.create(predecessor=older, successor=agency, effective_on=TODAY)
            agency = older
    person = fresh(person)
    with django_assert_num_queries(1):
        actor = Actor.load(person, now=NOW)
    assert len(actor.past) == 24
    with django_assert_num_queries(0):
        assert len(actor.agencies_where("administer")) == 8
