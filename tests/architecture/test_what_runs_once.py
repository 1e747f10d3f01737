"""Which tests `make test` runs on one database only: those that ask for none, neither themselves nor through what they use."""

from __future__ import annotations

import pytest

from tests.conftest import needs_no_database


@pytest.fixture
def through_another(db: None) -> None:
    """Ask for the database on behalf of a test."""


def test_who_asks_for_nothing_runs_once(request: pytest.FixtureRequest) -> None:
    assert needs_no_database(request.node)
    assert ("database", "none") in request.node.user_properties


@pytest.mark.django_db
def test_who_is_marked_runs_twice(request: pytest.FixtureRequest) -> None:
    assert not needs_no_database(request.node)
    assert request.node.user_properties == []


@pytest.mark.usefixtures("through_another")
def test_who_asks_through_a_fixture_runs_twice(request: pytest.FixtureRequest) -> None:
    assert not needs_no_database(request.node)
