"""The database sorts into the very lights that the pages show."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.models import Agency
from oversight.lights import COLOURS, Lights
from tests.factories.directory import TODAY
from tests.factories.tasks import dispatched_task
from workflow.deadlines import ChineseCalendar
from workflow.deadlines.calendar import SHANGHAI
from workflow.lights import assignment_light, task_light
from workflow.models import Assignment, Task

pytestmark = pytest.mark.django_db

LENGTHS = (0, 3, 13, 14, 15, 16, 28, 40, 44, 60, 110, 130, 140, 400)
"""Days between assignment and due date, on both sides of every threshold."""
DAYS = [TODAY, dt.date(2026, 2, 14), dt.date(2026, 9, 30), dt.date(2026, 3, 21)]
"""A Wednesday, a make-up Saturday before the Spring Festival, the eve of the National Day, a Saturday."""


def moments(today: dt.date) -> list[tuple[dt.date, dt.datetime]]:
    return [
        (due_on, dt.datetime.combine(due_on - dt.timedelta(days=length), dt.time(hour, 30), tzinfo=SHANGHAI))
        for length in LENGTHS
        for ahead in range(-3, 34)
        for hour in (0, 23)
        for due_on in [today + dt.timedelta(days=ahead)]
    ]


@pytest.mark.parametrize("today", DAYS)
def test_parts_are_sorted_into_the_light_that_their_page_shows(today: dt.date) -> None:
    stage = dispatched_task(leads=1, supporters=0)
    agencies = Agency.objects.bulk_create(Agency(name=f"机构{n}", short_name=f"机构{n}") for n, _moment in enumerate(moments(today)))
    Assignment.objects.bulk_create(
        Assignment(
            task=stage.task, agency=agency, part="support", rank=9, due_on=due_on, assigned_at=at, hand_back_until=due_on, moved_at=at
        )
        for agency, (due_on, at) in zip(agencies, moments(today), strict=True)
    )
    lights = Lights(today, ChineseCalendar())
    rows = Assignment.objects.select_related("task").prefetch_related("extensions").annotate(severity=lights.severity())
    shown = {row.pk: assignment_light(row, today, lights.calendar, lights.thresholds).colour for row in rows}
    assert {row.pk: COLOURS[row.severity] for row in rows} == shown
    assert {str(colour) for colour in shown.values()} == {"green", "yellow", "orange", "red"}


@pytest.mark.parametrize("today", DAYS)
def test_tasks_are_sorted_into_the_light_that_their_page_shows(today: dt.date) -> None:
    stage = dispatched_task()
    Task.objects.bulk_create(
        Task(issuer=stage.issuer, title="事项", state="dispatched", due_on=due_on, first_due_on=due_on, dispatched_at=at)
        for due_on, at in moments(today)
    )
    lights = Lights(today, ChineseCalendar())
    shown = {row.pk: task_light(row, today, lights.calendar, lights.thresholds).colour for row in Task.objects.all()}
    severities = Task.objects.annotate(severity=lights.severity_of_task()).values_list("pk", "severity")
    assert {pk: COLOURS[severity] for pk, severity in severities} == shown


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ({"state": "draft", "dispatched_at": None}, "none"),
        ({"state": "suspended"}, "none"),
        ({"state": "terminated"}, "none"),
        ({"due_on": None, "first_due_on": None}, "none"),
        ({"state": "closing"}, "red"),
    ],
)
def test_tasks_that_rest_have_no_light(values: dict[str, object], colour: str) -> None:
    stage = dispatched_task(due_on=TODAY)
    today = TODAY + dt.timedelta(days=30)
    Task.objects.filter(pk=stage.task.pk).update(**values)
    if "due_on" in values:
        Assignment.objects.filter(task=stage.task).update(due_on=None, first_due_on=None)
    lights = Lights(today, ChineseCalendar())
    severity = Task.objects.annotate(severity=lights.severity_of_task()).values_list("severity", flat=True).get()
    assert COLOURS[severity] == task_light(Task.objects.get(), today, lights.calendar, lights.thresholds).colour == colour


def test_a_late_part_does_not_hide_behind_a_task_with_time_left() -> None:
    stage = dispatched_task(leads=2)
    Assignment.objects.filter(pk=stage.part_of(stage.leads[0]).pk).update(due_on=TODAY)
    lights = Lights(TODAY + dt.timedelta(days=1), ChineseCalendar())
    red = next(colour for colour in COLOURS.values() if colour == "red")
    assert Task.objects.filter(lights.tasks_lit(red)).get() == stage.task
    for other in set(COLOURS.values()) - {red}:
        assert not Task.objects.filter(lights.tasks_lit(other)).exists()
