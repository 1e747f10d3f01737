"""The files of the code base, as the guards sweep them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("agencies", "measures", "notifications", "workflow", "oversight", "seeds", "config")


def python_files(*, with_tests: bool = False) -> list[Path]:
    """Return the Python files of the product, without migrations."""
    rooms = [*APPS, "tests"] if with_tests else list(APPS)
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def templates() -> list[Path]:
    """Return the templates of the product."""
    return sorted(path for app in APPS for path in (ROOT / app / "templates").rglob("*") if path.is_file())


def relative(path: Path) -> str:
    """Return a path as it is written in messages."""
    return str(path.relative_to(ROOT))


def nodes(path: Path) -> Iterator[ast.AST]:
    """Walk the syntax tree of a file."""
    return ast.walk(ast.parse(path.read_text()))
