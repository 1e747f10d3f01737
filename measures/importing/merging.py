"""The measures of a text and those of its tables, put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from measures.importing.deadlines import Deadline
from measures.importing.outline import Node
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


def with_days_of_text(
    listed: list[MeasureReading], nodes: Sequence[Node], text: str, days: Callable[[int, int], Sequence[Deadline]]
) -> list[MeasureReading]:
    """Give the tasks of a table that repeats the headings of the text the deadlines that stand in its sentences there.

    Args:
        listed: the tasks of the tables.
        nodes: the headings of the text that are no measures themselves.
        text: that of the document.
        days: finds the deadlines between two positions.
    """
    if not listed:
        return listed
    told = {_bare(text[node.title_start : node.title_end]): node for node in nodes}
    found: list[MeasureReading] = []
    for measure in listed:
        node = told.get(_bare(measure.title)) if not measure.deadlines else None
        found.append(replace(measure, deadlines=tuple(days(node.title_end, node.end))) if node else measure)
    return found


def _bare(title: str) -> str:
    return re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", title)
