"""Targets against their trajectory: what was reported of them, what was to be expected by now, and where they are heading.

The trajectory is a straight line from the first reading (or from nothing on the day the plan was issued) to the aim on its due date;
the forecast carries the pace of the readings on to that date. Both are stated on the page, for nothing in a document says more.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.importing.comparators import COMPARATORS, SUFFIXES
from measures.models import Target
from oversight.models import TargetReading

_BY_WORD = (COMPARATORS | SUFFIXES).items()
DOWNWARD = frozenset({"at_most", "less_than", "<=", "<", "≤", *(word for word, relation in _BY_WORD if relation in {"<=", "<"})})
"""Comparators of aims that are met from below, by sign and by the word that the document uses."""

TOLERANCE = Decimal("0.05")
"""How far below the trajectory a reading still counts as on course, as a share of the way."""


class Course(StrEnum):
    """How a target stands."""

    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    UNKNOWN = "unknown"

    @property
    def word(self) -> Promise:
        """Return the word shown."""
        return COURSES[self]

    @property
    def look(self) -> str:
        """Return the colour it is shown in, always beside its word."""
        return {"reached": "green", "on_course": "green", "behind": "orange", "missed": "red", "unknown": "none"}[self.value]


COURSES = {
    Course.REACHED: gettext_lazy("Reached"),
    Course.ON_COURSE: gettext_lazy("On its trajectory"),
    Course.BEHIND: gettext_lazy("Behind its trajectory"),
    Course.MISSED: gettext_lazy("Missed"),
    Course.UNKNOWN: gettext_lazy("No value reported"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """A target with its readings, one a day, and what follows from them.

    Attributes:
        expected: what the trajectory asks for on the day looked at; None when it has no due date or no start.
        forecast: the value on the due date at the pace of the readings; None with fewer than two.
        reached_on: the day on which the pace reaches the aim; None when it does not, or not within twenty years.
    """

    target: Target
    readings: Sequence[TargetReading]
    today: dt.date
    start: tuple[dt.date, Decimal] | None
    expected: Decimal | None
    forecast: Decimal | None
    reached_on: dt.date | None
    course: Course

    @property
    def latest(self) -> TargetReading | None:
        """Return the last reading."""
        return self.readings[-1] if self.readings else None

    @property
    def share(self) -> int | None:
        """Return how much of the way is done, in percent from 0 to 100."""
        if self.latest is None:
            return None
        begun = self.start[1] if self.start and len(self.readings) > 1 else Decimal(0)
        way = self.target.value - begun
        if not way:
            return 100 if self.course == Course.REACHED else 0
        return max(0, min(100, round(100 * (self.latest.value - begun) / way)))

    @property
    def sentence(self) -> str:
        """Return what is to be thought of it, in one line."""
        return self._said("Y-m-d")

    @property
    def formal_sentence(self) -> str:
        """Return the same for a formal paper, which writes dates out."""
        return self._said("DATE_FORMAT")

    def _said(self, form: str) -> str:
        if self.latest is None:
            return _("Nobody has reported a value yet.")
        unit = self.target.unit
        words = {
            "value": _amount(self.latest.value), "unit": unit, "on": date_format(self.latest.read_on, form),
            "expected": _amount(self.expected) if self.expected is not None else "",
            "forecast": _amount(self.forecast) if self.forecast is not None else "",
        }  # fmt: skip
        said = [_("%(value)s%(unit)s on %(on)s") % words]
        if self.expected is not None and self.course not in {Course.REACHED, Course.MISSED}:
            said.append(_("%(expected)s%(unit)s expected by now") % words)
        if self.forecast is not None and self.course not in {Course.REACHED, Course.MISSED}:
            said.append(_("%(forecast)s%(unit)s in sight for the due date") % words)
        return _("; ").join(said)


def trajectories(targets: Iterable[Target], today: dt.date) -> list[Trajectory]:
    """Return the trajectories of targets as of a day, in one query."""
    wanted = list(targets)
    by_target: dict[int, dict[dt.date, TargetReading]] = defaultdict(dict)
    rows = TargetReading.objects.filter(target__in=wanted, read_on__lte=today).select_related("agency", "reported_by")
    for reading in rows.order_by("read_on", "pk"):
        by_target[reading.target_id][reading.read_on] = reading
    return [trajectory(target, list(by_target[target.pk].values()), today) for target in wanted]


def trajectory(target: Target, readings: Sequence[TargetReading], today: dt.date) -> Trajectory:
    """Return the trajectory of a target whose `plan` is loaded, from its readings in the order of their days."""
    start = _start(target, readings)
    expected = _on_the_line(start, target, today)
    slope = _pace(readings)
    forecast, reached_on = None, None
    if slope is not None and readings:
        last = readings[-1]
        if target.due_on is not None and target.due_on >= last.read_on:
            forecast = last.value + slope * (target.due_on - last.read_on).days
        reached_on = _arrival(target, last, slope)
    return Trajectory(
        target=target, readings=readings, today=today, start=start, expected=expected, forecast=forecast, reached_on=reached_on,
        course=_course(target, readings, start, expected, today),
    )  # fmt: skip


def _start(target: Target, readings: Sequence[TargetReading]) -> tuple[dt.date, Decimal] | None:
    if len(readings) > 1:
        return readings[0].read_on, readings[0].value
    issued = target.plan.issued_on
    if issued is not None and target.comparator not in DOWNWARD:
        return issued, Decimal(0)
    return (readings[0].read_on, readings[0].value) if readings else None


def _on_the_line(start: tuple[dt.date, Decimal] | None, target: Target, day: dt.date) -> Decimal | None:
    if start is None or target.due_on is None:
        return None
    begun_on, begun = start
    length = (target.due_on - begun_on).days
    if length <= 0 or day >= target.due_on:
        return target.value
    return begun + (target.value - begun) * max((day - begun_on).days, 0) / length


def _pace(readings: Sequence[TargetReading]) -> Decimal | None:
    """Return the change a day, by least squares; None with fewer than two readings."""
    if len(readings) < 2:  # noqa: PLR2004 - a line has two points
        return None
    days = [Decimal((reading.read_on - readings[0].read_on).days) for reading in readings]
    nothing = Decimal(0)
    middle = sum(days, nothing) / len(days)
    level = sum((reading.value for reading in readings), nothing) / len(readings)
    spread = sum(((day - middle) * (day - middle) for day in days), nothing)
    rise = sum(((day - middle) * (reading.value - level) for day, reading in zip(days, readings, strict=True)), nothing)
    return rise / spread if spread else None


def _arrival(target: Target, last: TargetReading, slope: Decimal) -> dt.date | None:
    missing = target.value - last.value
    if not slope or missing / slope < 0 or missing / slope > 20 * 366:
        return None
    return last.read_on + dt.timedelta(days=int(missing / slope))


def meets(target: Target, value: Decimal) -> bool:
    """Tell whether a value is what the target asks for; an aim without a direction is met from above."""
    return value <= target.value if target.comparator in DOWNWARD else value >= target.value


def _course(
    target: Target, readings: Sequence[TargetReading], start: tuple[dt.date, Decimal] | None, expected: Decimal | None, today: dt.date
) -> Course:
    if not readings:
        return Course.UNKNOWN
    value = readings[-1].value
    if meets(target, value):
        return Course.REACHED
    if target.due_on is not None and target.due_on < today:
        return Course.MISSED
    if expected is None:
        return Course.UNKNOWN
    slack = abs(target.value - (start[1] if start else Decimal(0))) * TOLERANCE
    behind = value > expected + slack if target.comparator in DOWNWARD else value < expected - slack
    return Course.BEHIND if behind else Course.ON_COURSE


def _amount(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"
