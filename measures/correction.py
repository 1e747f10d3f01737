"""What every correction of a document in review is: a small value that changes a draft and can be kept as JSON. Free of Django."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, ClassVar

from measures.draft import Draft, DraftMeasure

LARGEST = Decimal(10) ** 18
"""Numbers that the database takes are smaller."""


class Why(StrEnum):
    """Why a correction cannot be made."""

    GONE = "gone"
    EMPTY = "empty"
    NO_NUMBER = "no_number"
    NO_DATE = "no_date"
    NOT_ADJACENT = "not_adjacent"
    NO_SENTENCE = "no_sentence"
    NAMED_TWICE = "named_twice"
    NOT_A_ROLE = "not_a_role"
    HERE_ALREADY = "here_already"


class CannotEdit(Exception):  # noqa: N818 - it is an answer
    """A correction that does not fit the draft."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Edit:
    """One correction; each kind says in `apply` what it does to a draft."""

    op: ClassVar[str] = ""

    def apply(self, draft: Draft) -> None:
        """Change the draft.

        Raises:
            CannotEdit: the draft has nothing that this could change.
        """
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """Return the correction as it is kept."""
        return {"op": self.op, **dataclasses.asdict(self)}


def measure_of(draft: Draft, key: str) -> DraftMeasure:
    """Return a measure by its key.

    Raises:
        CannotEdit: there is none.
    """
    measure = draft.measure(key)
    if measure is None:
        raise CannotEdit(Why.GONE)
    return measure


def day_of(written: str) -> dt.date | None:
    """Return a day as it is kept, YYYY-MM-DD; nothing for nothing.

    Raises:
        CannotEdit: it is no day.
    """
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError as error:
        raise CannotEdit(Why.NO_DATE) from error


def number_of(written: str) -> Decimal:
    """Return a number as somebody has typed it.

    Raises:
        CannotEdit: it is none.
    """
    try:
        value = Decimal(written.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise CannotEdit(Why.NO_NUMBER) from error
    if not value.is_finite() or abs(value) >= LARGEST:
        raise CannotEdit(Why.NO_NUMBER)
    return value
