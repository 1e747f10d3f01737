"""No act exists only in code: each can be done on a page and over the API."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTIONS = ROOT / "workflow" / "actions"

PAGES = ("workflow/web", "oversight/views", "oversight/sheet", "workflow/catalog")
API = ("workflow/api", "workflow/catalog")


def acts() -> dict[str, str]:
    """Return the acts, by name, with their file: what takes an actor and a moment and runs in a transaction of its own."""
    found = {}
    for path in sorted(ACTIONS.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            told = {argument.arg for argument in node.args.kwonlyargs}
            decorated = any(ast.unparse(one) == "transaction.atomic" for one in node.decorator_list)
            if decorated and {"actor", "now"} <= told:
                found[node.name] = path.stem
    return found


def named_in(folders: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return the functions of the actions that modules of folders name, with the module they are from."""
    found: set[tuple[str, str]] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workflow.actions."):
                    found |= {((node.module or "").rpartition(".")[2], alias.name) for alias in node.names}
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    found.add((node.value.id, node.attr))
    return found


ACTS = acts()


def test_there_are_acts_to_look_at() -> None:
    assert len(ACTS) > 60


@pytest.mark.parametrize(("folders", "door"), [(PAGES, "page"), (API, "API")])
def test_every_act_has_this_door(folders: tuple[str, ...], door: str) -> None:
    named = named_in(folders)
    missing = sorted(name for name, module in ACTS.items() if (module, name) not in named)
    assert missing == [], f"these acts have no {door}"
