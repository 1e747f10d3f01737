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
        ("（财政部商国家发展改革委、农业农村部负责）", "support", ["国家发展改革委", "农业农村部"]),
        ("（联合国开发计划署、外交部负责）", "responsible", ["联合国开发计划署", "外交部"]),
        ("（责任单位：福州、泉州、漳州市委统战部）", "responsible", ["福州市委统战部", "泉州市委统战部", "漳州市委统战部"]),
        ("（市教育局（市财政局、市人社局配合））", "support", ["市财政局", "市人社局"]),
        ("（市商务局牵头，江阴市、宜兴市、各区人民政府负责）", "responsible", ["江阴市人民政府", "宜兴市人民政府"]),
        ("（市社保中心、市就业中心，隶属市人社局）", "responsible", ["市社保中心", "市就业中心"]),
        ("（市税务局、人民银行台州市分行，限2026年8月底前完成）", "responsible", ["市税务局", "人民银行台州市分行"]),
        ("部内分工：科教司牵头，规划财务司、人事司参加", "support", ["规划财务司", "人事司"]),
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
    [
        ("半年一次", "半年一次", True),
        ("火把节前完成", "火把节前", False),
        ("即日起长期坚持", "即日起长期坚持", False),
        ("每季度第一个月10日前", "每季度第一个月10日前", True),
        ("完成时限：暑假期间", "暑假期间", False),
    ],
)
def test_times_that_no_calendar_knows_keep_their_quote(text: str, quote: str, recurring: bool) -> None:
    deadline = parse_clause(f"（县民政局负责，{text}）", CONTEXT).deadline
    assert deadline is not None
    assert (deadline.text, deadline.date, deadline.recurring) == (quote, None, recurring)


def test_a_way_of_going_on_is_no_time() -> None:
    clause = parse_clause("责任单位：市审计局；完成时限：按国家部署推进", CONTEXT)
    assert (clause.deadline, [doubt.why for doubt in clause.doubts]) == (None, ["时限没有读出"])


@pytest.mark.parametrize("text", ["（沪苏浙皖人民政府负责）", "（有关区市县党委编办负责）"])
def test_bodies_of_several_places_are_an_open_set(text: str) -> None:
    clause = parse_clause(text, CONTEXT)
    assert ([one.text for one in clause.collectives], clause.agencies("responsible")) == ([text[1:-3]], [])


def test_open_sets_before_the_agencies_that_lead_are_doubted() -> None:
    clause = parse_clause("（省属高校、省级医疗机构，省教育厅、省卫健委分别牵头）", CONTEXT)
    assert any("角色只写在最后" in doubt.why for doubt in clause.doubts)
