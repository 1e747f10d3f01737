"""State diagrams drawn from the machines themselves, in Mermaid, for `docs/states.md`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils import translation
from django_fsm import FSMField

from workflow.models import Answer, Assignment, Contribution, Extension, HandBack, Report, SignOff, Task, WorkPlan

MACHINES: tuple[type[models.Model], ...] = (Task, Assignment, Report, Contribution, WorkPlan, SignOff, Extension, HandBack, Answer)
"""Every machine, in the order of the page."""


def moves(model: type[models.Model]) -> list[tuple[str, str, str]]:
    """Return every move of a model's machine as source, name and target, in the order of the code."""
    field = model._meta.get_field("state")
    if not isinstance(field, FSMField):
        raise TypeError(f"{model.__name__} has no machine.")
    found = []
    for transition in field.get_all_transitions(model):
        targets = getattr(transition.target, "allowed_states", None) or [transition.target]
        found += [(str(transition.source), transition.name, str(target)) for target in targets]
    return sorted(set(found))


def document() -> str:
    """Return the page with one diagram a machine, states in both languages."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# State machines"
    yield ""
    yield "Drawn from the machines in `workflow/models` by `manage.py state_diagrams`; a test fails when this page is stale."
    for model in MACHINES:
        field = model._meta.get_field("state")
        yield ""
        with translation.override("zh-hans"):
            chinese = {str(value): str(label) for value, label in field.flatchoices}  # type: ignore[union-attr]
            name = str(model._meta.verbose_name)
        yield f"## {model.__name__} {name}"
        yield ""
        yield "```mermaid"
        yield "stateDiagram-v2"
        for value, label in chinese.items():
            yield f"    {value}: {value} {label}"
        yield f"    [*] --> {field.get_default()}"  # type: ignore[union-attr]
        for source, move, target in moves(model):
            yield f"    {source} --> {target}: {move}"
        yield "```"
