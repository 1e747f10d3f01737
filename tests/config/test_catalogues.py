"""Message catalogues that are made while the process runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from config import catalogues

WORD = "A word that only this test knows"
CATALOGUE = f"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8"

msgid "{WORD}"
msgstr "译文"
"""


def test_a_process_that_has_spoken_already_reads_what_it_compiles(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "app" / "locale"
    (folder / "zh_Hans" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "zh_Hans" / "LC_MESSAGES" / "django.po").write_text(CATALOGUE)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    settings.LOCALE_PATHS = [folder]
    assert translation.gettext(WORD) == WORD
    assert catalogues.compile_changed() == 1
    assert translation.gettext(WORD) == "译文"
