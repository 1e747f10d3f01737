"""On a phone each row of a table stands as a card whose labels have a column of their own; on a tablet nothing leaves its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from tests.factories.editions import adopt, effects, make_office, next_edition, running_plan
from tests.factories.tasks import dispatched_task
from tests.journeys.windows import entered
from workflow.models import Task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

BELOW_THEIR_LABEL = """() => [...document.querySelectorAll("td[data-label]")].flatMap((cell) => {
    const label = parseFloat(getComputedStyle(cell, "::before").width);
    const edge = cell.getBoundingClientRect().left + label;
    const shown = [...cell.querySelectorAll("*")].filter((part) => part.getClientRects().length && !part.closest(".visually-hidden"));
    return shown.filter((part) => part.getBoundingClientRect().left < edge).map((part) => `${cell.dataset.label}: ${part.textContent}`);
})"""
"""What of a cell begins left of where its label ends."""

SAID_TWICE = """() => [...document.querySelectorAll("td[data-label]")].flatMap((cell) => {
    const seen = cell.cloneNode(true);
    seen.querySelectorAll(".visually-hidden").forEach((part) => part.remove());
    return seen.textContent.includes(cell.dataset.label) ? [seen.textContent.trim()] : [];
})"""
"""Cells that say their label again."""


def test_what_a_row_says_stands_beside_its_label_which_is_said_once(new_page: Callable[..., Page]) -> None:
    office = make_office()
    plan = running_plan(office)
    upload = next_edition(office)
    left = effects(plan, upload)
    after = adopt(office, plan, upload, without=frozenset(one.key for one in left)).plan
    page = entered(new_page(width=390, height=844), office.coordinator)
    for address in ("plan-left", "plan-ladder"):
        page.goto(reverse(address, args=[after.pk]))
        assert page.locator("td[data-label]").count() > 2
        assert page.evaluate(BELOW_THEIR_LABEL) == []
        assert page.evaluate(SAID_TWICE) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_long_binding_text_can_be_scrolled_with_the_keyboard(new_page: Callable[..., Page]) -> None:
    stage = dispatched_task()
    Task.objects.filter(pk=stage.task.pk).update(text="完善全国性资本要素交易平台的制度和规则。" * 60)
    page = entered(new_page(width=390, height=844), stage.coordinator)
    page.goto(reverse("task", args=[stage.task.pk]))
    text = page.get_by_role("region", name="办理要求")
    assert text.evaluate("box => box.scrollHeight > box.clientHeight"), "nothing to scroll"
    assert text.get_attribute("tabindex") == "0", "not every browser lets the keyboard into a box that scrolls"
    text.focus()
    page.keyboard.press("End")
    page.wait_for_function("box => box.scrollTop > 0", arg=text.element_handle())


LIGHTS_OUT_OF_THEIR_DAY = """() => [...document.querySelectorAll(".day .light")]
    .filter((light) => light.getBoundingClientRect().right > light.closest(".day").getBoundingClientRect().right + 0.5)
    .map((light) => light.textContent.trim())"""


def test_the_longest_light_stays_within_its_day_of_the_calendar_on_a_tablet_in_english(new_page: Callable[..., Page]) -> None:
    stage = dispatched_task(due_on=timezone.localdate() + dt.timedelta(days=1))
    page = entered(new_page(width=768, height=1024), stage.coordinator)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.evaluate("location.origin")}])
    page.goto(reverse("calendar"))
    assert page.locator(".day .light", has_text="Due very soon").count() > 0, page.locator(".day .light").all_text_contents()
    assert page.evaluate(LIGHTS_OUT_OF_THEIR_DAY) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 768
