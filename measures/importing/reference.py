"""The day from which a document counts (年底前), and the year it is for."""

from __future__ import annotations

import re
from datetime import date

from measures.importing.frontmatter import Layout
from measures.importing.numerals import plain_digits
from measures.importing.partial_date import PartialDate
from measures.importing.points import plan_day
from measures.importing.time_patterns import PLAN


def reference_of(layout: Layout) -> PartialDate | None:
    """Give the date that 年底前 counts from: that of the document; the year of its title where that is later (a plan for next year)."""
    titled = re.search(r"(20\d\d)(?:年?[—\-－~～至]+20\d\d)?年", plain_digits(layout.title.text)) if layout.title else None
    numbered = re.search(r"20\d\d", layout.number.text) if layout.number else None
    year = int(titled[1]) if titled else None
    if layout.date is not None and (year is None or year <= layout.date.year):
        return PartialDate(layout.date.year, layout.date.month, layout.date.day if layout.date_precise else None)
    if year is not None:
        return PartialDate(year)
    return PartialDate(int(numbered.group())) if numbered else None


def year_end(layout: Layout) -> date | None:
    """Give the last day of the year that the title of a plan for one year names (2026年工作要点)."""
    titled = re.search(r"(?<![—\-－~～至\d])(20\d\d)年(?!以来|[—\-－~～至])", plain_digits(layout.title.text)) if layout.title else None
    return date(int(titled[1]), 12, 31) if titled else None


def first_year(layout: Layout, reference: PartialDate | None) -> int | None:
    """Give the first year that a plan for five years is for (“十四五”规划), else the year of the document."""
    named = PLAN.search(layout.title.text) if layout.title else None
    start = plan_day(named).year - 4 if named else None
    year = reference.year if reference else None
    return year if start is None or (year is not None and year <= start + 4) else start
