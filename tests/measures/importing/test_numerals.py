"""Numbers as documents write them."""

import pytest

from measures.importing.numerals import chinese_number, number_from, year_from


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", 10),
        ("二十三", 23),
        ("一百零五", 105),
        ("三千五百", 3500),
        ("一万二千", 12_000),
        ("三亿", 300_000_000),
        ("二〇二六", 2026),
        ("两", 2),
        ("首", 1),
        ("", 0),
    ],
)
def test_chinese_numerals_have_their_value(written: str, value: int) -> None:
    assert chinese_number(written) == value


def test_digits_of_either_width_are_the_same() -> None:
    assert [number_from(written) for written in ("１２", "12", "十二", "", None)] == [12, 12, 12, None, None]


def test_a_year_of_two_digits_is_of_this_century() -> None:
    assert [year_from(written) for written in ("25", "2025", "二〇二五", None)] == [2025, 2025, 2025, None]
