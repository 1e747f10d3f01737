"""A measure is split by its sentences: each part has whom its own clauses name; merged again it is what it was."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from measures.correction import Edit
from measures.draft import Draft, DraftMeasure
from measures.editing import AddMention, RemoveMention, SetDeadline, SetMeasure, SetRole, draft_of
from measures.importing.plan import read_plan
from measures.splitting import MergeMeasures, SplitMeasure
from measures.telling_apart import scopes_of


class Paper:
    """A document whose first measure says `body`, in review."""

    def __init__(self, body: str) -> None:
        self.text = f"关于示范工作的方案\n\n一、主要任务\n（一）示范工作。{body}\n（二）其他事项。抓紧落实。（省九局负责）\n"
        self.reading = read_plan(self.text.encode(), "方案.txt").to_json()
        self.edits: list[Edit] = []
        self.first = self.draft().measures[0].key

    def draft(self) -> Draft:
        """Return the document as it stands, with every correction in the form in which it is kept."""
        return draft_of(self.reading, json.loads(json.dumps([edit.to_json() for edit in self.edits])))

    def do(self, *edits: Edit) -> None:
        self.edits += edits

    def split(self, *after: int, key: str = "") -> list[DraftMeasure]:
        """Split the first measure, or a part of it, and return all parts there are."""
        measure = self.draft().measure(key or self.first)
        assert measure is not None
        self.do(SplitMeasure(measure.key, after, scopes_of(self.text, measure)))
        return self.draft().measures[:-1]

    def names(self) -> list[list[str]]:
        """Return who is named in each part: leads bare, supporters in brackets."""
        return [
            [mention.name if mention.role == "lead" else f"({mention.name})" for mention in part.mentions]
            for part in self.draft().measures[:-1]
        ]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("建设平台。（省一厅牵头）举办活动。（省二厅牵头，省四局配合）", [["省一厅"], ["省二厅", "(省四局)"]]),
        ("建设平台（省一厅牵头）。举办活动（省二厅牵头，省四局配合）。", [["省一厅"], ["省二厅", "(省四局)"]]),
        ("建设平台，由省一厅牵头。举办活动，由省二厅牵头，省四局配合。", [["省一厅"], ["省二厅", "(省四局)"]]),
        ("建设平台。\n牵头单位：省一厅\n举办活动。\n牵头单位：省二厅\n配合单位：省四局", [["省一厅"], ["省二厅", "(省四局)"]]),
        ("①建设平台（省一厅牵头）；②举办活动（省二厅牵头）。", [["省一厅"], ["省二厅"]]),
    ],
)
def test_a_part_has_whom_the_clause_of_its_own_sentence_names(body: str, named: list[list[str]]) -> None:
    paper = Paper(body)
    paper.split(0)
    assert paper.names() == named


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("建设平台。举办活动。（省二厅牵头，省四局配合）", [["省二厅", "(省四局)"]] * 2),
        ("建设平台。举办活动（省二厅牵头，省四局配合）。", [["省二厅", "(省四局)"]] * 2),
        ("建设平台。举办活动。由省二厅牵头，省四局配合。", [["省二厅", "(省四局)"]] * 2),
        ("建设平台（省一厅牵头）。举办活动（省二厅牵头）。（省五局配合）", [["省一厅", "(省五局)"], ["省二厅", "(省五局)"]]),
        ("建设平台。（省一厅牵头）\n举办活动。（省二厅牵头）\n责任单位：省五局牵头", [["省一厅", "省五局"], ["省二厅", "省五局"]]),
    ],
)
def test_a_clause_behind_the_whole_measure_stays_with_every_part(body: str, named: list[list[str]]) -> None:
    paper = Paper(body)
    paper.split(0)
    assert paper.names() == named


def test_a_clause_speaks_of_the_sentences_since_the_one_before_and_what_no_clause_speaks_of_has_nobody() -> None:
    paper = Paper("建设平台。完善制度。（省一厅牵头）举办活动。（省二厅牵头）营造氛围。")
    parts = paper.split(0, 1, 2)
    assert paper.names() == [["省一厅"], ["省一厅"], ["省二厅"], []]
    assert [paper.text[part.start : part.end].strip() for part in parts[1:]] == [
        "完善制度。（省一厅牵头）",
        "举办活动。（省二厅牵头）",
        "营造氛围。",
    ]


def test_a_clause_that_says_so_speaks_of_all_above_it() -> None:
    paper = Paper("建设平台（省一厅牵头）。举办活动（省二厅牵头）。上述工作由省五局负责。")
    paper.split(0, 1)
    assert paper.names() == [["省一厅", "(省五局)"], ["省二厅", "(省五局)"], ["省五局"]]


def test_the_cell_of_a_row_that_names_the_agencies_is_for_every_sentence_of_the_row() -> None:
    rows = [
        "序号\t任务\t责任单位\t完成时限",
        "1\t建设平台。举办活动。\t省一厅牵头，省二厅配合\t2026年6月",
        "2\t其他事项。\t省九局\t2026年9月",
    ]
    text = "\n".join(["任务分工表", *rows, ""])
    reading = read_plan(text.encode(), "分工.txt").to_json()
    measure = draft_of(reading, []).measures[0]
    assert [text[start:end] for start, end in measure.sentences] == ["建设平台。", "举办活动。"]
    split = SplitMeasure(measure.key, (0,), scopes_of(text, measure))
    parts = draft_of(reading, [split.to_json()]).measures[:2]
    assert [[mention.name for mention in part.mentions] for part in parts] == [["省一厅", "省二厅"]] * 2
    assert [part.deadline for part in parts] == [dt.date(2026, 6, 30)] * 2
    text = text.replace("建设平台。举办活动。", "建设平台。（省三厅牵头）举办活动。（省四局牵头）")
    reading = read_plan(text.encode(), "分工.txt").to_json()
    measure = draft_of(reading, []).measures[0]
    parts = draft_of(reading, [SplitMeasure(measure.key, (0,), scopes_of(text, measure)).to_json()]).measures[:2]
    assert [{mention.name for mention in part.mentions} for part in parts] == [
        {"省一厅", "省二厅", "省三厅"},
        {"省一厅", "省二厅", "省四局"},
    ]


def test_a_part_has_the_deadline_of_its_own_clause_or_sentence() -> None:
    paper = Paper("建设平台。（省一厅牵头，2026年6月底前完成）举办活动。（省二厅牵头，2026年9月底前完成）")
    [whole] = paper.draft().measures[:1]
    assert (whole.deadline, whole.other_deadlines) == (dt.date(2026, 9, 30), 1)
    parts = paper.split(0)
    assert [(part.deadline, part.other_deadlines) for part in parts] == [(dt.date(2026, 6, 30), 0), (dt.date(2026, 9, 30), 0)]
    paper = Paper("2026年5月底前建成平台。举办活动。（省二厅牵头）")
    assert [part.deadline for part in paper.split(0)] == [dt.date(2026, 5, 31), None]


def test_a_deadline_set_by_hand_holds_for_every_part() -> None:
    paper = Paper("建设平台。（省一厅牵头，2026年6月底前完成）举办活动。（省二厅牵头）")
    paper.do(SetDeadline(paper.first, "2027-01-31"))
    assert [part.deadline for part in paper.split(0)] == [dt.date(2027, 1, 31)] * 2


def test_who_is_only_responsible_leads_in_a_part_where_nobody_else_does() -> None:
    paper = Paper("建设平台。（省一厅牵头）举办活动。（省二厅负责）")
    assert [mention.role for mention in paper.draft().measures[0].mentions] == ["lead", "support"]
    paper.split(0)
    assert paper.names() == [["省一厅"], ["省二厅"]]
    told = Paper("建设平台。（省一厅牵头）举办活动。（省二厅负责）")
    told.do(SetRole(f"{told.first}.1", "support"))
    told.split(0)
    assert told.names() == [["省一厅"], ["(省二厅)"]]


def test_an_agency_added_by_hand_stays_with_every_part() -> None:
    paper = Paper("建设平台。（省一厅牵头）举办活动。（省二厅牵头）")
    paper.do(AddMention(paper.first, "support", "省八局", 8, None))
    paper.split(0)
    assert paper.names() == [["省一厅", "(省八局)"], ["省二厅", "(省八局)"]]


LONG = """建设平台。（省一厅牵头，2026年6月底前完成）完善制度（省二厅负责）。举办活动。（省三厅牵头，省四局配合）
责任单位：省五局配合，2026年12月底前完成"""
CUTS = ((0,), (1,), (0, 1))


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("prepared", [False, True])
def test_merging_the_parts_gives_the_original(cuts: tuple[int, ...], *, prepared: bool) -> None:
    paper = Paper(LONG)
    if prepared:
        paper.do(
            SetRole(f"{paper.first}.1", "support"),
            RemoveMention(f"{paper.first}.2"),
            AddMention(paper.first, "support", "省八局", 8, None),
            SetDeadline(paper.first, "2027-01-31"),
        )
    before = paper.draft()
    parts = paper.split(*cuts)
    assert len({tuple(mention.name for mention in part.mentions) for part in parts}) == len(parts)
    for part in parts[1:]:
        paper.do(MergeMeasures(parts[0].key, part.key))
    assert paper.draft() == before


def test_merging_from_the_end_and_parts_of_parts_give_the_original() -> None:
    paper = Paper(LONG)
    before = paper.draft()
    first, second = paper.split(1)
    a, b, _last = paper.split(0, key=first.key)
    paper.do(MergeMeasures(b.key, second.key))
    assert paper.names() == [["省一厅", "(省五局)"], ["(省二厅)", "省三厅", "(省四局)", "(省五局)"]]
    paper.do(MergeMeasures(a.key, b.key))
    assert paper.draft() == before
    one, two = paper.split(1)
    halves = paper.split(0, key=one.key)[:2]
    paper.do(MergeMeasures(halves[0].key, halves[1].key))
    assert [part.key for part in paper.draft().measures[:-1]] == [one.key, two.key]
    assert paper.draft().measures[0] == one


def test_what_was_corrected_in_a_part_is_kept_when_the_parts_are_merged() -> None:
    paper = Paper("建设平台。（省一厅牵头，省四局配合）举办活动。（省二厅牵头，2026年6月底前完成）\n（省五局配合）")
    first, second = paper.split(0)
    [helper] = [mention.key for mention in first.mentions if mention.name == "省四局"]
    [shared] = [mention.key for mention in second.mentions if mention.name == "省五局"]
    paper.do(
        SetRole(helper, "lead"),
        RemoveMention(shared),
        AddMention(second.key, "support", "省八局", 8, None),
        SetMeasure(first.key, "9", "建平台"),
        SetDeadline(first.key, "2027-01-31"),
        MergeMeasures(first.key, second.key),
    )
    assert paper.names() == [["省一厅", "省四局", "省二厅", "(省五局)", "(省八局)"]]
    merged = paper.draft().measures[0]
    assert (merged.number, merged.title, merged.deadline) == ("9", "建平台", dt.date(2027, 1, 31))


def test_two_measures_that_were_merged_are_told_apart_again_where_they_met() -> None:
    measures = [
        "（一）甲事。建设平台。（省一厅牵头，省二厅配合）",
        "（二）乙事。举办活动。（省二厅牵头）",
        "（三）丙事。抓紧落实。（省九局负责）",
    ]
    text = "\n".join(["方案", "", "一、任务", *measures, ""])
    reading = read_plan(text.encode(), "方案.txt").to_json()
    one, two = draft_of(reading, []).measures[:2]
    merge = MergeMeasures(one.key, two.key)
    merged = draft_of(reading, [merge.to_json()]).measures[0]
    assert [(mention.name, mention.role) for mention in merged.mentions] == [("省一厅", "lead"), ("省二厅", "support")]
    split = SplitMeasure(one.key, (0,), scopes_of(text, merged))
    parts = draft_of(reading, [merge.to_json(), split.to_json()]).measures[:2]
    assert [[(mention.name, mention.role) for mention in part.mentions] for part in parts] == [
        [("省一厅", "lead"), ("省二厅", "support")],
        [("省二厅", "lead")],
    ]
    assert [(part.start, part.end) for part in parts] == [(one.start, two.start), (two.start, two.end)]


def test_a_clause_of_a_measure_that_was_merged_into_another_speaks_of_its_own_sentences_only() -> None:
    measures = ["（一）甲事。建设平台。（省一厅牵头）营造氛围。", "（二）乙事。举办活动。（省二厅牵头）", "（三）丙事。（省九局负责）"]
    text = "\n".join(["方案", "", "一、任务", *measures, ""])
    reading = read_plan(text.encode(), "方案.txt").to_json()
    one, two = draft_of(reading, []).measures[:2]
    merge = MergeMeasures(one.key, two.key)
    merged = draft_of(reading, [merge.to_json()]).measures[0]
    parts = draft_of(reading, [merge.to_json(), SplitMeasure(one.key, (0, 1), scopes_of(text, merged)).to_json()]).measures[:3]
    assert [[mention.name for mention in part.mentions] for part in parts] == [["省一厅"], [], ["省二厅"]]


def test_corrections_kept_before_clauses_were_told_apart_still_find_what_they_correct() -> None:
    paper = Paper(LONG)
    first, second = f"{paper.first}-0", f"{paper.first}-1"
    kept: list[dict[str, Any]] = [
        {"op": "split_measure", "measure": paper.first, "after": [0]},
        {"op": "set_role", "mention": f"{second}.1", "role": "support"},
        {"op": "merge_measures", "first": first, "second": second},
        {"op": "set_measure", "measure": first, "number": "1", "title": "合并"},
        {"op": "set_role", "mention": f"{first}.1", "role": "support"},
    ]
    merged = draft_of(paper.reading, kept).measures[0]
    assert (merged.key, merged.title, merged.mentions[1].role, len(merged.mentions)) == (first, "合并", "support", 5)
