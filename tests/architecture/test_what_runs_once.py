"""Which tests `make test` runs on one database only, and which files it begins with, read from what a test asks for."""

from __future__ import annotations

import pytest

from tests.conftest import needs_no_database, starts_processes


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


@pytest.fixture
def browser() -> str:
    """Bear the name of the real one, as a plain client of a test of pages does."""
    return "a client"


@pytest.fixture
def window(_playwright: object) -> object:
    """Ask for what drives browsers on behalf of a test."""
    return _playwright


@pytest.mark.usefixtures("browser")
def test_what_is_only_called_a_browser_is_not_begun_early(request: pytest.FixtureRequest) -> None:
    assert not starts_processes(request.node)


@pytest.mark.usefixtures("window")
def test_what_drives_a_browser_is_begun_early(request: pytest.FixtureRequest) -> None:
    assert starts_processes(request.node)
