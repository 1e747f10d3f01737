"""Names one after the other, and what is noted behind one, as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def listed(names: Iterable[object]) -> str:
    """Return names in one line: with 、 between them in Chinese, with commas in English."""
    return pgettext("between names", ", ").join(str(name) for name in names)


def gap() -> str:
    """Return what stands between two sentences, or behind a colon: a blank, and in Chinese nothing, whose marks bring their own."""
    return "" if (get_language() or "").startswith("zh") else " "


def noted(name: object, note: object) -> str:
    """Return a name with a note in brackets behind it."""
    return _("%(name)s (%(note)s)") % {"name": name, "note": note}


def said_of(name: object, words: object) -> str:
    """Return what is said of something, with its name and a colon before it."""
    return _("%(name)s: %(words)s") % {"name": name, "words": words}
