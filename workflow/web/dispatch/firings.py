"""What a ladder would do, as the page of a plan's ladder shows it: by week, in it by day and rung, narrowed to one rung where asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise

from workflow.actions.standing import Standing
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES, Planned

NAMED = 40
"""Parts that are named in one line of a week; the count tells of all."""

FEW = 12
"""Up to so many firings stand open at once; more are a line a week until one is opened."""

_PLACE = {rung.code: place for place, rung in enumerate(DEFAULT_LADDER)}


@dataclass(frozen=True, slots=True)
class Told:
    """What one rung does on one day.

    Attributes:
        on: the day.
        name: of the rung.
        count: how many parts it is about.
        parts: the first of them.
    """

    on: dt.date
    name: str | Promise
    count: int
    parts: Sequence[Standing]

    @property
    def more(self) -> int:
        """Return how many parts are not named."""
        return self.count - len(self.parts)


@dataclass(frozen=True, slots=True)
class Week:
    """A week in which something fires.

    Attributes:
        first, last: the first and the last day of it on which something does.
        count: how often.
        sums: name of each rung that fires, and how often.
        told: day by day, rung by rung.
    """

    first: dt.date
    last: dt.date
    count: int
    sums: Sequence[tuple[str | Promise, int]]
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Firings:
    """A preview as it is shown.

    Attributes:
        total: every firing, whatever is shown.
        sums: code and name of each rung that fires, and how often.
        only: the code of the rung to which it is narrowed, empty where it is not.
        shown: how many firings are shown so.
        weeks: those shown.
    """

    total: int
    sums: Sequence[tuple[str, str | Promise, int]]
    only: str
    shown: int
    weeks: Sequence[Week]

    @property
    def is_short(self) -> bool:
        """Tell whether it is little enough to stand open."""
        return self.shown <= FEW


def firings_of(planned: Sequence[tuple[Planned, Standing]], only: str = "") -> Firings:
    """Return a preview by week, day and rung, narrowed to the rung asked for when that one fires at all."""
    counts = Counter(one.firing.rung.code for one, _part in planned)
    only = only if counts[only] else ""
    rows = [pair for pair in planned if not only or pair[0].firing.rung.code == only]
    rows.sort(key=lambda pair: (pair[0].on, _PLACE[pair[0].firing.rung.code]))
    weeks = [_week(list(of_week)) for _number, of_week in groupby(rows, key=lambda pair: pair[0].on.isocalendar()[:2])]
    return Firings(len(planned), [(code, RUNG_NAMES[code], counts[code]) for code in _in_order(counts)], only, len(rows), weeks)


def _week(rows: Sequence[tuple[Planned, Standing]]) -> Week:
    counts = Counter(one.firing.rung.code for one, _part in rows)
    told = []
    for (on, code), group in groupby(rows, key=lambda pair: (pair[0].on, pair[0].firing.rung.code)):
        parts = [part for _one, part in group]
        told.append(Told(on, RUNG_NAMES[code], len(parts), parts[:NAMED]))
    return Week(rows[0][0].on, rows[-1][0].on, len(rows), [(RUNG_NAMES[code], counts[code]) for code in _in_order(counts)], told)


def _in_order(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=_PLACE.__getitem__)
