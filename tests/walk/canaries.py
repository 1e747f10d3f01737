"""A word that stands nowhere else in every text that people or documents have written, found by going over the fields of all models.

A new text field has its canary by itself; one that holds words of the machine has to be named in `MACHINE`, with what it holds.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Concat, Left

from tests.flushing import records_let_go
from workflow.models import Task

APPS = ("workflow", "measures", "oversight", "notifications")
"""Where what can be hidden lies; the directory of agencies and people is open to whoever has an account."""

MACHINE = {
    "verb": "which act it was",
    "key": "what makes a row the only one of its kind",
    "digest": "a checksum",
    "previous": "a checksum",
    "sha256": "a checksum",
    "file_sha256": "a checksum",
    "request_digest": "a checksum",
    "rung": "a step of the ladder",
    "method": "of a request",
    "path": "of a request",
    "bin": "of a counter",
    "grain": "of a counter",
    "flags": "of a counter",
    "channel": "a way of sending",
    "link": "the address of a page",
    "subject_ref": "what the guards are asked about",
    "message_id": "of a mail",
    "name@Heartbeat": "a part of the installation",
    "tie@Tally": "of a counter",
    "part@Tally": "of a counter",
    "task_state@Tally": "of a counter",
    "state@Tally": "of a counter",
    "query@SavedView": "the address of a list",
    "audiences@RungSetting": "names of the ladder",
    "channels@RungSetting": "names of the ladder",
    "thresholds@PlanTiming": "numbers",
    "seed@Recheck": "what a draw can be repeated with",
}
"""Fields that hold no words of people, and what they hold instead."""

CANARY = re.compile(r"qz[tx]\d{3}")
HANZI = re.compile(r"[一-鿿]")


def fields() -> list[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Return every field that holds what somebody has written."""
    found = []
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, (models.CharField, models.TextField)) or field.get_internal_type() == "JSONField"
                if is_text and not field.choices and not {field.name, f"{field.name}@{model.__name__}"} & MACHINE.keys():
                    found.append((model, field))
    return found


def unknown_exceptions() -> list[str]:
    """Return what `MACHINE` names and no model has."""
    known = {name for label in APPS for model in apps.get_app_config(label).get_models() for name in _names(model)}
    return sorted(MACHINE.keys() - known)


def _names(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        yield field.name
        yield f"{field.name}@{model.__name__}"


def path_to_task(model: type[models.Model]) -> str | None:
    """Return the shortest way from a model to its task, as a lookup: "" for the task itself, None where there is none."""
    ahead = deque([(model, "")])
    seen = {model}
    while ahead:
        at, path = ahead.popleft()
        if at is Task:
            return path
        for field in at._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and target not in seen and target._meta.app_label in APPS:
                seen.add(target)
                ahead.append((target, f"{path}__{field.name}".removeprefix("__")))
    return None


def hanging_on(model: type[models.Model], task: int) -> models.QuerySet[Any]:
    """Return the rows of a model that belong to a task."""
    path = path_to_task(model)
    rows = model._base_manager.all()
    return rows.none() if path is None else rows.filter(**{path or "pk": task})


class Canaries:
    """Which canary sits in which field; `qzt…` in rows that belong to one task, `qzx…` in all others."""

    def __init__(self, task: int) -> None:
        self.task = task
        self.number = {f"{model.__name__}.{field.name}": number for number, (model, field) in enumerate(fields())}
        self.without_rows: set[str] = set()

    def of(self, field: str, kind: str = "t") -> str:
        """Return the canary of a field."""
        return f"qz{kind}{self.number[field]:03d}"

    def all(self) -> list[str]:
        """Return the canaries of the task's fields and of all others."""
        return [self.of(name, kind) for name in self.number for kind in "tx"]

    def of_task(self, text: str) -> set[str]:
        """Return the canaries in a text that sit in what belongs to the task."""
        return {canary for canary in found_in(text) if canary[2] == "t"}

    def names(self, canaries: set[str]) -> set[str]:
        """Return in which fields canaries sit."""
        by_number = {number: name for name, number in self.number.items()}
        return {by_number[int(canary[3:])] for canary in canaries}

    def plant(self) -> None:
        """Let one sit at the beginning of every text that is not empty."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits to be checked keeps a table from being altered
        with records_let_go("append_only"):
            for model, field in fields():
                rows, name = model._base_manager.all(), f"{model.__name__}.{field.name}"
                if not rows.exists():
                    self.without_rows.add(model.__name__)
                of_task = list(hanging_on(model, self.task).values_list("pk", flat=True))
                for kind, some in (("t", rows.filter(pk__in=of_task)), ("x", rows.exclude(pk__in=of_task))):
                    _plant(some, field, self.of(name, kind))


def _plant(rows: models.QuerySet[Any], field: models.Field[Any, Any], canary: str) -> None:
    if field.get_internal_type() != "JSONField":
        longest = field.max_length or 100_000
        rows.exclude(**{field.name: ""}).update(**{field.name: Left(Concat(Value(canary), F(field.name)), longest)})
        return
    for pk, value in rows.values_list("pk", field.name):
        rows.filter(pk=pk).update(**{field.name: _within(value, canary)})


def _within(value: Any, canary: str) -> Any:
    if isinstance(value, dict):
        return {name: _within(part, canary) for name, part in value.items()}
    if isinstance(value, list):
        return [_within(part, canary) for part in value]
    return f"{canary}{value}" if isinstance(value, str) and HANZI.search(value) else value


def found_in(text: str) -> set[str]:
    """Return the canaries in a text."""
    return set(CANARY.findall(text))
