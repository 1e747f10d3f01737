"""Letters set wide apart and words broken at the end of a line are put together; lists a line each are not."""

import pytest

from measures.importing.clauses import ClauseContext, parse_clause

CONTEXT = ClauseContext("广东", "广州")


@pytest.mark.parametrize(
    ("text", "lead", "support", "responsible"),
    [
        ("责 任 单 位：市水利局、市财政局", [], [], ["市水利局", "市财政局"]),
        ("（责任单位：市人力资源\n社会保障局、市教育局）", [], [], ["市人力资源社会保障局", "市教育局"]),
        ("（市教育局牵\n头，市财政局配\n合）", ["市教育局"], ["市财政局"], []),
        ("（市教育局\n牵头，市财政局\n配合）", ["市教育局"], ["市财政局"], []),
        ("牵头单位：市教育局\n配合单位：市财政局\n", ["市教育局"], ["市财政局"], []),
        ("责任单位：市教育局\n市财政局", [], [], ["市教育局", "市财政局"]),
    ],
)
def test_a_break_inside_a_word_means_nothing(text: str, lead: list[str], support: list[str], responsible: list[str]) -> None:
    clause = parse_clause(text, CONTEXT)
    assert (clause.agencies("lead"), clause.agencies("support"), clause.agencies("responsible")) == (lead, support, responsible)
    assert all("".join(text[item.start : item.end].split()) == item.name for item in clause.items)


def test_a_name_is_given_as_it_is_written() -> None:
    clause = parse_clause("(省财政厅牵头,各市(州)政府、各县〔市、区〕配合)", CONTEXT)
    assert [one.text for one in clause.collectives] == ["各市(州)政府", "各县〔市、区〕"]
