"""Corrections applied to a reading, in order; undoing is leaving the last out."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence

import pytest

from measures.additions import AddTarget, passage
from measures.correction import CannotEdit, Edit, Why
from measures.draft import Draft
from measures.editing import (
    AddMention,
    DismissDoubt,
    DropMeasure,
    RemoveMention,
    RemoveTarget,
    SetDeadline,
    SetFacts,
    SetMeasure,
    SetRole,
    SetTarget,
    SettleName,
    draft_of,
    from_json,
)
from measures.importing.plan import read_plan
from measures.splitting import MergeMeasures, SplitMeasure
from tests.factories.documents import SMALL

READING = read_plan(SMALL.encode(), "方案.txt").to_json()
FIRST, SECOND = (measure.key for measure in draft_of(READING, []).measures)


def drafted(*edits: Edit) -> Draft:
    return draft_of(READING, [edit.to_json() for edit in edits])


def parts(draft: Draft, key: str) -> Sequence[tuple[str, str]]:
    measure = draft.measure(key)
    assert measure is not None
    return [(mention.name, mention.role) for mention in measure.mentions]


EDITS: list[Edit] = [
    SetFacts("方案", "粤府〔2026〕1号", 7, "省府办", "2026-03-01", date_unknown=False, horizon="2027-12-31"),
    SetRole(f"{FIRST}.1", "lead"),
    SettleName("省四局", 4, None, "省第四局"),
    AddMention(FIRST, "support", "省五局", 5, None),
    RemoveMention(f"{FIRST}.2"),
    SetMeasure(FIRST, "1", "建园"),
    SetDeadline(SECOND, "2027-06-30"),
    SetTarget("t0", "产值", "超过", "31.5", "亿元", "2027-12-31"),
    DismissDoubt("no_number"),
    MergeMeasures(FIRST, SECOND),
    SplitMeasure(SECOND, (0,), ((75, 0, 2),)),
    DropMeasure(SECOND),
    RemoveTarget("t0"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.op)
def test_every_correction_comes_back_from_its_kept_form_and_changes_something(edit: Edit) -> None:
    assert from_json({**edit.to_json(), "by": 1, "by_name": "陈", "at": "2026-03-18"}) == edit
    assert drafted(edit) != drafted()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.op)
def test_no_correction_touches_the_reading(edit: Edit) -> None:
    before = copy.deepcopy(READING)
    drafted(edit)
    assert before == READING


def test_leaving_the_last_correction_out_undoes_it() -> None:
    assert drafted(*EDITS[:4]) != drafted(*EDITS[:3])
    assert draft_of(READING, [edit.to_json() for edit in EDITS[:4]][:-1]) == drafted(*EDITS[:3])


def test_merging_keeps_everybody_once_and_the_later_deadline() -> None:
    draft = drafted(SetDeadline(SECOND, "2027-06-30"), MergeMeasures(FIRST, SECOND))
    assert parts(draft, FIRST) == [("省一厅", "lead"), ("省二厅", "support"), ("省三厅", "support"), ("省四局", "support")]
    [merged] = draft.measures
    assert merged.deadline == dt.date(2027, 6, 30)
    assert SMALL[merged.start : merged.end].count("牵头") == 2


def test_a_split_that_was_kept_before_clauses_were_told_apart_gives_each_part_everybody_named() -> None:
    draft = drafted(SplitMeasure(SECOND, (0,)))
    assert [measure.key for measure in draft.measures] == [FIRST, f"{SECOND}-0", f"{SECOND}-1"]
    assert parts(draft, f"{SECOND}-0") == parts(draft, f"{SECOND}-1") == [("省二厅", "lead"), ("省四局", "support")]
    first, second = draft.measures[1:]
    assert "招商" in SMALL[first.start : first.end]
    assert "推介会" in SMALL[second.start : second.end]
    assert first.end <= second.start


def test_the_parts_of_a_split_measure_are_corrected_apart() -> None:
    draft = drafted(SplitMeasure(SECOND, (0,)), SetRole(f"{SECOND}-1.1", "lead"))
    assert parts(draft, f"{SECOND}-0")[1] == ("省四局", "support")
    assert parts(draft, f"{SECOND}-1")[1] == ("省四局", "lead")


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (SetRole("m1.1", "lead"), Why.GONE),
        (SetRole(f"{FIRST}.1", "boss"), Why.NOT_A_ROLE),
        (MergeMeasures(SECOND, FIRST), Why.NOT_ADJACENT),
        (SplitMeasure(FIRST, ()), Why.NO_SENTENCE),
        (SplitMeasure(SECOND, (1,)), Why.NO_SENTENCE),
        (SplitMeasure(SECOND, (-1,)), Why.NO_SENTENCE),
        (SetDeadline(FIRST, "明天"), Why.NO_DATE),
        (SetTarget("t0", "产值", "", "很多", "", ""), Why.NO_NUMBER),
        (SetTarget("t0", "产值", "", "NaN", "", ""), Why.NO_NUMBER),
        (SetMeasure(FIRST, "1", "  "), Why.EMPTY),
        (AddMention(FIRST, "support", "省一厅", 1, None), Why.NAMED_TWICE),
        (AddMention(FIRST, "support", "", None, None), Why.EMPTY),
        (SettleName("省四局", None, None), Why.EMPTY),
        (RemoveTarget("t9"), Why.GONE),
    ],
)
def test_a_correction_that_does_not_fit_says_why(edit: Edit, why: Why) -> None:
    with pytest.raises(CannotEdit) as refused:
        drafted(edit)
    assert refused.value.why == why


def test_who_is_only_responsible_leads_where_nobody_else_does() -> None:
    text = "方案\n一、任务\n1.甲事。抓紧做好。（省一厅、省二厅负责）\n2.乙事。抓紧办好。（省一厅牵头，省二厅负责）\n"
    draft = draft_of(read_plan(text.encode(), "a.txt").to_json(), [])
    assert [[mention.role for mention in measure.mentions] for measure in draft.measures] == [["lead", "lead"], ["lead", "support"]]


LEFT_OUT = SMALL + "（三）宣传推广。开展专题宣传。营造良好氛围。\n（四）持续改进。（省一厅牵头）\n"


def test_a_target_is_added_by_hand_changed_and_removed() -> None:
    before = len(drafted().targets)
    add = AddTarget("新增企业", "超过", "1,200", "家", "2027-12-31")
    draft = drafted(add)
    added = draft.targets[-1]
    assert (len(draft.targets), added.metric, added.amount, added.due_on) == (before + 1, "新增企业", "1200", dt.date(2027, 12, 31))
    changed = drafted(add, SetTarget(added.key, "新增企业", "达到", "1500", "家", ""))
    assert changed.targets[-1].amount == "1500"
    assert len(drafted(add, RemoveTarget(added.key)).targets) == before
    keys = [target.key for target in drafted(add, add, RemoveTarget("ta1"), add).targets]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("value", "why"), [("很多", Why.NO_NUMBER), ("1e30", Why.NO_NUMBER), ("NaN", Why.NO_NUMBER)])
def test_a_target_without_a_number_is_refused(value: str, why: Why) -> None:
    with pytest.raises(CannotEdit) as refused:
        drafted(AddTarget("新增企业", "超过", value, "家", ""))
    assert refused.value.why is why


def test_a_passage_left_out_becomes_a_measure_where_it_stands() -> None:
    reading = read_plan(LEFT_OUT.encode(), "方案.txt").to_json()
    draft = draft_of(reading, [])
    [doubt] = [doubt for doubt in draft.doubts if doubt.code == "left_out"]
    edit = passage(draft, LEFT_OUT, doubt.key)
    assert (edit.number, edit.title) == ("（三）", "宣传推广")
    assert [LEFT_OUT[start:end] for start, end in edit.sentences] == ["开展专题宣传。", "营造良好氛围。"]
    kept = [edit.to_json()]
    made = draft_of(reading, kept)
    assert [measure.number for measure in made.measures] == ["（一）", "（二）", "（三）", "（四）"]
    assert LEFT_OUT[made.measures[2].start : made.measures[2].end] == "（三）宣传推广。开展专题宣传。营造良好氛围。"
    assert made.measures[2].section == made.measures[1].section
    with pytest.raises(CannotEdit) as refused:
        draft_of(reading, [*kept, *kept])
    assert refused.value.why is Why.HERE_ALREADY
    split = draft_of(reading, [*kept, SplitMeasure(made.measures[2].key, (0,)).to_json()])
    assert len(split.measures) == 5
