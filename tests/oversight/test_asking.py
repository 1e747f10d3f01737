"""What the counters are asked is written here and not by Django: the rows meant are those that Django would find."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.db.models import Q

from oversight import counts
from oversight.counters import asking
from oversight.lights import SEVERITY, Lights
from oversight.models import Tally
from workflow.deadlines import Threshold, official_calendar
from workflow.deadlines.lights import Colour
from workflow.states import AssignmentState, TaskState
from workflow.thresholds import Thresholds

TODAY = dt.date(2025, 3, 12)
LIGHTS = Lights(TODAY, official_calendar(), Thresholds(own={7: (Threshold(up_to=None, yellow=30, orange=20),)}))
CONDITIONS = {
    "nothing asked": Q(),
    "nothing meets it": Q(pk__in=[]),
    "all but nothing": ~Q(pk__in=[]),
    "one of some": Q(task_state__in=[TaskState.DISPATCHED, TaskState.CLOSING]),
    "none of some": ~Q(task_state__in=[TaskState.DISPATCHED]),
    "a day, or none": Q(due_on=TODAY) | Q(due_on__isnull=True),
    "not by a day that may be missing": ~Q(due_on__lte=TODAY),
    "between days": Q(due_on__range=(TODAY, TODAY + dt.timedelta(days=9)), began_on__isnull=False),
    "with a flag": Q(flags__contains="w") & ~Q(state=AssignmentState.PENDING),
    "late": counts.late(TODAY),
    "waiting": counts.waiting(AssignmentState.PENDING, TODAY, 3),
    **{f"lit {colour}": counts.lit(LIGHTS, colour) for colour in Colour},
}


@pytest.fixture
def _counted(db: None) -> None:
    days = [None, *(TODAY + dt.timedelta(days=days) for days in (-40, -1, 0, 2, 9, 35))]
    keys = itertools.product((0, 7), (TaskState.DISPATCHED, TaskState.CLOSED), ("", "sw"), days, days[:3])
    Tally.objects.bulk_create(
        Tally(
            bin=str(number), grain="made", tie="issuer", overseer_id=1, plan_id=plan, section_id=0, agency_id=0, part="", fresh=False,
            task_state=state, state=AssignmentState.PENDING if flags else AssignmentState.ACCEPTED, flags=flags,
            due_on=due, began_on=began, n=2**number % 997,
        )
        for number, (plan, state, flags, due, began) in enumerate(keys)
    )  # fmt: skip


@pytest.mark.usefixtures("_counted")
@pytest.mark.parametrize("asked", CONDITIONS)
def test_a_condition_means_the_rows_that_django_would_find(asked: str) -> None:
    sql, values = asking.written(CONDITIONS[asked])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {Tally._meta.db_table} WHERE grain = 'made' AND {sql}", values)  # noqa: S608 - what is tested
        found = {key for (key,) in cursor.fetchall()}
    assert found == set(Tally.objects.filter(CONDITIONS[asked], grain="made").values_list("pk", flat=True))


@pytest.mark.usefixtures("_counted")
def test_sums_tell_keys_and_made_numbers_apart_and_leave_out_what_comes_to_nothing() -> None:
    Tally.objects.filter(grain="made", plan_id=7, due_on__gt=TODAY).update(n=0)
    light = counts.severity(LIGHTS)
    rows = asking.sums(Tally._meta.db_table, [Q(grain="made")], ["plan_id"], {"light": light}, {"total": Q()}, other_than_nought=True)
    wanted = {}
    for plan, colour in itertools.product((0, 7), Colour):
        lit = Q(pk__in=[]) if colour == Colour.NONE else counts.lit(LIGHTS, colour)
        dark = Q(due_on__isnull=True) | Q(task_state=TaskState.CLOSED)
        of_light = Tally.objects.filter(dark if colour == Colour.NONE else lit & ~dark, grain="made", plan_id=plan)
        if total := sum(of_light.values_list("n", flat=True)):
            wanted[plan, SEVERITY[colour]] = total
    assert {(row["plan_id"], row["light"]): row["total"] for row in rows} == wanted
    assert all(type(row["total"]) is int for row in rows)


@pytest.mark.parametrize("asked", [Q(state__iregex="x"), Q(state="a") ^ Q(state="b")])
def test_what_no_board_asks_is_refused_and_not_guessed(asked: Q) -> None:
    with pytest.raises(ValueError, match="not asked of counters"):
        asking.written(asked)
