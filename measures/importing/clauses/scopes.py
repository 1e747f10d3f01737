"""What stands behind an agency and says what for: 省交通运输厅（航道疏浚）, 市住建局：房屋建筑."""

from __future__ import annotations

from measures.importing.clauses import bodies, places
from measures.importing.clauses.collectives import is_collective
from measures.importing.clauses.names import functional, head_of, shape
from measures.importing.clauses.persons import looks_like_person

_MARKS = "：（，0123456789"


def is_office(name: str) -> bool:
    """Whether a name is that of one office, behind which a scope may stand."""
    return shape(name).kind in ("agency", "standalone") and not name.endswith(bodies.COMPANY_ENDS) and not is_collective(name)


def names_nobody(words: str) -> bool:
    """Whether words behind the name of an agency name neither an agency nor a person nor a place."""
    return not any(mark in words for mark in _MARKS) and all(map(_is_of_work, words.split("、")))


def _is_of_work(words: str) -> bool:
    if len(words) < len("用地") or head_of(words) or is_collective(words) or places.short_at(words) or places.full_at(words):
        return False
    return functional(words) or not looks_like_person(words)
