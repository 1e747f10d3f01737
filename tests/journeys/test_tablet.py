"""On a tablet, lying or standing, in English too, a task's agencies and what is red are read without scrolling sideways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories.tasks import accepted_task
from tests.journeys.windows import entered
from workflow.grants import rebuild
from workflow.models import Assignment, Task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

SIDEWAYS = """() => [...document.querySelectorAll(".table-responsive")]
    .filter((box) => box.scrollWidth > box.clientWidth)
    .map((box) => `${box.scrollWidth} in ${box.clientWidth}: ${box.querySelector("thead").textContent.trim()}`)"""
"""Lists wider than their place."""


def in_english(page: Page) -> Page:
    """Have the pages answer in English."""
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.evaluate("location.origin")}])
    return page


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024)])
def test_the_agencies_of_a_task_stand_in_full(new_page: Callable[..., Page], width: int, height: int) -> None:
    stage = accepted_task(leads=2, supporters=2)
    late = timezone.localdate() - dt.timedelta(days=20)
    Assignment.objects.filter(task=stage.task).update(due_on=late, first_due_on=late)
    page = in_english(entered(new_page(width=width, height=height), stage.coordinator))
    page.goto(reverse("task", args=[stage.task.pk]))
    expect(page.get_by_role("columnheader", name="Actions").first).to_be_in_viewport(ratio=1)
    assert page.evaluate(SIDEWAYS) == []


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024)])
def test_what_is_red_in_the_cockpit_stands_in_full(new_page: Callable[..., Page], width: int, height: int) -> None:
    stage = accepted_task(leads=2)
    late = timezone.localdate() - dt.timedelta(days=20)
    Task.objects.filter(pk=stage.task.pk).update(due_on=late, first_due_on=late)
    Assignment.objects.filter(task=stage.task).update(due_on=late, first_due_on=late)
    rebuild()
    page = in_english(entered(new_page(width=width, height=height), stage.leader))
    page.goto(reverse("cockpit"))
    red = page.locator("#red")
    expect(red.get_by_role("link", name="Instruct")).to_be_visible()
    assert red.locator(".table-responsive").evaluate("box => box.scrollWidth - box.clientWidth") <= 0
