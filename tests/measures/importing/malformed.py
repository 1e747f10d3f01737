"""Malformed documents, and what every reading of one must keep."""

import random
from collections.abc import Callable

from measures.importing.definitions import without_rules
from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading
from measures.importing.unreadable import Unreadable
from tests.measures.importing.corpus.expectation import HERE

TEXTS = [path.read_text() for path in sorted(HERE.glob("*/*.txt"))]
PIECES = [
    *(
        "一、",
        "（一）",
        "1.",
        "（1）",
        "①",
        "第一条",
        "第二章",
        "——",
        "【",
        "】",
        "附件：",
        "附件1",
        "\n",
        "\n\n",
        "　　",
        " ",
        "\t",
        "|",
        "#",
        "**",
    ),
    *(
        "省财政厅",
        "市教育局",
        "、",
        "，",
        "；",
        "。",
        "：",
        "牵头",
        "配合",
        "负责",
        "责任单位：",
        "完成时限：",
        "（",
        "）",
        "《",
        "》",
        "“",
        "以下简称",
    ),
    *(
        "2025年",
        "6月底前",
        "到2027年",
        "达到",
        "30万亿元",
        "5%",
        "左右",
        "以上",
        "增长",
        "1,000家",
        "国发〔2021〕1号",
        "排在第一位的为牵头单位",
        "下同",
    ),
    *("\x00", "\u200b", "\ufeff", "𠮷", "２", "㈠", "<p>", "</table>", "&nbsp;", ",", ";", "序号", "重点任务", "\r\n"),
]


def check(text: str) -> None:
    """Read a text and hold the reading to its promises."""
    try:
        reading = read_plan(text.encode("utf-8", "surrogatepass"), "plan.txt")
    except Unreadable:
        return
    check_spans(reading)
    reading.to_json(with_text=True)


def check_spans(reading: PlanReading) -> None:
    size = len(reading.text)
    previous = -1
    for measure in reading.measures:
        assert 0 <= measure.start <= measure.title_start <= measure.title_end <= size
        assert measure.start < measure.end <= size
        assert reading.text[measure.title_start : measure.title_end] == measure.title
        assert measure.title.strip() == measure.title != ""
        assert measure.start >= previous
        previous = measure.start
        for sentence in measure.sentences:
            assert sentence.start < sentence.end <= size
        for clause in measure.clauses:
            assert clause.start <= clause.end <= size
            for item in clause.items:
                assert 0 <= item.start < item.end <= size
                quote = without_rules(reading.text[item.start : item.end])  # what a clause says of all clauses is no part of a name
                if not item.restored and not any(sign.isspace() for sign in quote):
                    assert len(quote) <= len(item.name) + 4, quote
        for deadline in measure.deadlines:
            assert reading.text[deadline.start : deadline.end] == deadline.text
    for target in reading.targets:
        assert target.start < target.end <= size
        assert target.metric
    for doubt in reading.doubts:
        assert 0 <= doubt.start <= doubt.end <= size


def _drop(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place + chance.randrange(1, 30) :]


def _insert(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(PIECES) * chance.randrange(1, 4) + text[place:]


def _swap(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)


def _join(text: str, chance: random.Random) -> str:
    return text.replace("\n", chance.choice(["", " ", "\u3000", "\n\n"]))


def _fold(text: str, chance: random.Random) -> str:
    table = chance.choice([("（）：；，", "():;,"), ("0123456789.", "０１２３４５６７８９．")])
    return text.translate(str.maketrans(*table))


MUTATIONS: list[Callable[[str, random.Random], str]] = [_drop, _insert, _swap, _join, _fold]


def damaged(text: str, chance: random.Random) -> str:
    """Damage a text a few times."""
    for _ in range(chance.randrange(1, 6)):
        text = chance.choice(MUTATIONS)(text, chance) or "。"
    return text


def broken(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes of a file, or cut it short."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(1, len(changed))] if chance.random() < 0.2 else changed)
