"""Corrections applied to a reading, in order; undoing is leaving the last out."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence

import pytest

from measures.draft import Draft
from measures.editing import (
    AddMention,
    CannotEdit,
    DismissDoubt,
    DropMeasure,
    Edit,
    MergeMeasures,
    RemoveMention,
    RemoveTarget,
    SetDeadline,
    SetFacts,
    SetMeasure,
    SetRole,
    SetTarget,
    SettleName,
    SplitMeasure,
    Why,
    draft_of,
    from_json,
)
from measures.importing.plan import read_plan
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
    SplitMeasure(SECOND, (0,)),
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


def test_splitting_gives_each_part_its_sentences_and_everybody_named() -> None:
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
