"""Every address asks for a sign-in, every template parses, everything vendored is what it was."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.menu import MENU
from tests.architecture.sources import ROOT, relative, templates

OPEN = {"/sign-in/", "/language/", "/health/", "/healthz/", "/admin/login/"}
"""What may be seen without a sign-in."""

SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Return an example of each address of the site."""
    for entry in resolver.url_patterns:
        route = str(entry.pattern).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "1"), route)
        route = re.sub(r"\(\?P<\w+>[^)]*\)(?:\)\?)?", "1", route).replace("\\.", ".").replace("/?", "/").replace("\\", "")
        if isinstance(entry, URLPattern):
            yield before + route
        else:
            yield from _addresses(entry, before + route)


def test_every_address_asks_for_a_sign_in(db: None, client: Client) -> None:
    addresses = sorted(set(_addresses(get_resolver())))
    assert len(addresses) > 10
    client.raise_request_exception = False
    unguarded = []
    for address in addresses:
        response = client.get(address)
        if response.status_code == 302 and response["Location"].startswith(("/sign-in/", "/admin/login/")):
            continue
        if response.status_code in {401, 403, 404, 405}:
            continue
        unguarded.append(f"{address} {response.status_code}")
    assert {entry.split()[0] for entry in unguarded} <= OPEN
    assert len(OPEN) <= 5


def test_the_administration_has_no_sign_in_of_its_own(db: None, client: Client) -> None:
    response = client.get("/admin/login/", {"next": "/admin/"})
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/admin/"


def test_the_open_pages_are_open(db: None, client: Client) -> None:
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/health/").status_code == 200


def test_every_template_parses() -> None:
    assert engines["django"]
    names = [str(path.relative_to(next(parent for parent in path.parents if parent.name == "templates"))) for path in templates()]
    assert len(names) > 20
    for name in names:
        get_template(name)


@pytest.mark.parametrize(
    "forbidden", [r"\sstyle=", r"\son(click|change|submit|load|input)=", r"<script(?![^>]*(src=|nonce=|json))", "javascript:"]
)
def test_no_template_breaks_the_content_security_policy(forbidden: str) -> None:
    pages = [path for path in templates() if path.name != "email.html"]  # what leaves by mail knows no policy, and no style sheet
    assert pages
    found = [relative(path) for path in pages if re.search(forbidden, path.read_text())]
    assert not found


def test_no_template_names_another_site() -> None:
    outside = [relative(path) for path in templates() if re.search(r"""(src|href)=["']https?://""", path.read_text())]
    assert not outside


def test_every_icon_that_is_drawn_is_in_the_sprite() -> None:
    sprite = (ROOT / "config/static/vendor/icons/icons.svg").read_text()
    drawn = {item.icon for item in MENU}
    for path in templates():
        drawn |= set(re.findall(r'(?:{% icon |icon=)"([a-z0-9-]+)"', path.read_text()))
    assert len(drawn) > 10
    assert not {name for name in drawn if f'id="{name}"' not in sprite}


def test_every_component_that_is_drawn_exists() -> None:
    drawn = {name for path in templates() for name in re.findall(r"<c-([a-z-]+)", path.read_text())} - {"vars", "slot"}
    assert len(drawn) > 10
    assert not {name for name in drawn if not (ROOT / f"config/templates/cotton/{name.replace('-', '_')}.html").exists()}


def test_the_vendored_files_are_what_was_fetched() -> None:
    vendor = ROOT / "config/static/vendor"
    lines = [line.split(maxsplit=1) for line in (vendor / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    present = {f"./{path.relative_to(vendor)}" for path in vendor.rglob("*") if path.is_file()} - {"./SHA256SUMS", "./README.md"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256(Path(vendor / name).read_bytes()).hexdigest() == digest, name
