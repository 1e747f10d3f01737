"""Several days in one clause: stages of one duty, a day for each agency, or a doubt."""

from __future__ import annotations

import pytest

from measures.draft import Draft
from measures.editing import draft_of
from measures.importing.clauses.several_days import SEVERAL
from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading

HEAD = "某市实施方案\n2025年3月1日\n一、重点任务\n"


def _read(measure: str) -> PlanReading:
    return read_plan(f"{HEAD}{measure}\n".encode(), "plan.txt")


def _drafted(reading: PlanReading) -> Draft:
    return draft_of(reading.to_json(), [])


def _days(reading: PlanReading) -> list[tuple[list[str], str, list[str]]]:
    """List of each clause who it names, its day and the days of the stages before it."""
    return [
        (
            [item.name for item in clause.items],
            str(clause.deadline.date) if clause.deadline else "",
            [f"{reading.text[stage.start : stage.end]} {stage.date}" for stage in clause.stages],
        )
        for clause in reading.measures[0].clauses
    ]


def _is_doubted(reading: PlanReading) -> bool:
    return any(doubt.why == SEVERAL for doubt in reading.doubts)


@pytest.mark.parametrize(
    "measure",
    [
        "1.整合平台。\n责任单位：市数据局\n完成时限：6月底前完成方案编制，10月底前全面完成平台建设",
        "1.整合平台。（责任单位：市数据局；完成时限：6月底前完成甲；10月底前完成乙）",
        "1.整合平台。（市数据局牵头，6月底前完成方案，10月底前全面完成）",
        "序号\t工作任务\t牵头单位\t完成时限\n1\t整合平台\t市数据局\t6月底前完成方案，10月底前全面完成\n2\t建库\t市数据局\t年底前",
    ],
)
def test_days_with_what_is_done_by_each_are_stages_before_the_last(measure: str) -> None:
    reading = _read(measure)
    assert _days(reading)[0] == (["市数据局"], "2025-10-31", ["6月底前 2025-06-30"])
    assert reading.measures[0].deadlines == ()
    assert not _is_doubted(reading)


def test_a_line_of_its_own_may_name_stages_too() -> None:
    reading = _read("1.整合平台。（市数据局牵头）\n落实工作要求。\n时间节点：6月底前完成方案，10月底前全面完成")
    assert _days(reading)[0] == (["市数据局"], "2025-10-31", ["6月底前 2025-06-30"])


def test_the_review_page_still_tells_that_there_are_several_days() -> None:
    measure = _drafted(_read("1.整合平台。（市数据局牵头，6月底前完成方案，10月底前全面完成）")).measures[0]
    assert (str(measure.deadline), measure.other_deadlines) == ("2025-10-31", 1)


@pytest.mark.parametrize(
    "when",
    [
        "2025年6月底、10月底",
        "10月底前完成平台，6月底前完成方案",
        "每季度通报，10月底前完成",
        "6月底前，10月底前完成平台",
    ],
)
def test_days_that_nothing_tells_apart_stay_a_doubt(when: str) -> None:
    reading = _read(f"1.整合平台。（责任单位：市数据局；完成时限：{when}）")
    assert _days(reading) == [(["市数据局"], "2025-10-31", [])]
    assert _is_doubted(reading)


@pytest.mark.parametrize(
    "measure",
    [
        "1.治理水库。（市水利局于6月底前完成排查；市财政局于10月底前拨付资金）",
        "1.治理水库。（市水利局牵头，6月底前完成排查，市财政局负责，10月底前拨付资金）",
        "1.治理水库。（市水利局6月底前完成排查，市财政局10月底前拨付资金）",
    ],
)
def test_agencies_with_a_day_each_have_a_clause_each(measure: str) -> None:
    reading = _read(measure)
    assert _days(reading) == [(["市水利局"], "2025-06-30", []), (["市财政局"], "2025-10-31", [])]
    assert not _is_doubted(reading)
    first, second = reading.measures[0].clauses
    assert first.end <= second.start
    assert reading.text[second.start : second.end].endswith("）")


def test_a_supporter_with_a_later_day_makes_no_clause_of_its_own() -> None:
    reading = _read("1.治理水库。（市水利局牵头，6月底前完成排查；市财政局配合，10月底前拨付资金）")
    assert [names for names, *_ in _days(reading)] == [["市水利局", "市财政局"]]
