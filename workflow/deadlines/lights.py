"""Lights, each with the sentence that explains it: the time light and the progress light (both computed, never stored as a state)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workflow.deadlines.calendar import WorkCalendar, working_days_between


class Colour(TextChoices):
    """A light; shown with its word, never as a colour alone."""

    NONE = "none", _("No light")
    GREEN = "green", _("Normal")
    YELLOW = "yellow", _("Due soon")
    ORANGE = "orange", _("About to fall due")
    RED = "red", _("Overdue")


_REASONS: Mapping[str, str | Promise] = {
    "no_due_date": _("No due date is set."),
    "not_given_out": _("It has not been given out yet."),
    "ended": _("It has ended; nothing is owed any more."),
    "paused": _("The clock stands still."),
    "on_time": _("Finished on %(closed_on)s, in time for %(due_on)s."),
    "finished_late": ngettext_lazy(
        "Finished on %(closed_on)s, %(days)d working day after %(due_on)s.",
        "Finished on %(closed_on)s, %(days)d working days after %(due_on)s.",
        "days",
    ),
    "enough_time": ngettext_lazy("%(days)d working day left until %(due_on)s.", "%(days)d working days left until %(due_on)s.", "days"),
    "due_soon": ngettext_lazy(
        "Only %(days)d working day left until %(due_on)s (warned from %(limit)d).",
        "Only %(days)d working days left until %(due_on)s (warned from %(limit)d).",
        "days",
    ),
    "due_today": _("Due today, %(due_on)s."),
    "no_working_day_left": _("No working day is left until %(due_on)s."),
    "overdue": ngettext_lazy(
        "Overdue for %(days)d working day: it was due on %(due_on)s.",
        "Overdue for %(days)d working days: it was due on %(due_on)s.",
        "days",
    ),
    "overdue_since_rest_day": _("Overdue: it was due on %(due_on)s."),
    "no_progress_reported": _("No progress has been reported yet; %(expected)d%% is expected by now."),
    "as_expected": _("%(percent)d%% reported, %(expected)d%% expected by now."),
    "ahead": _("%(percent)d%% reported, ahead of the %(expected)d%% expected by now."),
    "behind": _("%(percent)d%% reported, %(gap)d points behind the %(expected)d%% expected by now."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a light shows what it shows: a code for machines, a translated sentence for people."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        template = _REASONS[self.code]
        return str(template % self.params) if self.params else str(template)


@dataclass(frozen=True, slots=True)
class Light:
    """A colour, its reason, and whether the thing was ever overdue (曾超期, which stays)."""

    colour: Colour
    reason: Reason
    was_overdue: bool = False

    @property
    def word(self) -> str:
        """Return the word shown beside the colour."""
        if self.was_overdue and self.colour != Colour.RED:
            return str(_("Was overdue"))
        return str(self.colour.label)


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many working days left the light turns, for tasks up to a length.

    Attributes:
        up_to: longest length in working days it applies to; None for any.
        yellow: working days left from which it is yellow.
        orange: working days left from which it is orange; at most `yellow`.
    """

    up_to: int | None
    yellow: int
    orange: int


DEFAULT_THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(up_to=10, yellow=3, orange=1),
    Threshold(up_to=30, yellow=5, orange=2),
    Threshold(up_to=90, yellow=10, orange=5),
    Threshold(up_to=None, yellow=20, orange=10),
)


def check_thresholds(thresholds: Sequence[Threshold]) -> list[str]:
    """Return what is wrong with thresholds, in sentences; empty when they can be used."""
    wrong: list[str] = []
    for threshold in thresholds:
        named = {"yellow": threshold.yellow, "orange": threshold.orange, "up_to": threshold.up_to or 0}
        if not 0 <= threshold.orange <= threshold.yellow:
            wrong.append(str(_("Orange (%(orange)d) must not begin before yellow (%(yellow)d).")) % named)
        if threshold.up_to is not None and threshold.yellow > threshold.up_to:
            wrong.append(str(_("Yellow (%(yellow)d) is longer than the tasks it is for (%(up_to)d working days).")) % named)
    for shorter, longer in itertools.pairwise(thresholds):
        if longer.yellow < shorter.yellow or longer.orange < shorter.orange:
            wrong.append(str(_("Longer tasks must not warn later than shorter ones.")))
            break
    return wrong


