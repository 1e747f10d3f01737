"""Whatever the reader gives as a reason can be told in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from measures.reviewing import Open, Weight
from measures.web.reasons import ENGLISH, in_english, reason
from measures.web.wording import wording
from tests.architecture.sources import ROOT

ROOMS = ("clauses", "matching.py", "deadlines.py", "ledger_cells.py", "plan.py")
"""Where the reader words its reasons."""

WORDS = re.compile("[一-鿿]")
NO_SENTENCE = re.compile(r"[\\(\[|+]|[一二三四五六七八九]{4}|^[^一-鿿]*$")
SAYS_WHY = re.compile("[没不请按可已]|，")  # the name of a column does not
SHORTEST = 6


def sentences(path: Path) -> Iterator[str]:
    """Give the texts of a module that are worded as sentences, with {} where a value is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {
        id(inner)
        for node in ast.walk(tree)
        for inner in (node.values if isinstance(node, ast.JoinedStr) else [node.value] if isinstance(node, ast.Expr) else [])
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(value.value) if isinstance(value, ast.Constant) else "{}" for value in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
        else:
            continue
        if len(WORDS.findall(text)) >= SHORTEST and SAYS_WHY.search(text) and not NO_SENTENCE.search(text) and " " not in text:
            yield text


def modules() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / "measures" / "importing" / room
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def test_every_reason_of_the_reader_has_its_english() -> None:
    found = {text for path in modules() for text in sentences(path)}
    assert len(found) > 40
    assert sorted(found - ENGLISH.keys()) == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("不像单位名称，请核对", "this does not look like the name of an agency; please check"),
        ("“省财厅”只可能是“省财政厅”的简称", "“省财厅” can only be short for “省财政厅”"),
        ("没有写明角色，按责任单位读取", "no role is written; read as responsible"),
        ("从成文日期起算；“春节前”没有确定的日子", "counted from the document’s date; “春节前” has no certain day"),
    ],
)
def test_a_reason_is_told_in_the_readers_language(chinese: str, english: str) -> None:
    with translation.override("en"):
        assert reason(chinese) == english
    with translation.override("zh-hans"):
        assert reason(chinese) == chinese


def test_what_has_no_english_stays_as_it_was_written() -> None:
    assert in_english("别的话") is None
    with translation.override("en"):
        assert reason("别的话") == "别的话"


@pytest.mark.parametrize(("count", "times"), [(1, "(1 time)"), (2, "(2 times)")])
@pytest.mark.parametrize("code", ["unknown", "ambiguous", "deduced"])
def test_what_occurs_once_is_counted_in_the_singular(code: str, count: int, times: str) -> None:
    doubt = Open("k", code, Weight.WARNS, name="省数字金融协会", count=count)
    with translation.override("en"):
        assert times in wording(doubt)
