"""Compiles the message catalogues, with Babel, so that no machine needs gettext to run the product."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.reloader import translation_file_changed

ROOT = Path(__file__).resolve().parent.parent


def sources() -> list[Path]:
    """Return the catalogues of all apps."""
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_changed() -> int:
    """Compile the catalogues that are newer than what was made of them, and have this process read them.

    A process that has translated a word already keeps what it found then: on a new installation nothing.

    Returns:
        How many were compiled.
    """
    changed = 0
    for source in sources():
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parent.parent.name)
        fresh = made.with_suffix(f".{os.getpid()}")  # several processes may compile at once: each swaps in a whole file
        with fresh.open("wb") as stream:
            write_mo(stream, catalogue)
        fresh.replace(made)
        translation_file_changed(sender=None, file_path=made)
        changed += 1
    return changed
