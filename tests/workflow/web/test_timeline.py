"""The record of a task speaks in words, whatever the states are of."""

import datetime as dt

import pytest
from django.utils import translation

from workflow.models import Event, Task
from workflow.web.timeline import line_of


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (("dispatched", "closing"), "办理中 → 待销号"),
        (("collecting", "under_review"), "会签中 → 待审定"),
        (("draft", "issued"), "待签发 → 已制发"),
        (("requested", "granted"), "待批 → 已批准"),
    ],
)
def test_states_of_rounds_papers_and_requests_are_told_by_name(states: tuple[str, str], words: str) -> None:
    event = Event(
        verb="dispatch", at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), task=Task(title="健全机制"), from_state=states[0], to_state=states[1]
    )
    with translation.override("zh-hans"):
        assert line_of(event).change == words
