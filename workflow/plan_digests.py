"""What the record keeps of the plans that leads put on record 落实方案, and whether they still say it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from workflow.models import Event, WorkPlan, WorkPlanFile
from workflow.states import RECORDED_WORK_PLAN_STATES
from workflow.timeline import Verb

AT_ONCE = 200
"""Plans read at a time."""


class Departure(Enum):
    """How a plan departs from the record."""

    ALTERED = "altered"
    FILE = "file"
    UNRECORDED = "unrecorded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Departed:
    """A plan that is not as the record says: its key, how, and the version it goes by."""

    work_plan: int
    departure: Departure
    number: int | None = None


def digest(row: WorkPlan) -> str:
    """Return the SHA-256 of what a plan says: its text, its steps in order, and the digests of its files."""
    steps = [[step.day.isoformat(), step.what, step.responsible] for step in row.steps.all()]
    files = sorted(file.sha256 for file in row.files.all())
    said_so = json.dumps({"text": row.text, "steps": steps, "files": files}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said_so.encode()).hexdigest()


def recorded() -> dict[int, tuple[str, int]]:
    """Return digest and number of every plan that the record says was put on record, by its key."""
    lines = Event.objects.filter(verb=Verb.FILE_WORK_PLAN).order_by("sequence").values_list("data", flat=True)
    return {data["work_plan"]: (data["digest"], data["number"]) for data in lines.iterator()}


def departures(known: dict[int, tuple[str, int]]) -> Iterator[Departed]:
    """Give the plans on record that do not say what they said when they were put there, and those that are not there any more.

    Others may put plans on record meanwhile: a plan that is not among what was read from the record is looked for there again.

    Args:
        known: what `recorded` said before.
    """
    left = dict(known)
    rows = (
        WorkPlan.objects.filter(state__in=RECORDED_WORK_PLAN_STATES)
        .select_related("assignment")
        .prefetch_related("steps", "files")
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        said = left.pop(row.pk, None) or _recorded_of(row)
        if said is None:
            yield Departed(row.pk, Departure.UNRECORDED, row.number)
        elif said != (digest(row), row.number):
            yield Departed(row.pk, Departure.ALTERED, row.number)
        elif not all(_is_kept(file) for file in row.files.all()):
            yield Departed(row.pk, Departure.FILE, row.number)
    for pk, (_digest, number) in left.items():
        yield Departed(pk, Departure.MISSING, number)


def _recorded_of(row: WorkPlan) -> tuple[str, int] | None:
    """Return digest and number that the record says of a plan, None where it says nothing."""
    event = Event.objects.filter(verb=Verb.FILE_WORK_PLAN, task=row.assignment.task_id, data__work_plan=row.pk).first()
    return None if event is None else (event.data["digest"], event.data["number"])


def _is_kept(file: WorkPlanFile) -> bool:
    """Tell whether what is stored is what was attached."""
    try:
        with file.file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except FileNotFoundError:
        return False
