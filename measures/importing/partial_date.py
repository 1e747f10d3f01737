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
