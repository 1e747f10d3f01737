"""Deadline phrases and the last day on which the work is in time."""

from datetime import date

import pytest

from measures.importing.clauses import ClauseContext, find_clauses, parse_clause
from measures.importing.deadlines import find_deadlines
from measures.importing.partial_date import PartialDate
from measures.importing.terms import working_days_later

SIGNED = PartialDate(2021, 12, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年底前完成", date(2025, 12, 31)),
        ("年底前", date(2021, 12, 31)),
        ("明年一季度", date(2022, 3, 31)),
        ("2023年上半年", date(2023, 6, 30)),
        ("2023年第三季度末前", date(2023, 9, 30)),
        ("“十四五”末", date(2025, 12, 31)),
        ("到2025年", date(2025, 12, 31)),
        ("2023年3月31日前", date(2023, 3, 31)),
        ("2024年2月底前", date(2024, 2, 29)),
        ("2023年6月中旬前", date(2023, 6, 20)),
        ("二〇二五年底前", date(2025, 12, 31)),
        ("２０２５ 年 ６ 月底", date(2025, 6, 30)),
        ("2025.6.30", date(2025, 6, 30)),
        ("2021—2023年", date(2023, 12, 31)),
        ("2023年3月—12月", date(2023, 12, 31)),
        ("2022年国庆节前", date(2022, 9, 30)),
    ],
)
def test_a_phrase_ends_on_its_last_day(text: str, day: date) -> None:
    (found,) = find_deadlines(text, SIGNED, labelled=True)
    assert found.date == day
    assert not found.why


@pytest.mark.parametrize("text", ["6月底前", "2025年前", "会后10个工作日内", "2025年2月30日前", "全国两会前", "三年内"])
def test_what_cannot_be_known_for_certain_says_why(text: str) -> None:
    (found,) = find_deadlines(text, PartialDate(2021, 12), labelled=True)
    assert found.why


@pytest.mark.parametrize(
    "text",
    ["每季度", "每年12月底前", "每月25日前", "按月", "每年年底前", "每月月底前", "每季度首月15日前", "每季度末月20日前", "每年下半年"],
)
def test_what_comes_again_and_again_has_no_single_day(text: str) -> None:
    (found,) = find_deadlines(text, SIGNED, labelled=True)
    assert found.recurring
    assert found.date is None


def test_without_a_date_of_the_document_the_year_stays_unknown() -> None:
    (found,) = find_deadlines("6月底前", None)
    assert found.date is None
    assert found.why


@pytest.mark.parametrize(
    "text", ["2020年以来，各地探索", "粤发〔2021〕13号", "2021年印发的通知", "自2020年起施行", "持续推进改革", "十九届五中全会"]
)
def test_dates_of_other_things_are_no_deadlines(text: str) -> None:
    assert find_deadlines(text, SIGNED) == []


def test_spans_are_those_of_the_document() -> None:
    text = "全省2025年底前建成，6月底前启动。"
    found = find_deadlines(text, PartialDate(2021, 1), base=100)
    assert [text[one.start - 100 : one.end - 100] for one in found] == ["2025年底前", "6月底前"]


@pytest.mark.parametrize("text", ["2021-13", "2021-02-30", "soon", "0000"])
def test_a_reference_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("春节前", date(2022, 1, 31)),
        ("2024年中秋节前", date(2024, 9, 16)),
        ("10个工作日内", date(2021, 12, 17)),
        ("印发后30日内", date(2022, 1, 2)),
        ("自本方案印发之日起3个月内", date(2022, 3, 3)),
    ],
)
def test_feasts_and_terms_have_a_day_and_say_how_it_was_found(text: str, day: date) -> None:
    (found,) = find_deadlines(text, SIGNED, labelled=True)
    assert (found.text, found.date) == (text, day)
    assert found.why


def test_a_term_from_an_unstated_event_has_no_day() -> None:
    (found,) = find_deadlines("收到通知后5日内", SIGNED, labelled=True)
    assert (found.text, found.date) == ("收到通知后5日内", None)
    assert "收到通知后" in found.why


def test_working_days_skip_holidays_and_keep_make_up_days() -> None:
    assert working_days_later(date(2024, 9, 27), 2) == date(2024, 9, 30)  # Sunday the 29th was worked
    assert working_days_later(date(2024, 9, 30), 1) == date(2024, 10, 8)


