"""Who a document names and the directory does not know, as a sheet for whoever keeps the directory."""

from __future__ import annotations

from agencies.sheets.workbook import AGENCIES, filled
from measures.matching_names import How
from measures.reviewing import Review


def unlisted_names(found: Review) -> list[str]:
    """List the names of single agencies that the directory does not know, each once, in the order of the document.

    Collectives (各区人民政府, 有关单位) are groups, not agencies, and are left out.
    """
    names = (mention.name for _, mention in found.mentions() if not mention.collective and found.match(mention).how is How.UNKNOWN)
    return list(dict.fromkeys(names))


def unlisted_sheet(found: Review) -> bytes:
    """Return them as a workbook that the directory can take in once somebody has looked at it (.xlsx).

    The full name is the one of the document with its place before it, where the place of the document is known.
    """
    places = {"省": found.matcher.context.province, "市": found.matcher.context.city}
    return filled(AGENCIES, ({"name": _full(name, places), "short_name": name} for name in unlisted_names(found)))


def _full(name: str, places: dict[str, str | None]) -> str:
    place = places.get(name[:1])
    return f"{place}{name}" if place else name
