"""Seats are read as they stand at the moment, whatever grants are still on record."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Agency, Delegation, Membership, Role, User
from agencies.seats import seats_of
from tests.factories.directory import NOW, TODAY, make_agency, make_member

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_a_membership_or_an_agency_that_has_ended_or_not_begun_gives_no_seat() -> None:
    agency = make_agency()
    member = make_member(agency, Role.OFFICER)
    assert [row[0] for row in seats_of(member.pk, now=NOW).seated] == [agency.pk]
    for model, days in (
        (Membership, {"starts_on": TODAY + DAY}),
        (Membership, {"ends_on": TODAY - DAY}),
        (Agency, {"ends_on": TODAY - DAY}),
    ):
        kept = model.objects.values(*days).get(pk=agency.pk if model is Agency else member.memberships.get().pk)
        rows = model.objects.filter(pk=agency.pk if model is Agency else member.memberships.get().pk)
        rows.update(**days)
        assert seats_of(member.pk, now=NOW).seated == []
        rows.update(**kept)


def test_what_is_lent_ends_with_its_days_with_its_revocation_and_with_the_account() -> None:
    agency = make_agency()
    absent, deputy = make_member(agency, Role.HEAD), make_member(agency, Role.OFFICER)
    delegate(
        actor=Actor.system(), now=NOW, delegator=absent, deputy=deputy, agency=agency, starts_at=None, ends_at=NOW + 3 * DAY, reason="出差"
    )
    assert seats_of(deputy.pk, now=NOW).lent == [(agency.pk, absent.pk)]
    assert seats_of(deputy.pk, now=NOW + 3 * DAY).lent == []
    assert seats_of(deputy.pk, now=NOW - DAY).lent == []
    Delegation.objects.update(revoked_at=NOW)
    assert seats_of(deputy.pk, now=NOW).lent == []
    Delegation.objects.update(revoked_at=None)
    User.objects.filter(pk=absent.pk).update(is_active=False)
    assert seats_of(deputy.pk, now=NOW).lent == []
