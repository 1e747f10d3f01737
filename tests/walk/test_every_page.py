"""Every page that can be reached opens, in both languages, without a foreign word and without a raw key."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from lxml import html

from agencies.models import User
from tests.factories.directory import NOW
from tests.walk.crawl import LEFT_ALONE, Visit, pages
from tests.walk.demonstration import STARTS, starts_of, tell

pytestmark = pytest.mark.django_db

NO_LINK_LEADS_THERE = {
    "sign-in": "seen by who is not signed in",
    "notifications:unread": "the bell, fetched by the frame",
    "upload-progress": "a part of the page, while a document is read",
    "agency-options": "suggestions while typing",
    "agency-suggestions": "suggestions while typing",
    "ledger-press": "asked for by the form of the ledger, with the chosen rows",
    "ledger-remind": "asked for by the form of the ledger, with the chosen rows",
    "ledger-export": "a download",
    "quick-search": "what Ctrl-K finds, fetched while typing",
    "task-people": "people who can be called, while typing",
    "ledger-import-show": "shown once a sheet has been brought back",
    "todo-count": "the number in the menu, fetched by the frame",
}
"""Addresses answered to a GET that no page links to, and why."""

FOREIGN_BY_RIGHT = re.compile(
    r"docx?|pdf|html?|xlsx|csv|txt|md|markdown|UTF|GBK|GB\d*|Word|Excel|WPS|PDF|English|Duban|Celery|Redis|PostgreSQL|SQLite|IP|API|URL|ID|Ctrl|K|MB|KB|Esc|Enter|SHA-?"
)
"""Latin words that Chinese offices write too."""

IN_CHINESE_BY_RIGHT = {"中文", "抄送"}
"""The switch to the other language, and words of formal papers, which are written in Chinese."""

RAW = re.compile(r"\{\{|\}\}|\{%|%\(|<object|__proxy__|Traceback")


@pytest.fixture
def _demonstration(settings: object, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=True):
        tell(NOW)
        yield


def without_reasons(value: object) -> object:
    """Return a stored value without the reader's reasons, which pages tell in either language."""
    if isinstance(value, dict):
        return {name: without_reasons(part) for name, part in value.items() if name != "why"}
    return [without_reasons(part) for part in value] if isinstance(value, list) else value


def stored_words() -> str:
    """Return every text that is in the database: what pages may show in the language it was written in."""
    found: list[str] = []
    for model in apps.get_models():
        kinds = ("CharField", "TextField", "JSONField")
        fields = [field.attname for field in model._meta.concrete_fields if field.get_internal_type() in kinds]
        for row in model._default_manager.values_list(*fields) if fields else ():
            found += [value if isinstance(value, str) else json.dumps(without_reasons(value), ensure_ascii=False) for value in row if value]
    return "\n".join(found)


def shown_texts(document: html.HtmlElement) -> Iterator[str]:
    """Give the words of a page: its text, and what is read out or shown when pointed at."""
    for element in document.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "textarea"}:
            if element.tail:
                yield element.tail
            continue
        if element.text:
            yield element.text
        if element.tail:
            yield element.tail
        for attribute in ("title", "aria-label", "placeholder", "alt", "data-bs-title", "data-confirm"):
            if element.get(attribute) and "admin/img" not in element.get("src", ""):  # the library's own words, in English only
                yield str(element.get(attribute))


def foreign(visit: Visit, language: str, stored: str) -> Iterator[str]:
    """Give what is written on a page in the other language and is not stored."""
    pattern = r"[一-鿿]+" if language == "en" else r"[A-Za-z][A-Za-z'’-]+"
    for text in shown_texts(visit.document):
        for run in re.findall(pattern, text):
            if run in stored or run in IN_CHINESE_BY_RIGHT or (language == "zh-hans" and FOREIGN_BY_RIGHT.fullmatch(run)):
                continue
            yield f"{visit.name} ({visit.who}): {run!r} in {' '.join(text.split())[:120]!r}"


def gaps(visit: Visit, stored: str) -> Iterator[str]:
    """Give where a blank follows a Chinese colon inside a line, though nobody wrote it so: the mark brings its own."""
    for line in lines_of(visit.document):
        for found in re.finditer(r".{0,12}： .{1,12}", line):
            if found.group() in stored:
                continue
            yield f"{visit.name} ({visit.who}): {found.group()!r}"


def lines_of(document: html.HtmlElement) -> list[str]:
    """Return the lines of a page as a reader sees them: words of a link or in bold stand in their line, all else begins a new one."""
    markup = re.sub(r"\s+", " ", html.tostring(document, encoding="unicode"))
    markup = re.sub(r"<(script|style|textarea|svg|select|datalist)\b.*?</\1>", "", markup)
    markup = re.sub(r"</?(?:a|b|strong|em|span|time|small|code)\b(?![^>]*\b(?:btn|badge|light)\b)[^>]*>", "", markup)
    return [line.strip() for line in unescape(re.sub(r"<[^>]*>", "\n", markup)).split("\n")]


def named_pages(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> set[str]:
    """Return the names of the site's addresses, without the administration and the API."""
    names: set[str] = set()
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            if str(entry.pattern).startswith(("admin", "api")):
                continue
            names |= named_pages(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            names.add(prefix + entry.name)
    return names


@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("_demonstration")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_whole_in_each_language(client: Client, language: str) -> None:
    stored = stored_words()
    wrong: list[str] = []
    visited: set[str] = set()
    for who in STARTS:
        client.force_login(User.objects.get(username=who))
        for visit in pages(client, who, starts_of(who), language):
            visited.add(visit.name)
            wrong += foreign(visit, language, stored)
            wrong += gaps(visit, stored) if language == "zh-hans" else ()
            wrong += [f"{visit.name}: {text.strip()[:80]!r}" for text in shown_texts(visit.document) if RAW.search(text)]
    assert not wrong, "\n".join(sorted(set(wrong)))
    opened = visited | {name.partition(":")[0] for name in visited}
    unseen = {name for name in named_pages() if name not in opened and name.split(":")[-1] not in LEFT_ALONE}
    unlinked = [name for name in unseen - NO_LINK_LEADS_THERE.keys() if answers_a_get(client, name)]
    assert not unlinked, ", ".join(sorted(unlinked))


def answers_a_get(client: Client, name: str) -> bool:
    """Tell whether an address is a page; those that only take what a form sends are not."""
    for values in ({}, {"pk": 1}, {"pk": 1, "name": "press"}, {"token": "x"}):
        try:
            return client.get(reverse(name, kwargs=values)).status_code != HTTPStatus.METHOD_NOT_ALLOWED
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} needs an example of its address here")
