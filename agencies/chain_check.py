"""Proving a record: every line still says what it said, none is missing, none was slipped in, the end is where it was."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db.models import Max

from agencies.models import ChainedEvent, ChainHead
from agencies.models.chain import GENESIS

CHUNK = 2000


class Damage(enum.Enum):
    """What can be wrong with a record."""

    ALTERED = "altered"
    UNLINKED = "unlinked"
    MISSING = "missing"
    INSERTED = "inserted"
    CUT = "cut"
    UNANCHORED = "unanchored"


@dataclass(frozen=True, slots=True)
class Fault:
    """One damage.

    Attributes:
        chain: the record's label, for instance `agencies.DirectoryEvent`.
        sequence: number of the first line it concerns.
        damage: what is wrong with it.
        detail: in words, for the log.
    """

    chain: str
    sequence: int
    damage: Damage
    detail: str

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}: {self.detail}"


def head_of(model: type[ChainedEvent]) -> tuple[int, str]:
    """Return number and digest of a record's last line, for keeping outside as an anchor."""
    found = ChainHead.objects.filter(chain=model.chain()).values_list("sequence", "digest").first()
    return found or (0, GENESIS)


def verify(model: type[ChainedEvent], *, anchors: Mapping[int, str] | None = None, limit: int = 100) -> list[Fault]:
    """Recompute a whole record while others may be appending to it.

    A record that was rewritten from some line to its end with right digests, head included, agrees with itself: only an anchor
    kept outside the database, number and digest of an earlier head, gives it away.

    Args:
        model: the record.
        anchors: digests by number, as `head_of` gave them at some time.
        limit: how many faults to return at most.

    Returns:
        The faults in the order of the lines, the first damaged line first; empty when the record is sound.
    """
    return list(islice(_faults(model, dict(anchors or {})), limit))


def _faults(model: type[ChainedEvent], anchors: dict[int, str]) -> Iterator[Fault]:
    chain = model.chain()
    last, digest = head_of(model)
    expected, previous = 1, GENESIS
    for row in model.lines().filter(sequence__lte=last).iterator(chunk_size=CHUNK):
        if row.sequence < expected:
            yield Fault(chain, row.sequence, Damage.INSERTED, "a line that was never appended")
            continue
        yield from _faults_of(row, expected, previous)
        if anchors.pop(row.sequence, row.digest) != row.digest:
            yield Fault(chain, row.sequence, Damage.UNANCHORED, "is not the line that was anchored")
        expected, previous = row.sequence + 1, row.digest
    if expected <= last:
        yield Fault(chain, expected, Damage.CUT, f"lines {expected} to {last} are missing")
    elif previous != digest:
        yield Fault(chain, last, Damage.CUT, "is not the line the record ended with")
    yield from _beyond(model, last)
    for sequence in sorted(sequence for sequence in anchors if sequence >= expected):
        yield Fault(chain, sequence, Damage.UNANCHORED, "was anchored and is missing")


def _faults_of(row: ChainedEvent, expected: int, previous: str) -> Iterator[Fault]:
    """Compare a line with itself and with the line before it."""
    if row.sequence > expected:
        yield Fault(row.chain(), expected, Damage.MISSING, f"lines {expected} to {row.sequence - 1} are missing")
    elif row.previous != previous:
        yield Fault(row.chain(), row.sequence, Damage.UNLINKED, "does not follow from the line before it")
    if not _is_as_written(row):
        yield Fault(row.chain(), row.sequence, Damage.ALTERED, "does not say what was written")


def _beyond(model: type[ChainedEvent], last: int) -> Iterator[Fault]:
    """Tell lines after the end from lines appended in the meantime: the head has moved on for these."""
    newest = model.lines().filter(sequence__gt=last).aggregate(newest=Max("sequence"))["newest"]
    if newest is not None and newest > head_of(model)[0]:
        yield Fault(model.chain(), newest, Damage.INSERTED, "stands after the end of the record")


def _is_as_written(row: ChainedEvent) -> bool:
    try:
        return row.compute_digest() == row.digest
    except (TypeError, ValueError):
        return False  # what cannot have been appended was not
