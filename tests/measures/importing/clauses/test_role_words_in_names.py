"""Role words inside names, a word that issues a paper, a day that is over, a bureau that is named again."""

from itertools import product

import pytest

from measures.importing.clauses import ClauseContext, parse_clause
from measures.importing.partial_date import PartialDate

CONTEXT = ClauseContext("海南", "海口", PartialDate(2026, 3))

NAMES = ("市场监督管理局", "药品监督管理局", "督查室", "就业指导中心", "城市管理综合执法监督局", "指导委员会办公室")
MARKS = ("市", "县", "区", "省", "州", "盟", "旗")
BEHIND = ("、{}教育局", "及各乡镇", "和{}教育局", "以及有关部门", "与{}教育局", "、各乡镇")


@pytest.mark.parametrize(("name", "mark"), list(product(NAMES, MARKS)))
def test_a_role_word_inside_a_name_stays_in_it_whatever_joins_the_next(name: str, mark: str) -> None:
    for behind in BEHIND:
        for before in ("", f"{mark}财政局、"):
            text = f"（{mark}发展改革委牵头，{before}{mark}{name}{behind.format(mark)}配合）"
            read = [(item.name, item.role) for item in parse_clause(text, CONTEXT).items]
            assert (mark + name, "support") in read, text
            assert all(role in ("lead", "support") for _, role in read), text


@pytest.mark.parametrize(
    "text", ["（省科技厅会同省教育厅研究制定，年底前印发实施）", "由省科技厅会同省教育厅研究制定办法，2026年9月30日前印发实施。"]
)
def test_a_paper_to_be_issued_by_a_day_is_a_duty(text: str) -> None:
    clause = parse_clause(text, CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support")) == (["省科技厅"], ["省教育厅"])
    assert clause.deadline is not None


def test_who_issued_a_paper_has_no_duty() -> None:
    assert not parse_clause("（省财政厅、省税务局印发实施）", CONTEXT).is_clause


def test_a_day_that_is_over_is_no_deadline_of_a_sentence_that_assigns_nothing() -> None:
    clause = parse_clause("2025年，由海关总署牵头开展的智慧口岸试点已覆盖23个口岸，平均通关时间进一步压缩。", CONTEXT)
    assert not clause.is_clause
    assert clause.deadline is None


def test_a_bureau_that_is_named_again_is_not_doubled() -> None:
    clause = parse_clause("（总局征管和科技发展司牵头，总局纳税服务司配合）", ClauseContext(None, None, PartialDate(2026, 3)))
    assert clause.agencies("support") == ["总局纳税服务司"]


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("兵团第三师图木舒克市、第八师石河子市", ["兵团第三师图木舒克市", "第八师石河子市"]),
        ("喀什地区、兵团第十四师昆玉市", ["喀什地区", "兵团第十四师昆玉市"]),
        ("新疆生产建设兵团第八师石河子市", ["新疆生产建设兵团第八师石河子市"]),
        ("兵团第三师图木舒克市财政局、教育局", ["兵团第三师图木舒克市财政局", "兵团第三师图木舒克市教育局"]),
        ("兵团第三师、兵团财政局", ["兵团第三师", "兵团财政局"]),
    ],
)
def test_a_division_of_the_corps_and_its_city_are_one_name(listed: str, names: list[str]) -> None:
    clause = parse_clause(f"（兵团发展改革委牵头，{listed}配合）", ClauseContext("新疆", None, PartialDate(2026, 3)))
    assert clause.agencies("support") == names
    assert not any("职责写法" in doubt.why for doubt in clause.doubts)


def test_the_bureaus_and_offices_of_a_house_are_of_it_behind_one_that_says_so() -> None:
    clause = parse_clause(
        "（总局征管司牵头，总局纳税服务司、大数据和风险管理局、公安部配合）", ClauseContext(None, None, PartialDate(2026, 3))
    )
    assert clause.agencies("support") == ["总局纳税服务司", "总局大数据和风险管理局", "公安部"]