def test_when_work_begins_is_not_when_it_ends() -> None:
    (found,) = find_deadlines("2024年起", SIGNED, labelled=True)
    assert found.date is None
    assert found.begins
    (again,) = find_deadlines("2024年起每年12月底前", SIGNED, labelled=True)
    assert again.recurring


def test_a_month_without_its_year_takes_that_of_the_phrase_before() -> None:
    found = find_deadlines("2025年6月、12月底前", SIGNED, labelled=True)
    assert [one.date for one in found] == [date(2025, 6, 30), date(2025, 12, 31)]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("立即组织排查；对发现的问题立即整改。", [("立即", None)]),
        ("开展半年评估，纳入年度考核。", [("半年评估", None)]),
        ("力争用三年左右时间完成改造。", [("力争用三年左右时间", "2024-12-03")]),
        ("用3年时间，到2025年底建成。", [("到2025年底", "2025-12-31")]),
        ("从2022年起，利用3年时间建成。", [("从2022年起，利用3年时间", "2024-12-31")]),
        ("动员部署阶段（2022年3月—4月），整治阶段（5月—10月）。", [("2022年3月—4月", "2022-04-30"), ("5月—10月", "2022-10-31")]),
        ("2022—2024年，每年建成两个。", [("2022—2024年", "2024-12-31"), ("每年", None)]),
        ("到2025年建成平台。6月底前出台方案。", [("到2025年", "2025-12-31"), ("6月底前", "2022-06-30")]),
        (
            "2023年3月、6月底前分别完成甲、乙；12月底前验收。",
            [("2023年3月", "2023-03-31"), ("6月底前", "2023-06-30"), ("12月底前", "2023-12-31")],
        ),
        ("到2027年底建成；2023年3月至10月开展试点。", [("到2027年底", "2027-12-31"), ("2023年3月至10月", "2023-10-31")]),
        ("见附件2\n2022年6月底前完成。", [("2022年6月底前", "2022-06-30")]),
        ("2022年\n6月底前完成，7\n月底前验收。", [("2022年\n6月底前", "2022-06-30"), ("7\n月底前", "2022-07-31")]),
        ("一、主要任务\n印发后30日内报送。", [("印发后30日内", "2022-01-02")]),
        ("立行立改\n即知即改", [("立行立改", None), ("即知即改", None)]),
        ("2022年10月世界VR产业大会召开前完成绿化。", [("2022年10月世界VR产业大会召开前", None)]),
        ("强化汛前管网清疏，每年5月底前完成汛前排查。", [("每年5月底前", None)]),
        ("高水平办好每年一届的世界VR产业大会。", []),
        ("2020年12月底前已完成，2022年6月底前验收。", [("2022年6月底前", "2022-06-30")]),
        ("做好摸底。第四季度市区所有站点投用。", [("第四季度", "2021-12-31")]),
        ("下半年工作情况报市政府。上半年企业用电增长。下半年、明年上半年各检查一次。", []),
        ("对2022年3月底前投产的项目给予奖励。", []),
        ("并在汛期结束后2个月内修复。", [("汛期结束后2个月内", None)]),
        ("2022年创建示范村20个。", [("2022年", "2022-12-31")]),
    ],
)
def test_prose_says_by_when(text: str, phrases: list[tuple[str, str | None]]) -> None:
    found = find_deadlines(text, SIGNED)
    assert [(one.text, one.date.isoformat() if one.date else None) for one in found] == phrases


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("力争2025年底前完成", "2025年底前"),
        ("均于12月底前完成", "12月底前"),
        ("原则上2022年6月底前完成", "2022年6月底前"),
        ("力争到2025年建成", "到2025年"),
        ("最迟于2022年6月30日完成", "最迟于2022年6月30日"),
    ],
)
def test_words_that_urge_to_be_in_time_are_no_part_of_the_quote(text: str, quote: str) -> None:
    (found,) = find_deadlines(text, SIGNED, labelled=True)
    assert (found.text, text[found.start : found.end]) == (quote, quote)
    (clause,) = find_clauses(f"（市教育局负责，{text}）", ClauseContext(date=SIGNED))
    assert clause.deadline is not None
    assert (clause.deadline.text, clause.doubts) == (quote, ())


def test_of_open_times_the_last_counts_and_a_rhythm_before_it() -> None:
    said = [parse_clause(f"（市教育局负责，{text}）", ClauseContext()).deadline for text in ("立行立改、长期坚持", "每季度调度，长期坚持")]
    assert [deadline.text if deadline else "" for deadline in said] == ["长期坚持", "每季度"]
