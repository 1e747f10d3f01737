"""Every page and every refusal in real Chromium, in both languages at two sizes: no serious fault of accessibility, nothing wider than the
screen, no text cut; and of the pages no word on the console."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from agencies.models import User
from tests.config.test_errors import CASES
from tests.walk.crawl import Visit, pages
from tests.walk.demonstration import STARTS, starts_of, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.proof]

AXE = Path(str(distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js"))).read_text()
LEAST_PAGES = 120
NOBODY = ""
"""Who is not signed in."""

GRAVE = {"serious", "critical"}
OFFICE: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LOOK = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ["violations"], runOnly: rules});
  return found.violations.map((rule) => [rule.impact, rule.id, rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
LIBRARYS_OWN = {"aria-input-field-name", "label"}
"""Faults of the fields that Django's administration draws itself (its pickers of dates and of rows)."""

CUT = (Path(__file__).parent / "cut_text.js").read_text()
"""Gives the texts that their boxes cut off."""

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def one_of_each() -> dict[str, list[Visit]]:
    """Return, for each person, the pages that nobody before them has opened: one of each address, and of each act."""
    known, found = set[str](), dict[str, list[Visit]]()
    for who in (NOBODY, *STARTS):
        found[who] = []
        starts = starts_of(who) if who else (reverse("sign-in"),)
        for visit in pages(signed_in(who), who, starts, "zh-hans", visits=1):
            if visit.name not in known:
                known.add(visit.name)
                found[who].append(visit)
    return found


def signed_in(who: str) -> Client:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def listen_to(page: Page) -> list[str]:
    """Return the list into which a page says its errors.

    The administration's library styles inline, which the policy of the site refuses.
    """
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "/admin/" not in page.url:
            said.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    return said


def faults(page: Page, where: str) -> list[str]:
    wrong = []
    if (wider := page.evaluate(WIDER)) > 0:
        wrong.append(f"{where}: {wider} px wider than the screen")
    if not where.startswith("admin:"):
        wrong += [f"{where}: cut: {text}" for text in page.evaluate(CUT)]
    for impact, rule, html in page.evaluate(LOOK, RULES):
        if impact in GRAVE and not (rule in LIBRARYS_OWN and where.startswith("admin:")):
            wrong.append(f"{where}: {impact} {rule} {json.dumps(html, ensure_ascii=False)}")
    return wrong


def look_at(page: Page, who: str, addresses: Sequence[tuple[str, str]], site: str) -> list[str]:
    """Open pages, each by its name and path, as one person, in each language at each size; return what is wrong with them."""
    wrong: list[str] = []
    for language, first, then in (("zh-hans", OFFICE, PHONE), ("en", PHONE, OFFICE)):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        for name, path in addresses:
            if language == "en" and name.startswith("admin:"):
                continue  # the library's pages, whose shape does not depend on the language
            page.set_viewport_size(first)
            page.goto(path)
            page.evaluate(AXE)
            where = f"{name} ({who}, {language}"
            wrong += faults(page, f"{where}, {first['width']} px)")
            page.set_viewport_size(then)
            wrong += faults(page, f"{where}, {then['width']} px)")
    return wrong


def window(browser: Browser, site: str, who: str) -> Page:
    """Open a window in which somebody is signed in."""
    context = browser.new_context(base_url=site, locale="zh-CN", timezone_id="Asia/Shanghai")
    if session := signed_in(who).cookies.get("sessionid"):
        context.add_cookies([{"name": "sessionid", "value": session.value, "url": site}])
    return context.new_page()


@pytest.mark.timeout(1700)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, live_server: Any, settings: object, tmp_path: Path, figure: Callable[..., None]
) -> None:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    tell(timezone.now())
    found = one_of_each()
    count = sum(map(len, found.values()))
    assert count > LEAST_PAGES
    wrong: list[str] = []
    for who, visits in found.items():
        page = window(browser, live_server.url, who)
        said = listen_to(page)
        wrong += look_at(page, who, [(visit.name, visit.path) for visit in visits], live_server.url)
        page.context.close()
        wrong += said
    figure("Pages looked at, in both languages at two sizes", pages=count, faults=len(set(wrong)))
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.urls("tests.config.test_errors")
@pytest.mark.parametrize("who", [NOBODY, "zhang"])
def test_every_refusal_can_be_read_by_everybody(browser: Browser, live_server: Any, who: str, figure: Callable[..., None]) -> None:
    User.objects.create_user("zhang", name="张三")
    addresses = [(f"{status} {kind}", f"/fail/{kind}/") for kind, status, _words in CASES]
    page = window(browser, live_server.url, who)
    wrong = look_at(page, who, addresses, live_server.url)
    figure("Refusals looked at, in both languages at two sizes", pages=len(addresses), faults=len(wrong))
    assert not wrong, "\n".join(wrong)
