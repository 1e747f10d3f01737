"""What stands in an attachment: its headings are sections, and its tasks stand under them."""

from collections.abc import Iterator

import pytest

from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading, SectionReading

BODY = """某市优化营商环境行动方案
一、重点任务
（一）优化政务服务。推进一网通办。（市数据局牵头）
（二）优化法治环境。规范涉企执法。（市司法局牵头）
二、组织保障
（一）加强领导。
（二）强化考核。
"""


def _read(text: str) -> PlanReading:
    return read_plan(text.encode(), "plan.txt")


def _walk(sections: tuple[SectionReading, ...]) -> Iterator[SectionReading]:
    for section in sections:
        yield section
        yield from _walk(section.children)


def _attached(reading: PlanReading) -> list[tuple[str, str, str]]:
    """List the tasks of the attachment: number, title, and the heading in the tree of sections that each points to."""
    begins = reading.text.index("重点任务分工")
    known = {section.start: f"{section.number}|{section.title}" for section in _walk(reading.sections)}
    return [
        (measure.number, measure.title, known.get(-1 if measure.section_start is None else measure.section_start, ""))
        for measure in reading.measures
        if measure.start > begins
    ]


NUMBERED = """一、优化窗口服务
（一）推进通办
1.整合政务平台。
责任单位：市数据局、市公安局
2.压减办理时限。
责任单位：市司法局
（二）提升大厅
1.设立综合窗口。
责任单位：市政务服务中心
二、规范执法行为
1.推行审慎监管。
责任单位：市司法局
"""


@pytest.mark.parametrize("head", ["附件：重点任务分工", "附件1\n重点任务分工", "附：重点任务分工", "附件：\n重点任务分工"])
def test_headings_of_an_attachment_are_sections_though_its_numbers_begin_again(head: str) -> None:
    reading = _read(f"{BODY}{head}\n{NUMBERED}")
    assert _attached(reading) == [
        ("1", "整合政务平台", "（一）|推进通办"),
        ("2", "压减办理时限", "（一）|推进通办"),
        ("1", "设立综合窗口", "（二）|提升大厅"),
        ("1", "推行审慎监管", "二|规范执法行为"),
    ]
    assert [section.number for section in reading.sections] == ["一", "二", "一", "二"]


@pytest.mark.parametrize("head", ["附：重点任务分工", "重点任务分工", "优化营商环境重点任务分工方案"])
def test_an_attachment_numbered_like_the_last_part_of_the_text_is_none_of_it(head: str) -> None:
    reading = _read(
        f"{BODY}{head}\n（一）优化窗口服务\n1.整合政务平台\n责任单位：市数据局\n（二）规范执法行为\n1.推行审慎监管\n责任单位：市司法局\n"
    )
    assert _attached(reading) == [("1", "整合政务平台", "（一）|优化窗口服务"), ("1", "推行审慎监管", "（二）|规范执法行为")]
    assert [(section.number, section.title) for section in reading.sections[1].children] == [("（一）", "加强领导"), ("（二）", "强化考核")]


def test_tables_under_the_headings_of_an_attachment_are_of_their_sections() -> None:
    header = "序号\t工作任务\t责任单位\n"
    reading = _read(
        f"{BODY}附件：重点任务分工\n一、优化窗口服务\n（一）推进通办\n{header}1\t整合政务平台\t市数据局、市公安局\n2\t压减办理时限\t市司法局\n"
        f"（二）提升大厅\n{header}1\t设立综合窗口\t市政务服务中心\n二、规范执法行为\n{header}1\t推行审慎监管\t市司法局\n"
    )
    assert _attached(reading) == [
        ("1", "整合政务平台", "（一）|推进通办"),
        ("2", "压减办理时限", "（一）|推进通办"),
        ("1", "设立综合窗口", "（二）|提升大厅"),
        ("1", "推行审慎监管", "二|规范执法行为"),
    ]


def test_a_table_right_under_the_title_of_an_attachment_is_in_no_section_of_the_text() -> None:
    reading = _read(f"{BODY}附件\n重点任务分工\n序号\t工作任务\t责任单位\n1\t整合政务平台\t市数据局\n2\t压减办理时限\t市司法局\n")
    assert [section for *_, section in _attached(reading)] == ["", ""]


def test_words_without_a_number_between_finished_tasks_are_headings() -> None:
    reading = _read(
        f"{BODY}附件：重点任务分工\n优化窗口服务\n1.整合政务平台\n责任单位：市数据局\n2.压减办理时限。（责任单位：市司法局）\n"
        "规范执法行为\n3.推行审慎监管\n责任单位：市司法局\n"
    )
    assert _attached(reading) == [
        ("1", "整合政务平台", "|优化窗口服务"),
        ("2", "压减办理时限", "|优化窗口服务"),
        ("3", "推行审慎监管", "|规范执法行为"),
    ]


def test_values_on_lines_of_their_own_are_no_headings() -> None:
    task = "{}.推进事项办理\n责任单位\n市数据局\n完成情况\n正在有序推进\n"
    reading = _read(f"{BODY}附件：重点任务分工\n" + "".join(task.format(number) for number in range(1, 5)))
    assert [section.number for section in reading.sections] == ["一", "二"]


@pytest.mark.parametrize("label", ["时限：", "完成时限：\n", "节点："])
def test_the_day_of_a_task_is_no_signature(label: str) -> None:
    reading = _read(
        f"{BODY}附件：重点任务分工\n一、优化窗口服务\n1.整合政务平台\n责任单位：市数据局\n{label}2025年6月\n"
        f"2.压减办理时限\n责任单位：市司法局\n{label}2025年9月\n"
    )
    assert _attached(reading) == [("1", "整合政务平台", "一|优化窗口服务"), ("2", "压减办理时限", "一|优化窗口服务")]
    assert reading.date is None


def test_a_label_on_a_line_of_its_own_holds_for_the_line_behind_it() -> None:
    reading = _read(
        "某市方案\n一、重点任务\n1.整合平台\n责任单位：\n市数据局、市公安局\n完成时限：\n2025年6月\n2.压减时限\n配合单位：\n3.开设窗口\n"
    )
    first, second = reading.measures[0], reading.measures[1]
    deadline = first.clauses[0].deadline
    assert first.named("responsible") == ["市数据局", "市公安局"]
    assert deadline is not None
    assert (deadline.text, str(deadline.date)) == ("2025年6月", "2025-06-30")
    assert [reading.text[item.start : item.end] for item in first.clauses[0].items] == ["市数据局", "市公安局"]
    assert not second.clauses


def test_a_table_that_repeats_the_text_has_the_days_of_its_sentences() -> None:
    text = (
        "某省物流行动方案\n2026年3月1日\n一、重点任务\n1.扩能枢纽。\n2026年9月底前，编制枢纽规划。\n2.打通铁路。加快建设，2027年底前建成。\n"
        "附件\n重点任务分工表\n"
        "| 序号 | 重点任务 | 牵头单位 |\n|---|---|---|\n| 1 | 扩能枢纽 | 省发展改革委 |\n| 2 | 打通铁路 | 省交通运输厅 |\n"
    )
    measures = read_plan(text.encode(), "plan.md").measures
    assert [(m.title, m.named("lead"), [str(d.date) for d in m.deadlines]) for m in measures] == [
        ("扩能枢纽", ["省发展改革委"], ["2026-09-30"]),
        ("打通铁路", ["省交通运输厅"], ["2027-12-31"]),
    ]
