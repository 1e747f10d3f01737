"""Names of a document against a directory: exact, succeeded, abbreviated, and never guessed."""

from datetime import date

import pytest

from measures.importing.clauses import ClauseContext
from measures.importing.matching import Alias, DirectoryIndex, Entry, match

GUANGDONG = ClauseContext(province="广东")
DAY = date(2021, 12, 3)
INDEX = DirectoryIndex.of(
    [
        Entry(1, "广东省发展和改革委员会", aliases=(Alias("省发展改革委"),)),
        Entry(2, "广东省财政厅"),
        Entry(3, "人民银行广州分行", until=date(2023, 8, 17), successors=(4,)),
        Entry(4, "人民银行广东省分行", since=date(2023, 8, 18)),
        Entry(5, "各地级以上市政府", kind="group"),
        Entry(6, "广东省科学技术厅"),
        Entry(7, "广东省科学技术协会"),
        Entry(8, "深圳证券交易所"),
        Entry(9, "省政务局", aliases=(Alias("省数据局"),)),
        Entry(10, "省政数局", aliases=(Alias("省数据局"),)),
        Entry(11, "旧局", until=date(2020, 1, 1), successors=(12,)),
        Entry(12, "新局", until=date(2021, 1, 1), successors=(11,)),
    ]
)


@pytest.mark.parametrize(
    ("name", "kind", "identifier"),
    [
        ("省发展改革委", "agency", 1),
        ("省财政厅", "agency", 2),
        ("各地级以上市政府", "group", 5),
        ("省发改委", "agency", 1),
        ("省科技厅", "agency", 6),
        ("人民银行广州分行", "agency", 3),
        ("省数据局", "ambiguous", None),
        ("省交通运输厅", "unknown", None),
    ],
)
def test_a_name_is_found_as_written_filled_in_or_abbreviated(name: str, kind: str, identifier: int | None) -> None:
    found = match(name, INDEX, DAY, GUANGDONG)
    assert (found.kind, found.identifier) == (kind, identifier)
    assert found.reason


def test_a_name_that_ended_before_the_document_goes_to_its_successor_and_says_so() -> None:
    found = match("人民银行广州分行", INDEX, date(2024, 5, 1), GUANGDONG)
    assert found.identifier == 4
    assert found.score < 1
    assert "承接" in found.reason


def test_an_abbreviation_that_fits_several_names_is_left_to_a_person() -> None:
    found = match("省科技", INDEX, DAY, GUANGDONG)
    assert found.kind == "ambiguous"
    assert {candidate.identifier for candidate in found.candidates} == {6, 7}


def test_a_slip_of_the_pen_is_only_suggested() -> None:
    found = match("广东省财正厅", INDEX, DAY, GUANGDONG)
    assert (found.kind, found.identifier) == ("unknown", None)
    assert found.candidates[0].identifier == 2


def test_names_that_the_document_defines_are_followed() -> None:
    context = ClauseContext(province="广东", aliases={"深交所": "深圳证券交易所"})
    assert match("深交所", INDEX, DAY, context).identifier == 8


def test_a_circle_of_successions_ends() -> None:
    assert match("旧局", INDEX, DAY, GUANGDONG).kind == "ambiguous"


def test_the_directory_of_another_province_is_not_searched() -> None:
    index = DirectoryIndex.of([Entry(1, "省财政厅", province="湖南"), Entry(2, "省财政厅", province="广东")])
    assert match("省财政厅", index, DAY, GUANGDONG).identifier == 2
