"""The rule, stated once in a document, that the agency named first leads."""

import pytest

from measures.importing.clauses.model import OTHERS_NOT_TOLD
from measures.importing.plan import read_plan

PLAN = (
    "某省若干措施\n{}\n一、任务\n（一）加强建设。完善设施。（省发展改革委、省财政厅、省水利厅负责）\n"
    "（二）加强管理。健全制度。（省民政厅、省数据局负责）\n"
)


@pytest.mark.parametrize(
    ("rule", "doubted"),
    [
        ("责任单位列第一位的为牵头单位，下同。", ["列第一位的为牵头"]),
        ("责任单位列首位者为牵头单位，下同。", ["列首位者为牵头"]),
        ("责任单位中列第一位的为牵头单位，其他为配合单位。", []),
    ],
)
def test_what_the_rule_leaves_open_is_doubted_once_where_it_stands(rule: str, doubted: list[str]) -> None:
    text = PLAN.format(rule)
    reading = read_plan(text.encode(), "plan.txt")
    assert [(measure.named("lead"), measure.named("support")) for measure in reading.measures] == [
        (["省发展改革委"], ["省财政厅", "省水利厅"]),
        (["省民政厅"], ["省数据局"]),
    ]
    assert [text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "first_leads"] == doubted
    assert [doubt for doubt in reading.doubts if doubt.code == "clause" and doubt.why == OTHERS_NOT_TOLD] == []


def test_a_rule_in_brackets_behind_the_first_list_is_no_part_of_its_last_name() -> None:
    text = (
        "某省措施\n第一条　放宽准入。\n责任单位：省发改委，各市政府、滨海新区管委会（列首位者为牵头单位，下同）\n"
        "第二条　减负。\n责任单位：省财政厅、省国税局\n"
    )
    assert [(measure.named("lead"), measure.named("support")) for measure in read_plan(text.encode(), "plan.txt").measures] == [
        (["省发改委"], ["各市政府", "滨海新区管委会"]),
        (["省财政厅"], ["省国税局"]),
    ]


def test_same_as_above_behind_a_label_has_those_of_the_rule_though_it_stands_at_the_end() -> None:
    text = (
        "某县治理方案\n2026年3月1日\n一、任务\n1.开展排查。建立台账。\n责任单位：县水利局、县住建局\n2.落实利用。就近消纳。\n责任单位：同上\n"
        "以上任务列首位的单位为牵头单位，其他单位按职责分工配合。\n"
    )
    measures = read_plan(text.encode(), "plan.txt").measures
    assert [(m.named("lead"), m.named("support")) for m in measures] == [(["县水利局"], ["县住建局"])] * 2
