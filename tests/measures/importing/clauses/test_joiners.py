"""Joiners between an open set and an agency part them; inside a set they do not."""

from __future__ import annotations

from typing import Any

import pytest

from measures.importing.clauses import ClauseContext, parse_clause


@pytest.mark.parametrize(
    ("listed", "agencies", "collectives"),
    [
        ("各市政府及省农信联社", ["省农信联社"], ["各市政府"]),
        ("各地级以上市政府和省邮政管理局、省电网公司", ["省邮政管理局", "省电网公司"], ["各地级以上市政府"]),
        ("各地级以上市政府及省数字金融协会", ["省数字金融协会"], ["各地级以上市政府"]),
        ("各市政府及有关单位", [], ["各市政府", "有关单位"]),
        ("各有关部门和单位", [], ["各有关部门和单位"]),
    ],
)
def test_an_agency_behind_an_open_set_stands_for_itself(listed: str, agencies: list[str], collectives: list[str]) -> None:
    text = f"（省教育厅牵头，{listed}配合）"
    found: dict[str, Any] = parse_clause(text, ClauseContext(province="广东", city=None, date=None)).to_json()
    assert (found["lead"], found["support"]) == (["省教育厅"], agencies)
    assert [row["text"] for row in found["collectives"]] == collectives
    assert [text[item["start"] : item["end"]] for item in found["items"] if not item["restored"]] == [
        item["name"] for item in found["items"] if not item["restored"]
    ]


@pytest.mark.parametrize(
    ("text", "lead", "support"),
    [
        ("（省发展改革委会省财政厅、省自然资源厅落实）", ["省发展改革委"], ["省财政厅", "省自然资源厅"]),
        ("（发展改革委会财政部、人民银行负责）", ["发展改革委"], ["财政部", "人民银行"]),
        ("（市人大常委会财经委牵头，市政协办公室配合）", ["市人大常委会财经委"], ["市政协办公室"]),
        ("（省民宗委会同省财政厅负责）", ["省民宗委"], ["省财政厅"]),
    ],
)
def test_the_short_word_for_together_with_parts_two_names_but_no_name_that_has_it(text: str, lead: list[str], support: list[str]) -> None:
    found: dict[str, Any] = parse_clause(text, ClauseContext(province="广东", city=None, date=None)).to_json()
    assert (found["lead"], found["support"]) == (lead, support)


@pytest.mark.parametrize(
    ("text", "support", "responsible"),
    [
        ("（省海洋局会同省农业农村厅，广西海事局负责）", ["省农业农村厅", "广西海事局"], []),
        ("（省海洋局会同省农业农村厅，广西海事局落实）", ["省农业农村厅"], ["广西海事局"]),
    ],
)
def test_to_be_responsible_together_is_said_of_all_and_to_carry_out_of_the_last(
    text: str, support: list[str], responsible: list[str]
) -> None:
    found: dict[str, Any] = parse_clause(text, ClauseContext(province="广西", city=None, date=None)).to_json()
    assert (found["lead"], found["support"], found["responsible"]) == (["省海洋局"], support, responsible)


@pytest.mark.parametrize(
    ("text", "lead", "support", "responsible"),
    [
        ("市发改委、市招商局（牵头）；市财政局、市民政局（配合）", ["市发改委", "市招商局"], ["市财政局", "市民政局"], []),
        ("市发改委（牵头）、市招商局；市财政局、市民政局（配合）", ["市发改委"], ["市财政局", "市民政局"], ["市招商局"]),
        ("市教育局；市发改委（牵头）；市财政局、市民政局（配合）", ["市发改委"], ["市财政局", "市民政局"], ["市教育局"]),
    ],
)
def test_a_mark_of_a_group_reaches_back_to_the_stop_and_never_forward(
    text: str, lead: list[str], support: list[str], responsible: list[str]
) -> None:
    found: dict[str, Any] = parse_clause(text, ClauseContext(province="广东", city=None, date=None)).to_json()
    assert (found["lead"], found["support"], found["responsible"]) == (lead, support, responsible)
