"""Clauses in the manner of ledgers and work plans of counties."""

import pytest

from measures.importing.clauses import ClauseContext, parse_clause
from measures.importing.clauses.model import Role
from measures.importing.partial_date import PartialDate

CONTEXT = ClauseContext("江西", "九江", PartialDate(2026, 3))


@pytest.mark.parametrize(
    ("text", "role", "names"),
    [
        ("九江经开区、八里湖新区、庐山西海管委会负责", "responsible", ["九江经开区管委会", "八里湖新区管委会", "庐山西海管委会"]),
        ("（鼎城区花岩溪镇、尧天坪镇人民政府负责）", "responsible", ["鼎城区花岩溪镇人民政府", "尧天坪镇人民政府"]),
        ("牵头单位：市住建局，会同单位：市发改委、市自然资源局", "support", ["市发改委", "市自然资源局"]),
        ("（县财政局列为第一责任单位，县国资中心配合）", "lead", ["县财政局"]),
        ("（县应急局会同县消防救援大队、县住建局组成联合检查组）", "support", ["县消防救援大队", "县住建局"]),
    ],
)
def test_names_of_a_role_are_whole(text: str, role: Role, names: list[str]) -> None:
    assert parse_clause(text, CONTEXT).agencies(role) == names


def test_offices_with_what_each_of_them_does_are_responsible() -> None:
    clause = parse_clause("①县水务局：编制规划，4月底前；②县发改局：争取资金，6月底前；③各乡镇：征地拆迁，9月底前", CONTEXT)
    assert (clause.agencies("responsible"), [one.text for one in clause.collectives]) == (["县水务局", "县发改局"], ["各乡镇"])
    assert clause.deadline is not None
    assert str(clause.deadline.date) == "2026-09-30"
    assert len(clause.doubts) >= 3


def test_what_a_lead_has_built_already_is_no_clause() -> None:
    assert not parse_clause("2025年，县教育局牵头新建的3所幼儿园已投入使用。", CONTEXT).is_clause


@pytest.mark.parametrize(
    ("text", "quote", "recurring"),
    [("半年一次", "半年一次", True), ("火把节前完成", "火把节前", False), ("即日起长期坚持", "即日起长期坚持", False)],
)
def test_times_that_no_calendar_knows_keep_their_quote(text: str, quote: str, recurring: bool) -> None:
    deadline = parse_clause(f"（县民政局负责，{text}）", CONTEXT).deadline
    assert deadline is not None
    assert (deadline.text, deadline.date, deadline.recurring) == (quote, None, recurring)
