"""同上 takes what the clause before it says, and the reviewer is told."""

from measures.importing.clauses import ClauseContext, fill_same_as, find_clauses, parse_clause

CONTEXT = ClauseContext("广东")
TEXT = "1.建平台。（省教育厅牵头，省财政厅、各市政府配合）\n2.强监管。（责任单位同上）\n3.抓落实。（牵头单位：同上；配合单位：省公安厅）"


def test_a_clause_that_says_same_as_above_has_the_agencies_of_the_one_before() -> None:
    first, second, third = find_clauses(TEXT, CONTEXT)
    assert [(item.name, item.role) for item in second.items] == [(item.name, item.role) for item in first.items]
    assert third.agencies("lead") == ["省教育厅"]
    assert third.agencies("support") == ["省公安厅"]


def test_what_was_filled_in_points_at_the_words_and_is_doubted() -> None:
    for clause in find_clauses(TEXT, CONTEXT)[1:]:
        assert all(TEXT[item.start : item.end].endswith("同上") for item in clause.items if item.restored)
        assert any("同上" in doubt.why for doubt in clause.doubts)


def test_without_a_clause_before_it_nothing_is_filled_in() -> None:
    alone = parse_clause("（同上）", CONTEXT)
    assert fill_same_as(alone, None) == alone
    assert not alone.items


def test_leaders_and_deadline_may_be_those_of_the_clause_before() -> None:
    above = "牵头领导：王立军；牵头单位：县住建局；完成时限：2024年10月底前"
    text = f"{above}\n\n无关的一行\n\n牵头领导：同上；牵头单位：县水利局；完成时限：同上"
    first, second = find_clauses(text, CONTEXT)
    assert second.leaders == first.leaders == ("王立军",)
    assert second.agencies("lead") == ["县水利局"]
    assert first.deadline
    assert second.deadline
    assert second.deadline.date == first.deadline.date
    assert text[second.deadline.start : second.deadline.end] == second.deadline.text == "同上"
    assert sum("同上" in doubt.why for doubt in second.doubts) == len(("leaders", "deadline"))
