"""What PostgreSQL holds by itself, beneath the checks of the actions; and two people acting at once."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.actions.set_office import set_office
from agencies.actor import Actor
from agencies.models import GroupMember, Membership, Office, Role, User
from agencies.permissions import differences
from agencies.refusals import Conflict
from tests.factories.directory import NOW, TODAY, join, make_agency, make_group, make_member, make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


def test_a_role_is_never_held_twice_at_a_time() -> None:
    agency = make_agency()
    person = make_member(agency, since=TODAY - 10 * DAY, until=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, agency=agency, role=Role.OFFICER, starts_on=TODAY)
    Membership.objects.create(user=person, agency=agency, role=Role.OFFICER, starts_on=TODAY + DAY)
    Membership.objects.create(user=person, agency=agency, role=Role.REVIEWER, starts_on=TODAY)


def test_an_agency_is_never_twice_in_a_group_at_a_time() -> None:
    agency = make_agency()
    group = make_group("各厅", agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, agency=agency, starts_on=TODAY)


def race(*acts: Callable[[], object]) -> list[str]:
    """Let acts meet; return how each ended."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=30)
            act()
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.parametrize("attempt", range(15))
def test_of_an_office_and_a_membership_given_at_once_one_is_refused(attempt: int) -> None:
    agency, person = make_agency(), make_person()
    ends = race(
        lambda: join(person, agency, since=TODAY),
        lambda: set_office(actor=Actor.system(), now=NOW, user=person, office=Office.AUDIT),
    )
    assert ends == ["conflict", "done"]
    assert bool(User.objects.get(pk=person.pk).office) != person.memberships.exists()
    assert differences(now=NOW) == []


@pytest.mark.parametrize("attempt", range(15))
def test_of_the_same_role_given_twice_at_once_one_is_refused(attempt: int) -> None:
    agency, person = make_agency(), make_person()
    assert race(*[lambda: join(person, agency)] * 4) == ["conflict"] * 3 + ["done"]
    assert person.memberships.count() == 1
    assert differences(now=NOW) == []


@pytest.mark.parametrize("attempt", range(15))
def test_of_the_last_two_holders_of_an_office_one_stays(attempt: int) -> None:
    first, second = make_person(office=Office.SECURITY), make_person(office=Office.SECURITY)
    ends = race(
        lambda: set_office(actor=Actor.system(), now=NOW, user=first, office=None),
        lambda: set_office(actor=Actor.system(), now=NOW, user=second, office=None),
    )
    assert ends == ["conflict", "done"]
    assert User.objects.filter(office=Office.SECURITY).count() == 1
