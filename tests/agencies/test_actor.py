import datetime as dt

import pytest

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Agency, Role, Succession
from tests.factories.directory import NOW, TODAY, actor_of, join, make_agency, make_member

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def follows(successor: Agency, *predecessors: Agency, on: dt.date = TODAY) -> None:
    for predecessor in predecessors:
        Succession.objects.create(predecessor=predecessor, successor=successor, effective_on=on)


def test_who_sits_in_a_successor_looks_back_through_all_generations_and_no_further() -> None:
    eldest, elder, other, agency, stranger = (make_agency() for _ in range(5))
    follows(agency, elder)
    follows(elder, eldest)
    follows(stranger, other)
    assert actor_of(make_member(agency)).past == {elder.pk: {"look_back"}, eldest.pk: {"look_back"}}
    assert actor_of(make_member(elder)).past == {eldest.pk: {"look_back"}}


def test_who_oversees_a_successor_oversees_what_predecessors_issued_whichever_way_leads_there() -> None:
    eldest, elder, agency = make_agency(), make_agency(), make_agency()
    officer = make_member(agency)
    follows(agency, elder, eldest)
    follows(elder, eldest)
    join(officer, elder, Role.COORDINATOR)
    past = actor_of(officer).past
    assert past[eldest.pk] == {"look_back", "lead_view"}
    assert past[elder.pk] == {"look_back"}


def test_a_succession_to_come_shows_nothing_before_its_day() -> None:
    elder, eldest, agency = make_agency(), make_agency(), make_agency()
    member = make_member(agency)
    follows(agency, elder)
    follows(elder, eldest, on=TODAY + DAY)
    assert set(actor_of(member).past) == {elder.pk}
    assert set(actor_of(member, NOW + DAY).past) == {elder.pk, eldest.pk}


def test_successions_in_a_circle_end() -> None:
    elder, agency = make_agency(), make_agency()
    follows(agency, elder)
    follows(elder, agency)
    assert set(actor_of(make_member(agency)).past) == {elder.pk, agency.pk}


def test_what_a_deputy_holds_reaches_back_as_far_as_the_absent_persons() -> None:
    elder, agency = make_agency(), make_agency()
    follows(agency, elder)
    absent, deputy = make_member(agency, Role.COORDINATOR), make_member(agency)
    delegate(
        actor=Actor.system(), now=NOW, delegator=absent, deputy=deputy, agency=agency, starts_at=None, ends_at=NOW + DAY, reason="出差"
    )
    assert actor_of(deputy).past == {elder.pk: {"look_back", "lead_view"}}
    assert actor_of(deputy, NOW + DAY).past == {elder.pk: {"look_back"}}
