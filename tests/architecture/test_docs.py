"""The documentation leads where it says, and every page of it can be found."""

from __future__ import annotations

import re
from importlib.util import find_spec

from django.core.management import get_commands
from django.urls import Resolver404, resolve

from tests.architecture.sources import ROOT, relative


def test_every_link_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    assert len(pages) > 8
    links = [(page, target) for page in pages for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())]
    inside = [(page, target) for page, target in links if not target.startswith(("http", "mailto:"))]
    assert inside
    broken = [f"{relative(page)} → {target}" for page, target in inside if not (page.parent / target).exists()]
    assert not broken


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert len(pages) > 5
    assert not {name for name in pages if f"({name})" not in index}


def test_the_commands_that_the_readme_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()))
    assert {"run", "test", "check"} <= named
    assert not {name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)}


def test_every_setting_is_in_the_documentation() -> None:
    settings = set(re.findall(r'"(DUBAN_[A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    text = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    assert len(settings) > 15
    assert not {name for name in settings if name not in text}


def said_anywhere(pattern: str) -> set[str]:
    """Return what the README and the documentation say in a form."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {found for page in pages for found in re.findall(pattern, page.read_text())}


def test_every_command_that_the_documentation_names_exists() -> None:
    commands, modules = said_anywhere(r"\bmanage\.py ([a-z_]+)"), said_anywhere(r"python -m ([a-z_.]+[a-z])")
    assert len(commands) > 10
    assert not commands - set(get_commands())
    assert modules
    assert not {name for name in modules if find_spec(name) is None}


def test_every_address_that_the_documentation_names_leads_somewhere() -> None:
    addresses = said_anywhere(r"`(?:[A-Z]+ )?(/[a-z0-9_<>/-]+/)`") - {"/api/", "/api/v1/"}
    assert len(addresses) > 15
    assert not {address for address in addresses if not (_leads(address) or _leads(f"/api/v1{address}"))}


def _leads(address: str) -> bool:
    try:
        resolve(address.replace("<name>", "press").replace("<id>", "1"))
    except Resolver404:
        return False
    return True
