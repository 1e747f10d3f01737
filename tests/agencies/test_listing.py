"""Names in one line are written as the reader's language writes them."""

from __future__ import annotations

import pytest
from django.utils import translation

from agencies.listing import listed, noted


@pytest.mark.parametrize(
    ("language", "line", "name"), [("zh-hans", "省财政厅、省科技厅", "省财政厅（2）"), ("en", "省财政厅, 省科技厅", "省财政厅 (2)")]
)
def test_names_are_listed_and_noted_with_the_marks_of_the_language(language: str, line: str, name: str) -> None:
    with translation.override(language):
        assert listed(["省财政厅", "省科技厅"]) == line
        assert noted("省财政厅", 2) == name
