"""Copies of a scene: a task with its parts, reports, requests and closing rounds, as often as a race needs it, without its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model

from workflow.models import (
    Assignment,
    CoSignature,
    Extension,
    HandBack,
    Participation,
    Receiver,
    Report,
    SignOff,
    Suspension,
    Task,
)

Keys = dict[tuple[type[Model], int], int]


@dataclass
class Clone:
    """One copy: its task, and the keys of the originals' copies."""

    task_id: int
    keys: Keys = field(default_factory=dict)

    def key_of(self, model: type[Model], original: int) -> int:
        """Return the key of the copy of a row."""
        return self.keys[model, original]


BELOW_TASK = (Receiver, SignOff, Suspension, Assignment)
BELOW_PART = (Report, Extension, HandBack)


def _values(row: Model, **changed: Any) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return values | changed


@transaction.atomic
def clones(task: Task, count: int) -> list[Clone]:
    """Return copies of a task as it stands, made in a number of statements that does not grow with them."""
    made = [Clone(0) for _ in range(count)]
    tasks = Task.objects.bulk_create(Task(**_values(task)) for _ in made)
    for clone, row in zip(made, tasks, strict=True):
        clone.task_id = clone.keys[Task, task.pk] = row.pk
    for model in BELOW_TASK:
        _copy(model, list(model.objects.filter(task=task).order_by("pk")), made, lambda clone, row: {"task_id": clone.task_id})
    for below in BELOW_PART:
        rows = list(below.objects.filter(assignment__task=task).order_by("pk"))
        _copy(below, rows, made, lambda clone, row: {"assignment_id": clone.keys[Assignment, row.assignment_id]})
    links = list(Participation.objects.filter(task=task).order_by("pk"))
    _copy(
        Participation,
        links,
        made,
        lambda clone, row: {
            "task_id": clone.task_id,
            "assignment_id": clone.keys[Assignment, row.assignment_id] if row.assignment_id else None,
        },
    )
    answers = list(CoSignature.objects.filter(sign_off__task=task).order_by("pk"))
    _copy(
        CoSignature,
        answers,
        made,
        lambda clone, row: {
            "sign_off_id": clone.keys[SignOff, row.sign_off_id],
            "assignment_id": clone.keys[Assignment, row.assignment_id],
        },
    )
    return made


def _copy(model: Any, rows: Sequence[Any], made: Sequence[Clone], changed: Any) -> None:
    for row in rows:
        copies = model.objects.bulk_create(model(**_values(row, **changed(clone, row))) for clone in made)
        for clone, copy in zip(made, copies, strict=True):
            clone.keys[model, row.pk] = copy.pk
