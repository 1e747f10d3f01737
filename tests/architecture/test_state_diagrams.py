"""The state diagrams in the documents are those of the code."""

from __future__ import annotations

from django.conf import settings

from workflow.catalog import CATALOG
from workflow.catalog.diagrams import MACHINES, document, moves


def test_the_page_of_state_diagrams_is_what_the_machines_draw() -> None:
    page = (settings.BASE_DIR / "docs" / "states.md").read_text(encoding="utf-8")
    assert page == document(), "run manage.py state_diagrams"


def test_every_machine_has_moves_and_every_transition_of_the_catalog_exists() -> None:
    by_subject = {model.__name__.lower(): {name for _source, name, _target in moves(model)} for model in MACHINES}
    assert all(by_subject.values())
    named = [(act.subject, act.transition) for act in CATALOG.values() if act.transition]
    assert named
    for subject, transition in named:
        assert transition in by_subject[subject], (subject, transition)