def threshold_for(total_working_days: int, thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS) -> Threshold:
    """Return the narrowest threshold whose length covers a task of so many working days; the widest one when none does."""
    ordered = sorted(thresholds, key=lambda threshold: (threshold.up_to is None, threshold.up_to or 0))
    for threshold in ordered:
        if threshold.up_to is None or total_working_days <= threshold.up_to:
            return threshold
    return ordered[-1]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The last due dates that are red, orange and yellow on a day, so that a query sorts into lights without arithmetic."""

    red: dt.date
    orange: dt.date
    yellow: dt.date

    def colour(self, due_on: dt.date) -> Colour:
        """Return the light of something unfinished that is due on a day."""
        if due_on <= self.red:
            return Colour.RED
        if due_on <= self.orange:
            return Colour.ORANGE
        return Colour.YELLOW if due_on <= self.yellow else Colour.GREEN


def light_bounds(today: dt.date, threshold: Threshold, calendar: WorkCalendar) -> Bounds:
    """Return the bounds of a day: a due date up to and including `orange` has at most `threshold.orange` working days left, and so on."""
    one = dt.timedelta(days=1)
    through = calendar.count_through(today)
    return Bounds(
        red=today - one,
        orange=calendar.nth(through + threshold.orange + 1) - one,
        yellow=calendar.nth(through + threshold.yellow + 1) - one,
    )


def _unfinished(due_on: dt.date, today: dt.date, threshold: Threshold, calendar: WorkCalendar) -> tuple[Colour, Reason]:
    left = working_days_between(today, due_on, calendar)
    params: dict[str, object] = {"days": left, "due_on": due_on.isoformat()}
    if due_on < today:
        if left == 0:
            return Colour.RED, Reason("overdue_since_rest_day", params)
        return Colour.RED, Reason("overdue", params | {"days": -left})
    if left > threshold.yellow:
        return Colour.GREEN, Reason("enough_time", params)
    colour, limit = (Colour.ORANGE, threshold.orange) if left <= threshold.orange else (Colour.YELLOW, threshold.yellow)
    if due_on == today:
        return colour, Reason("due_today", params)
    return colour, Reason("due_soon" if left else "no_working_day_left", params | {"limit": limit})


def time_light(
    due_on: dt.date | None,
    closed_on: dt.date | None,
    *,
    today: dt.date,
    total_working_days: int,
    calendar: WorkCalendar,
    thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS,
    was_overdue: bool = False,
    paused: bool = False,
) -> Light:
    """Return the time light of a task, an assignment or a report.

    Args:
        due_on: the date in force (stops already added), or None when there is none.
        closed_on: the day it was finished, or None.
        today: the day, in Asia/Shanghai.
        total_working_days: its length from dispatch to due date, which chooses the threshold.
        calendar: the working days.
        thresholds: the plan's.
        was_overdue: whether it has been overdue before; once true it stays.
        paused: whether its clock stands still.
    """
    if due_on is None:
        return Light(Colour.NONE, Reason("no_due_date"), was_overdue)
    dates: dict[str, object] = {"due_on": due_on.isoformat()}
    if closed_on is not None:
        dates["closed_on"] = closed_on.isoformat()
        if closed_on <= due_on:
            return Light(Colour.GREEN, Reason("on_time", dates), was_overdue)
        late = working_days_between(due_on, closed_on, calendar)
        return Light(Colour.GREEN, Reason("finished_late", dates | {"days": late}), was_overdue=True)
    if paused:
        return Light(Colour.NONE, Reason("paused"), was_overdue)
    colour, reason = _unfinished(due_on, today, threshold_for(total_working_days, thresholds), calendar)
    return Light(colour, reason, was_overdue or colour == Colour.RED)


def expected_percent(today: dt.date, *, start: dt.date, due_on: dt.date, milestones: Sequence[tuple[dt.date, float]] = ()) -> float:
    """Return the progress expected on a day, in percent: linear between start (0), the milestones and the due date (100)."""
    points = sorted([(start, 0.0), *((day, value) for day, value in milestones if start < day < due_on), (due_on, 100.0)])
    if today >= due_on:
        return 100.0
    if today <= start:
        return 0.0
    for (before, low), (after, high) in itertools.pairwise(points):
        if before <= today < after:
            return low + (high - low) * (today - before).days / (after - before).days
    return 100.0


def progress_light(percent: float | None, expected: float, *, tolerance: tuple[float, float, float] = (5, 15, 30)) -> Light:
    """Return the progress light.

    Args:
        percent: the latest reported progress, or None when nothing was reported.
        expected: what the trajectory asks for by now (`expected_percent`).
        tolerance: how many points behind are still green, yellow and orange.
    """
    if percent is None:
        return Light(Colour.NONE, Reason("no_progress_reported", {"expected": round(expected)}))
    gap = expected - percent
    params: dict[str, object] = {"percent": round(percent), "expected": round(expected), "gap": round(gap)}
    green, yellow, orange = tolerance
    if gap <= green:
        return Light(Colour.GREEN, Reason("ahead" if gap < 0 else "as_expected", params))
    colour = Colour.YELLOW if gap <= yellow else Colour.ORANGE if gap <= orange else Colour.RED
    return Light(colour, Reason("behind", params))
