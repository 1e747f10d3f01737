"""What a first visit loads, counted in a real browser: requests, and bytes as they travel compressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from agencies.models import Role, User
from tests.factories.directory import make_member
from tests.factories.tasks import accepted_task
from tests.journeys.windows import entered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

REQUESTS, KILOBYTES = 15, 150
PACKED = ("font/", "image/png", "application/zip")


def _size(answer: Response) -> int:
    body = answer.body()
    return len(body) if answer.headers.get("content-type", "").startswith(PACKED) else len(gzip.compress(body))


def _heard(page: Page) -> list[Response]:
    """Return the list in which every answer to this window will stand."""
    answers: list[Response] = []

    def take(answer: Response) -> None:
        answers.append(answer)

    page.on("response", take)
    return answers


def _people() -> dict[str, User]:
    stage = accepted_task()
    lead = stage.leads[0]
    return {
        "officer": lead.officer,
        "reviewer": make_member(lead.agency, Role.REVIEWER),
        "coordinator": stage.coordinator,
        "leader": stage.leader,
    }


@pytest.mark.parametrize("role", ["officer", "reviewer", "coordinator", "leader"])
def test_the_first_page_is_light_and_asks_for_little(new_page: Callable[..., Page], live_server: Any, role: str) -> None:
    page = entered(new_page(), _people()[role], site=live_server.url)
    answers = _heard(page)
    page.goto("/workbench/")
    page.wait_for_load_state("networkidle")
    weight = sum(_size(answer) for answer in answers) / 1024
    listed = "\n".join(f"{_size(answer) / 1024:6.1f} KB {answer.url}" for answer in answers)
    assert len(answers) < REQUESTS, listed
    assert weight < KILOBYTES, listed


def test_the_sign_in_page_is_light_too(new_page: Callable[..., Page]) -> None:
    page = new_page()
    answers = _heard(page)
    page.goto("/sign-in/")
    page.wait_for_load_state("networkidle")
    assert len(answers) < REQUESTS
    assert sum(_size(answer) for answer in answers) < KILOBYTES * 1024
