"""Copies of a scene: its tasks with everything that hangs on them, as often as a race needs it, without their record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey, Model

from workflow.models import (
    Answer,
    Assignment,
    Comment,
    Contribution,
    CoSignature,
    DisputeMeeting,
    Extension,
    HandBack,
    Instruction,
    Participation,
    Receiver,
    RecheckItem,
    Report,
    SignOff,
    Suspension,
    Task,
    TaskUserPermission,
    Verification,
    WorkPlan,
    WorkStep,
)

Keys = dict[tuple[type[Model], int], int]

BELOW: tuple[tuple[Any, str], ...] = (
    (Receiver, "task"), (SignOff, "task"), (Suspension, "task"), (Instruction, "task"), (Comment, "task"), (RecheckItem, "task"),
    (TaskUserPermission, "content_object"),
    (Assignment, "task"), (Participation, "task"), (CoSignature, "sign_off__task"), (Verification, "sign_off__task"),
    (Report, "assignment__task"), (Contribution, "assignment__task"), (Extension, "assignment__task"), (HandBack, "assignment__task"),
    (DisputeMeeting, "hand_back__assignment__task"), (Answer, "assignment__task"),
    (WorkPlan, "assignment__task"), (WorkStep, "work_plan__assignment__task"),
)  # fmt: skip
"""What hangs on a task, each after what it points to, with the way to the task."""

COUNTED: dict[type[Model], str] = {RecheckItem: "position"}
"""Numbers that must differ among the copies."""


@dataclass
class Clone:
    """One copy: its first task, and the keys of the originals' copies."""

    task_id: int = 0
    keys: Keys = field(default_factory=dict)

    def key_of(self, model: type[Model], original: int) -> int:
        """Return the key of the copy of a row; what is not copied stays itself."""
        return self.keys.get((model, original), original)


class Template:
    """Tasks as they stand now, to be copied again and again, whatever becomes of the originals."""

    def __init__(self, tasks: Sequence[int]) -> None:
        self.tasks = list(Task.objects.filter(pk__in=tasks).order_by("pk"))
        self.rows = [(model, list(model.objects.filter(**{f"{path}__in": tasks}).order_by("pk"))) for model, path in BELOW]
        self.made = 0

    @transaction.atomic
    def copy(self, count: int) -> list[Clone]:
        """Return copies, made in a number of statements that does not grow with them."""
        made = [Clone() for _ in range(count)]
        for model, rows in [(Task, self.tasks), *self.rows]:
            for row in rows:
                copies = model.objects.bulk_create([model(**self._values(row, clone, place)) for place, clone in enumerate(made)])
                for clone, one in zip(made, copies, strict=True):
                    clone.keys[model, row.pk] = one.pk
        for clone in made:
            clone.task_id = clone.keys[Task, self.tasks[0].pk]
        self.made += count
        return made

    def _values(self, row: Model, clone: Clone, place: int) -> dict[str, Any]:
        values = {}
        for column in row._meta.concrete_fields:
            if column.primary_key:
                continue
            value = getattr(row, column.attname)
            if isinstance(column, ForeignKey) and value is not None:
                value = clone.key_of(column.related_model, value)
            if COUNTED.get(type(row)) == column.attname:
                value += 1 + self.made + place
            values[column.attname] = value
        return values
