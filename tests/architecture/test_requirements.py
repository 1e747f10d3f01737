"""What the product imports is installed with it, not only with its tests."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.sources import APPS, ROOT, nodes, python_files, relative

MIGRATIONS = [path for app in APPS for path in (ROOT / app).rglob("migrations/*.py")]


@functools.cache
def providers() -> Mapping[str, list[str]]:
    """Return which distributions provide each top-level package here."""
    return packages_distributions()


@functools.cache
def locked() -> set[str]:
    """Return the distributions that `requirements.txt` installs, by their normal names."""
    return {
        normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    }


def normal(name: str) -> str:
    """Return a distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> Iterator[str]:
    """Return the top-level packages a file imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def missing(path: Path) -> set[str]:
    """Return the packages a file imports that an installation of the product would not have."""
    foreign = set(imported(path)) - sys.stdlib_module_names - {*APPS, "tests"}
    return {name for name in foreign if not {normal(each) for each in providers().get(name, ())} & locked()}


def test_whatever_the_product_imports_is_installed_with_it() -> None:
    files = [*python_files(), *MIGRATIONS, ROOT / "manage.py"]
    lacking = {relative(path): names for path in files if (names := missing(path))}
    assert not lacking


def test_a_library_of_the_tests_alone_would_be_seen() -> None:
    assert missing(Path(__file__).parent.parent / "conftest.py") >= {"pytest"}
