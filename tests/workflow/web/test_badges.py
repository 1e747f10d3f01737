"""Badges and choices are drawn without a template, and take no text for markup."""

from __future__ import annotations

import pytest

from workflow.web import badges

MARKUP = "<script>\"&'</script>"
QUOTED = "&lt;script&gt;&quot;&amp;&#x27;&lt;/script&gt;"


@pytest.mark.parametrize(
    ("drawn", "times"),
    [
        (badges.light(MARKUP, MARKUP), 2),
        (badges.light("", MARKUP, was_overdue=True), 1),
        (badges.state(MARKUP, MARKUP), 1),
        (badges.icon(MARKUP), 2),
        (badges.progress(5, MARKUP), 1),
        (badges.options([(MARKUP, MARKUP)], MARKUP), 2),
    ],
)
def test_no_text_becomes_markup(drawn: str, times: int) -> None:
    assert drawn.count(QUOTED) == times
    assert "<script" not in drawn


def test_the_first_choice_that_is_chosen_is_marked_and_no_other() -> None:
    drawn = badges.options([(None, "全部"), (1, "甲"), ("1", "乙"), (2, "丙")], 1)
    assert [part.partition(">")[0] for part in drawn.split("<option ")[1:]] == ['value=""', 'value="1" selected', 'value="1"', 'value="2"']
    assert badges.options([("", "全部"), (1, "甲")], None).count(" selected") == 1
