"""The difference of two versions of a plan."""

from measures.importing.diff import PlanDiff, compare
from measures.importing.plan import read_plan

FIRST = """某省实施方案
一、主要任务
1.推进平台建设。建设省级科技创新平台，完善管理制度。（省科技厅牵头，省财政厅配合，2025年底前完成）
2.培育龙头企业。支持企业做大做强，提升核心竞争力。（省工业和信息化厅牵头，省国资委配合）
3.优化营商环境。推行一网通办，压缩办理时限。（省数据局牵头）
4.加强人才引进。实施人才计划，落实安居保障。（省委组织部牵头）
"""


def difference(second: str) -> PlanDiff:
    return compare(read_plan(FIRST.encode(), "a"), read_plan(second.encode(), "b"))


def test_the_same_text_differs_in_nothing() -> None:
    diff = difference(FIRST)
    assert diff.is_empty
    assert diff.unchanged == 4


def test_another_layout_of_the_same_words_differs_in_nothing() -> None:
    assert difference(FIRST.replace("\n", "\n\n　　")).is_empty


def test_an_agency_that_leaves_and_one_that_comes_are_told() -> None:
    diff = difference(FIRST.replace("省国资委配合", "省商务厅配合"))
    (change,) = diff.changed
    assert [(one.role, one.name, one.gained) for one in change.responsibilities] == [
        ("support", "省国资委", False),
        ("support", "省商务厅", True),
    ]
    assert (diff.added, diff.dropped, diff.unchanged) == ((), (), 3)


def test_a_dropped_measure_renumbers_those_behind_it() -> None:
    lines = FIRST.splitlines()
    del lines[3]
    diff = difference("\n".join(lines).replace("3.优化", "2.优化").replace("4.加强", "3.加强"))
    assert [measure.title for measure in diff.dropped] == ["培育龙头企业"]
    assert diff.added == ()
    assert [(change.before.number, change.after.number, change.text_changed) for change in diff.changed] == [
        ("3", "2", False),
        ("4", "3", False),
    ]


def test_a_new_measure_is_added() -> None:
    diff = difference(FIRST + "5.发展绿色金融。发行绿色债券，支持低碳项目。（人民银行广东省分行牵头）\n")
    assert [measure.title for measure in diff.added] == ["发展绿色金融"]
    assert diff.unchanged == 4


def test_a_measure_in_other_words_and_with_another_deadline_is_the_same_measure() -> None:
    diff = difference(FIRST.replace("完善管理制度", "健全管理和考核制度").replace("2025年底前完成", "2026年6月底前完成"))
    (change,) = diff.changed
    assert change.text_changed
    assert (change.deadline_before, change.deadline_after) == ("2025-12-31", "2026-06-30")
    assert change.deadline_changed
    assert change.likeness >= 62
