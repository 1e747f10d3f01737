"""A date as much of which as is known: documents are often dated by year and month only."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date


@dataclass(frozen=True)
class PartialDate:
    """A date of which the month or the day may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str | None) -> PartialDate | None:
        """Read "2021", "2021-12" or "2021-12-03"; nothing from an empty text.

        Raises:
            ValueError: the text is no such date.
        """
        if not text:
            return None
        found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text.strip())
        if found is None:
            raise ValueError(f"not a date: {text!r}")
        year, month, day = (int(part) if part else None for part in found.groups())
        if year is None or not MINYEAR <= year < MAXYEAR:
            raise ValueError(f"not a date: {text!r}")
        date(year, month or 1, day or 1)  # the calendar's own check
        return cls(year, month, day)

    def last_day(self) -> date:
        """The last day that this may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def first_day(self) -> date:
        """The first day that this may mean."""
        return date(self.year, self.month or 1, self.day or 1)


def months_later(day: date, months: int) -> date:
    """The day some months later; the last of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    ends = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if ends else min(day.day, last))
