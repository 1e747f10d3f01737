"""Every text of the interface is in its app's Chinese catalogue, translated."""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from config.words_of_django import FORMS, FRAME, LISTS
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
UNLIKE_DJANGO = {
    "group": "groups of agencies, not of accounts",
    "Administration": "the name of the place where the three administrators work",
    "Remove": "it is taken out of a list, not deleted",
    "Filters": "as lists of Chinese offices say it",
    "Views": "saved views of the ledger",
    "History": "what has been changed, by whom",
    "Text": "the body of a paper",
    "Today": "formal style",
    "today": "formal style",
    "Designates whether this user should be treated as active. Unselect this instead of deleting accounts.": "what it means here",
    **dict.fromkeys(chain(FRAME, LISTS, FORMS), "as offices say it, without gaps between the words"),
} | dict.fromkeys(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "narrow columns of a calendar")
"""Words of Django that the apps translate otherwise, which changes them in the administration as well, and why that is right."""

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


def _translations(paths: Mapping[str, Path]) -> dict[tuple[str | None, str], dict[str, set[str]]]:
    """Return the context and text of each entry, with its translations and the catalogues that say so."""
    found: dict[tuple[str | None, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, path in paths.items():
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh_Hans"):
                if message.id:
                    found[message.context, _words(message.id)[0]][_words(message.string)[-1]].add(name)
    return found


def test_no_text_is_translated_in_two_ways() -> None:
    """Django merges the catalogues: of two translations one would be shown in the places of the other as well."""
    paths = {app: ROOT / app / "locale/zh_Hans/LC_MESSAGES/django.po" for app in APPS}
    found = _translations({app: path for app, path in paths.items() if path.exists()})
    assert len(found) > 1000
    assert not {original: dict(ways) for original, ways in found.items() if len(ways) > 1}


def test_words_of_django_change_their_translation_for_a_reason_only() -> None:
    """What the apps say, the administration says too: a button “Change” there would take the word of a page here."""
    ours = _translations({app: path for app in APPS if (path := ROOT / app / "locale/zh_Hans/LC_MESSAGES/django.po").exists()})
    base = Path(django.__path__[0])
    theirs = _translations({str(path): path for path in base.glob("**/locale/zh_Hans/LC_MESSAGES/django.po")})
    both = ours.keys() & theirs.keys()
    assert both
    unlike = {original for context, original in both if not ours[context, original].keys() & theirs[context, original].keys()}
    assert unlike == set(UNLIKE_DJANGO)


def test_the_sites_own_catalogue_is_swept() -> None:
    assert len(list(_catalogue("config"))) > 50
