"""A preview of many firings: by week, day and rung, each with its count."""

from __future__ import annotations

import datetime as dt

from workflow.actions.standing import Standing
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES, Firing, Planned, Subject
from workflow.web.dispatch.firings import NAMED, firings_of


def standing(number: int) -> Standing:
    """Return a part of which only the name matters."""
    return Standing(
        pk=number,
        task_id=number,
        plan_id=None,
        issuer_id=1,
        agency_id=number,
        officer_id=None,
        due_on=None,
        task_name=f"事项{number}",
        task_title=f"事项{number}",
        agency_name=f"单位{number}",
        agency_short_name=f"单位{number}",
        is_lead=True,
        subject=Subject(f"assignment:{number}"),
    )


def test_many_firings_are_a_line_a_week_with_their_counts() -> None:
    monday = dt.date(2026, 3, 16)
    rungs = {rung.code: rung for rung in DEFAULT_LADDER}
    parts = [standing(number) for number in range(50)]
    days = {"due_soon": 0, "warning": 4, "overdue": 7}
    planned = [
        (Planned(monday + dt.timedelta(days=day), Firing(rungs[code], part.subject.ref, monday, "1")), part)
        for code, day in days.items()
        for part in parts
    ]
    found = firings_of(planned)
    assert [(week.first, week.last, week.count) for week in found.weeks] == [
        (monday, monday + dt.timedelta(days=4), 100),
        (monday + dt.timedelta(days=7), monday + dt.timedelta(days=7), 50),
    ]
    assert found.weeks[0].sums == [(RUNG_NAMES["due_soon"], 50), (RUNG_NAMES["warning"], 50)]
    assert [(told.on, told.count, len(told.parts), told.more) for told in found.weeks[0].told] == [
        (monday, 50, NAMED, 50 - NAMED),
        (monday + dt.timedelta(days=4), 50, NAMED, 50 - NAMED),
    ]
    assert not found.is_short
