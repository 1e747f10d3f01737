"""Clauses found inside the text of a measure."""

import pytest

from measures.importing.clauses import ClauseContext, find_clauses, parse_clause
from measures.importing.clauses.model import OTHERS_NOT_TOLD
from measures.importing.partial_date import PartialDate

CONTEXT = ClauseContext("广东", None, PartialDate(2023, 2))


def found(text: str) -> list[tuple[str, list[str]]]:
    return [(text[clause.start : clause.end], [item.name for item in clause.items]) for clause in find_clauses(text, CONTEXT)]


def test_bracketed_clauses_of_sub_items_are_found_each_with_its_span() -> None:
    text = (
        "1.建平台（以下简称平台）。（省教育厅牵头，省财政厅配合）\n2.强监管。（省公安厅负责）。3.由省教育厅负责制定的办法（试行）另行印发。"
    )
    assert found(text) == [("（省教育厅牵头，省财政厅配合）", ["省教育厅", "省财政厅"]), ("（省公安厅负责）", ["省公安厅"])]


def test_labelled_lines_that_follow_each_other_are_one_clause() -> None:
    text = "完善制度，加强监管。\n牵头单位：省教育厅\n责任单位：省财政厅、民政厅\n完成时限：2023年6月底前\n下一段文字。"
    (clause,) = find_clauses(text, CONTEXT, base=10)
    assert text[clause.start - 10 : clause.end - 10] == "牵头单位：省教育厅\n责任单位：省财政厅、民政厅\n完成时限：2023年6月底前"
    assert clause.agencies("lead") == ["省教育厅"]
    assert clause.agencies("responsible") == ["省财政厅", "省民政厅"]
    assert clause.deadline is not None
    assert str(clause.deadline.date) == "2023-06-30"


def test_a_label_behind_a_sentence_and_a_line_of_its_own_are_found() -> None:
    assert found("加强培训。责任单位：省教育厅、各地级以上市政府") == [
        ("责任单位：省教育厅、各地级以上市政府", ["省教育厅", "各地级以上市政府"])
    ]
    assert found("加强培训。\n省教育厅牵头，省财政厅配合\n") == [("省教育厅牵头，省财政厅配合", ["省教育厅", "省财政厅"])]


def test_prose_that_mentions_roles_holds_no_clause() -> None:
    for text in (
        "支持企业牵头组建创新联合体，高校参与。",
        "加强部门配合，发挥省教育厅牵头作用。",
        "各地各部门要各负其责。",
        "（含市直部门）",
        "（由省财政厅负责解释）",
    ):
        assert found(text) == []


def test_a_clause_behind_other_text_is_read_with_the_spans_of_the_whole() -> None:
    text = "推进改革。（省教育厅牵头）"
    clause = parse_clause(text, CONTEXT)
    (item,) = clause.items
    assert text[item.start : item.end] == "省教育厅"


def test_names_that_the_document_defines_count_as_agencies() -> None:
    context = ClauseContext("广东", None, None, aliases={"广数所": "广州数据交易所有限公司"})
    clause = parse_clause("（广数所、省政数局负责）", context)
    assert clause.agencies("responsible") == ["广数所", "省政数局"]
    assert not clause.doubts


def test_the_rule_that_the_first_agency_leads_yields_to_roles_that_are_written() -> None:
    context = ClauseContext(first_listed_leads=True)
    assert parse_clause("（教育部、财政部负责）", context).agencies("lead") == ["教育部"]
    assert parse_clause("（教育部、财政部牵头）", context).agencies("lead") == ["教育部", "财政部"]


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        ("（教育部、财政部、人力资源社会保障部负责）", ClauseContext(first_listed_leads=True), [OTHERS_NOT_TOLD]),
        ("（教育部、财政部、人力资源社会保障部负责）", ClauseContext(first_listed_leads=True, others_told=True), []),
        ("（教育部、财政部、人力资源社会保障部，列首位的为牵头单位）", ClauseContext(), [OTHERS_NOT_TOLD]),
        ("（教育部、财政部、人力资源社会保障部，列首位的为牵头单位，其余为配合单位）", ClauseContext(), []),
    ],
)
def test_a_rule_that_only_says_who_leads_leaves_the_others_in_doubt(text: str, context: ClauseContext, why: list[str]) -> None:
    clause = parse_clause(text, context)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["教育部"], ["财政部", "人力资源社会保障部"])
    assert [doubt.why for doubt in clause.doubts] == why
    assert [text[doubt.start : doubt.end] for doubt in clause.doubts] == ["财政部、人力资源社会保障部" for _ in why]
