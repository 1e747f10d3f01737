"""Every text of the interface is in its app's Chinese catalogue, translated."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.architecture.sources import APPS, ROOT, relative

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)\d*[sd]|\{\w*\}|%[sd]")
LATIN = re.compile(r"[A-Za-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WITHOUT_CHINESE = {"Email", "API", "SHA-256"}


def _texts(path: Path) -> Iterator[tuple[str, str | None]]:
    """Return the texts of a file with their contexts, as the collector of Django would."""
    source = path.read_text()
    if path.suffix == ".html":
        # What is not a text to translate is blanked out, but its indentation stays and would trip the reader of Python.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                yield first, context


def _catalogue(app: str) -> Catalog:
    path = ROOT / app / "locale/zh_Hans/LC_MESSAGES/django.po"
    if not path.exists():
        return Catalog()
    with path.open("rb") as stream:
        return read_po(stream, locale="zh_Hans")


def _words(value: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Return the forms of a text: one, or one for each grammatical number."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _files(app: str) -> list[Path]:
    folder = ROOT / app
    inside = (path for path in sorted(folder.rglob("*")) if "documents" not in path.relative_to(ROOT).parts)
    return [path for path in inside if path.suffix in {".py", ".html", ".txt"}]


@pytest.mark.parametrize("app", APPS)
def test_every_text_is_in_the_catalogue(app: str) -> None:
    catalogue = _catalogue(app)
    files = _files(app)
    assert files
    absent = {
        f"{relative(path)}: {text}"
        for path in files
        if path.suffix in {".py", ".html"}
        for text, context in _texts(path)
        if catalogue.get(text, context) is None
    }
    assert not absent


@pytest.mark.parametrize("app", APPS)
def test_every_entry_is_translated_and_none_is_a_guess(app: str) -> None:
    entries = [message for message in _catalogue(app) if message.id]
    assert not [message.id for message in entries if not _words(message.string) or not all(_words(message.string))]
    assert not [message.id for message in entries if message.fuzzy]
    words = {message.id: PLACEHOLDER.sub("", "".join(_words(message.string))) for message in entries}
    in_english = [original for original, rest in words.items() if LATIN.search(rest) and not CHINESE.search(rest)]
    assert not [original for original in in_english if original not in WITHOUT_CHINESE]


@pytest.mark.parametrize("app", APPS)
def test_translations_keep_the_placeholders(app: str) -> None:
    broken = []
    for message in _catalogue(app):
        originals, translations = _words(message.id), _words(message.string)
        wanted = set().union(*map(_placeholders, originals))
        is_plural = len(originals) > 1
        for text in translations:
            kept = _placeholders(text)
            if not (kept <= wanted if is_plural else kept == wanted):
                broken.append(message.id)
    assert not broken


def test_the_sites_own_catalogue_is_swept() -> None:
    assert len(list(_catalogue("config"))) > 50
