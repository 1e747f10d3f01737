"""Windows of people who are signed in already: the journeys here are about what comes after the sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Page

from agencies.models import User


def entered(page: Page, user: User, *, site: str = "") -> Page:
    """Give a window the session of a person.

    Args:
        page: the window.
        user: the person.
        site: its address; without it the sign-in page is opened to learn it, which fills the browser's store of files.
    """
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if not site:
        page.goto("/sign-in/")
        address = urlsplit(page.url)
        site = f"{address.scheme}://{address.netloc}"
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page
