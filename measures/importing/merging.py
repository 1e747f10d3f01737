"""The measures of a text and those of its tables, put together."""

from __future__ import annotations

import re

from measures.importing.reading import MeasureReading


def merge(told: list[MeasureReading], listed: list[MeasureReading]) -> list[MeasureReading]:
    """Put the measures of the text and those of its tables together.

    A table that repeats the text adds nothing where the text names the agencies itself; where it does not, the table is the one to go by.
    """
    if not told or not listed:
        return sorted(told + listed, key=lambda measure: measure.start)
    titles = {_bare(measure.title) for measure in told}
    repeated = sum(_bare(measure.title) in titles for measure in listed)
    if any(measure.clauses for measure in told):
        kept = [measure for measure in listed if _bare(measure.title) not in titles] if repeated else listed
        return sorted(told + kept, key=lambda measure: measure.start)
    return listed


def _bare(title: str) -> str:
    return re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", title)
