"""A ladder's days, worked out once for everything that counts from the same day: what makes a sweep over many parts quick.

It answers what `rungs_due` and `next_rung_on` answer, in one walk; tests hold it to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, WorkCalendar, threshold_for
from workflow.ladder.firing import Course, Firing, Subject, courses, fires_on
from workflow.ladder.rungs import Rung, Trigger

_Line = tuple[tuple[Rung, dt.date], ...]


class Timetable:
    """The rungs of one ladder with the days on which they fire, by what they count from.

    Args:
        rungs: the plan's ladder.
        calendar: the working days.
        thresholds: the plan's light thresholds.
    """

    def __init__(self, rungs: Sequence[Rung], calendar: WorkCalendar, thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS) -> None:
        self.rungs, self.calendar, self.thresholds = tuple(rungs), calendar, tuple(thresholds)
        self._by_trigger = {trigger: tuple(rung for rung in self.rungs if rung.trigger == trigger) for trigger in Trigger}
        self._lines: dict[tuple[Trigger, dt.date, Threshold], _Line] = {}

    def advance(self, subject: Subject, today: dt.date, fired: Collection[str] = frozenset()) -> tuple[list[Firing], dt.date | None]:
        """Return the rungs to fire on a working day, lowest first, and the day of the next one that remains, if any.

        Args:
            subject: the assignment.
            today: a working day.
            fired: keys on record for the subject.
        """
        threshold = threshold_for(subject.total_working_days, self.thresholds)
        due: list[Firing] = []
        following: dt.date | None = None
        for course in courses(subject):
            line = self._line(course.trigger, course.day, threshold)
            fresh, rest = _walk(line, course, today, fired)
            due += fresh
            if rest is not None and (following is None or rest < following):
                following = rest
        return due, following

    def _line(self, trigger: Trigger, day: dt.date, threshold: Threshold) -> _Line:
        found = self._lines.get((trigger, day, threshold))
        if found is None:
            line = [(rung, fires_on(rung, day, threshold, self.calendar)) for rung in self._by_trigger[trigger]]
            found = self._lines[trigger, day, threshold] = tuple(sorted(line, key=lambda entry: entry[1]))
        return found


def _walk(line: _Line, course: Course, today: dt.date, fired: Collection[str]) -> tuple[list[Firing], dt.date | None]:
    """Return what of one course fires today, and the day of the first rung above everything that has fired by then."""
    reached = sum(day <= today for _rung, day in line)
    told = highest = -1
    if fired:
        for index, (rung, _day) in enumerate(line):
            if course.key(rung) in fired:
                highest = index
                told = index if index < reached else told
    top = reached - 1
    fresh = [
        Firing(rung, course.subject, day, course.anchor, skipped=told + 1 + n < top)
        for n, (rung, day) in enumerate(line[told + 1 : reached])
    ]
    highest = max(highest, top)
    return fresh, line[highest + 1][1] if highest + 1 < len(line) else None
