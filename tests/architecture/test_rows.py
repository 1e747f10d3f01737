"""Every row of the failures that reminders and the database must survive has a test that carries its number."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT

ROWS = [
    *(f"A{number}" for number in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, 17)),
    *("B1", "B2", "B3", "B4", "B5", "C1", "C2"),
    *(f"E{number}" for number in range(1, 9)),
    *(f"F{number}" for number in range(1, 10)),
]


def test_every_row_has_a_test_that_carries_its_number() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {row.upper() for name in re.findall(r"def test_(\w+)\(", texts) for row in re.findall(r"(?:^|_)([a-f]\d+)(?=_)", name)}
    marked = set(re.findall(r'mark\.row\("(\w+)"\)', texts))
    assert [row for row in ROWS if row not in named | marked] == []
