import pytest

from measures.numbering import numbered


@pytest.mark.parametrize(
    ("number", "shown"),
    [("", "甲"), ("二", "二、甲"), ("（一）", "（一）甲"), ("12", "12. 甲"), ("3-1", "3-1. 甲"), ("第一章", "第一章 甲"), ("①", "①. 甲")],
)
def test_a_number_stands_before_its_title_as_documents_write_it(number: str, shown: str) -> None:
    assert numbered(number, "甲") == shown
