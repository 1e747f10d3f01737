"""Who an agency is today: followed for as long as exactly one comes after another."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.heirs import Ways, heirs_of
from agencies.models import Agency, Succession
from tests.factories.directory import TODAY, make_agency

pytestmark = pytest.mark.django_db


def ended(agency: Agency, *successors: Agency) -> None:
    """End an agency, with those that follow it."""
    Agency.objects.filter(pk=agency.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    Succession.objects.bulk_create(
        Succession(predecessor=agency, successor=successor, effective_on=TODAY, basis="方案") for successor in successors
    )


def test_a_line_is_followed_to_its_end_and_who_parts_has_no_heir() -> None:
    first, second, third, other, alone = (make_agency() for _ in range(5))
    ended(first, second)
    ended(second, third)
    ended(alone)
    ids = {agency.pk for agency in (first, second, third, alone)}
    assert heirs_of(ids, TODAY) == {first.pk: third.pk, second.pk: third.pk, alone.pk: None}
    ended(third, other, make_agency())
    assert heirs_of({first.pk, third.pk}, TODAY) == {first.pk: None, third.pk: None}
    assert Ways(TODAY).last(first.pk) == (third.pk, True), "statistics count it under the last one before the way parts"
    assert heirs_of(ids, TODAY - dt.timedelta(days=1)) == {}, "nobody had ended yet"


def test_successions_in_a_circle_end() -> None:
    first, second = make_agency(), make_agency()
    ended(first, second)
    ended(second, first)
    assert set(heirs_of({first.pk, second.pk}, TODAY)) == {first.pk, second.pk}
