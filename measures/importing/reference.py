"""The day from which a document counts (年底前), and the year it is for."""

from __future__ import annotations

import re
from datetime import date

from measures.importing.folded import folded
from measures.importing.frontmatter import Layout
from measures.importing.partial_date import PartialDate
from measures.importing.points import plan_day
from measures.importing.time_patterns import PLAN, RANGE

_YEARS = re.compile(rf"(?<!\d)(?P<first>20\d\d)(?:年?{RANGE.pattern}(?P<last>20\d\d))?年(?P<since>以来)?")


def _years_of_title(layout: Layout) -> list[re.Match[str]]:
    return list(_YEARS.finditer(folded(layout.title.text).plain)) if layout.title else []


def reference_of(layout: Layout) -> PartialDate | None:
    """Give the date that 年底前 counts from: that of the document; the year of its title where that is later (a plan for next year)."""
    titled = _years_of_title(layout)
    numbered = re.search(r"20\d\d", layout.number.text) if layout.number else None
    year = int(titled[0]["first"]) if titled else None
    if layout.date is not None and (year is None or year <= layout.date.year):
        return PartialDate(layout.date.year, layout.date.month, layout.date.day if layout.date_precise else None)
    if year is not None:
        return PartialDate(year)
    return PartialDate(int(numbered.group())) if numbered else None


def year_end(layout: Layout) -> date | None:
    """Give the last day of the year that the title of a plan for one year names (2026年工作要点)."""
    alone = next((years for years in _years_of_title(layout) if not (years["last"] or years["since"])), None)
    return date(int(alone["first"]), 12, 31) if alone else None


def first_year(layout: Layout, reference: PartialDate | None) -> int | None:
    """Give the first year that a plan for five years is for (“十四五”规划), else the year of the document."""
    named = PLAN.search(folded(layout.title.text).plain) if layout.title else None
    start = plan_day(named).year - 4 if named else None
    year = reference.year if reference else None
    return year if start is None or (year is not None and year <= start + 4) else start
