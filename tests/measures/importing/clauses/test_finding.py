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


def test_a_bracket_behind_its_sentence_is_a_clause_though_another_sentence_follows() -> None:
    text = "扩大道路运输合作。（交通运输部、外交部）优化口岸流程；（试行办法另行印发）压缩时间。（海关总署牵头，国家移民局配合）"
    assert found(text) == [
        ("（交通运输部、外交部）", ["交通运输部", "外交部"]),
        ("（海关总署牵头，国家移民局配合）", ["海关总署", "国家移民局"]),
    ]


def test_the_second_name_of_an_agency_in_a_labelled_line_is_no_clause_of_its_own() -> None:
    (clause,) = find_clauses("加强管理。\n主责单位：区住房城乡建设委（区房管局）\n协办单位：区财政局\n", CONTEXT)
    assert clause.agencies("lead") == ["区住房城乡建设委（区房管局）"]
    assert clause.agencies("support") == ["区财政局"]


def test_who_stands_behind_another_by_leaves_those_before_it_the_role_of_their_label() -> None:
    (clause,) = find_clauses("主责单位：区城管委\n协办单位：区经济和信息化局，同时由各街道（镇）负责日常维护", CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support"), clause.agencies("responsible")) == (["区城管委"], ["区经济和信息化局"], [])
    assert [(one.text, one.role) for one in clause.collectives] == [("各街道（镇）", "responsible")]


def test_an_agency_of_two_parts_is_named_once_and_what_stands_before_a_label_names_nobody() -> None:
    clause = parse_clause("建新馆，责任单位：市文旅局；责任单位：市文旅局、市财政局", CONTEXT)
    assert clause.agencies("responsible") == ["市文旅局", "市财政局"]


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


def test_the_one_day_of_a_sentence_is_that_of_its_clause_unless_the_clause_names_its_own() -> None:
    clause = parse_clause("到2025年，建成绿色工厂100家。（省工业和信息化厅牵头）", CONTEXT)
    assert clause.deadline is not None
    assert (str(clause.deadline.date), clause.deadline.text) == ("2025-12-31", "到2025年")
    assert [doubt.why for doubt in clause.doubts] == ["分工中没有写时限，取正文所写的时限"]
    own = parse_clause("到2025年，建成绿色工厂100家。（省工业和信息化厅牵头，2024年底前完成）", CONTEXT)
    assert own.deadline is not None
    assert str(own.deadline.date) == "2024-12-31"
    assert parse_clause("到2024年，建成绿色工厂50家；到2025年，建成100家。（省水利厅牵头）", CONTEXT).deadline is None
    (inside,) = find_clauses("到2025年，建成绿色工厂100家。（省工业和信息化厅牵头）", CONTEXT)
    assert inside.deadline is None  # in a document the sentences keep their own days


def test_sub_items_in_a_line_each_say_behind_their_own_by_who_does_them() -> None:
    text = "（1）编制目录，由市司法局负责，6月底前完成；（2）开展培训，由市委组织部牵头。"
    clause = parse_clause(text, ClauseContext("山东", "潍坊", PartialDate(2022, 3)))
    assert (clause.agencies("responsible"), clause.agencies("lead")) == (["市司法局"], ["市委组织部"])
    assert [text[item.start : item.end] for item in clause.items] == ["市司法局", "市委组织部"]


def test_a_short_name_that_the_document_defines_ends_before_a_role_word() -> None:
    context = ClauseContext("福建", "福州", aliases={"马尾造船": "福建省马尾造船股份有限公司"})
    clause = parse_clause("（市工信局牵头，马尾造船参加）", context)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["市工信局"], ["马尾造船"])
    assert parse_clause("（市工信局牵头，马尾造船参加）", ClauseContext("福建", "福州")).agencies("support") == []


def test_numbers_of_items_say_for_what_and_name_nobody() -> None:
    clause = parse_clause("（第1、2项由市水利局牵头，第（三）项由市财政局牵头，市审计局配合）", CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["市水利局", "市财政局"], ["市审计局"])
    assert len(clause.doubts) == 2


def test_a_group_named_after_a_great_region_is_not_of_the_province() -> None:
    clause = parse_clause("（省交通运输厅、发展改革委、西部机场集团按职责分工负责）", CONTEXT)
    assert clause.agencies("responsible") == ["省交通运输厅", "省发展改革委", "西部机场集团"]


def test_enterprises_of_a_trade_are_many_and_one_that_is_named_is_one() -> None:
    clause = parse_clause("（牵头单位：市能源局；配合单位：充换电设施运营企业、粮食加工企业、江州明德生产企业）", CONTEXT)
    assert [(item.name, item.collective) for item in clause.items if item.role == "support"] == [
        ("充换电设施运营企业", True),
        ("粮食加工企业", True),
        ("江州明德生产企业", False),
    ]
    assert [doubt.why for doubt in clause.doubts] == ["不像单位名称，请核对"]


def test_members_of_those_in_office_are_no_name_of_a_person() -> None:
    clause = parse_clause("（牵头领导：市政府班子成员按分工负责；牵头单位：市财政局）", CONTEXT)
    assert (clause.leaders, clause.agencies("lead")) == ((), ["市财政局"])


@pytest.mark.parametrize(
    ("text", "quote", "leads"),
    [
        ("1.改造城区。省水利局牵头", "省水利局牵头", ["省水利局"]),
        ("改造城区。省水利局牵头。省教育厅配合。", "省水利局牵头。省教育厅配合。", ["省水利局"]),
        ("保护湖区。省水利局会同省教育厅负责。", "省水利局会同省教育厅负责。", ["省水利局"]),
    ],
)
def test_a_title_that_ends_like_a_place_has_no_role_of_the_sentence_behind_it(text: str, quote: str, leads: list[str]) -> None:
    (clause,) = find_clauses(text, CONTEXT)
    assert (text[clause.start : clause.end], clause.agencies("lead"), clause.agencies("responsible")) == (quote, leads, [])
    assert parse_clause(text, CONTEXT).agencies("lead") == leads


def test_an_agency_before_the_sentence_of_the_roles_is_doubted() -> None:
    text = "省教育厅、省财政厅。省水利局牵头。"
    (clause,) = find_clauses(text, CONTEXT)
    assert [text[doubt.start : doubt.end] for doubt in clause.doubts] == ["省教育厅、省财政厅"]
    bracketed = parse_clause("（省教育厅。省财政厅牵头）", CONTEXT)
    assert (bracketed.agencies("lead"), bracketed.agencies("support"), len(bracketed.doubts)) == (["省财政厅"], ["省教育厅"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "（排在首位的为牵头单位：省教育厅、省财政厅）",
        "首位为牵头单位：省教育厅、省财政厅",
        "责任单位（列第一位的为牵头单位）：省教育厅、省财政厅",
    ],
)
def test_the_rule_of_the_first_may_stand_in_the_label_or_be_the_label(text: str) -> None:
    clause = parse_clause(text, CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["省教育厅"], ["省财政厅"])
    assert [doubt.why for doubt in clause.doubts] == [OTHERS_NOT_TOLD]


def test_what_an_agency_builds_is_no_part_of_its_name_and_a_duty_by_another_verb_ends_no_clause() -> None:
    clause = parse_clause("省委网信办牵头，会同省公安厅建设监测平台，2027年上半年建成。", CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["省委网信办"], ["省公安厅"])
    assert [doubt.why for doubt in clause.doubts if "没有读出" in doubt.why] == ["这一部分没有读出"]
    assert found("加强监管。省委网信办牵头，会同省公安厅建设平台。由省数促办做好统筹协调。") == []
