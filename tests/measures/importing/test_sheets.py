"""What the cells of a sheet show: months, percents, the epoch; and how large a sheet may be."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from measures.importing.plan import read_plan
from measures.importing.readers import read_document, sheets
from measures.importing.reading import PlanReading
from measures.importing.unreadable import Refusal, Unreadable

HEADER = ("序号", "重点任务", "目标值", "责任单位", "完成时限")


def reading_of(book: openpyxl.Workbook) -> PlanReading:
    out = io.BytesIO()
    book.save(out)
    return read_plan(out.getvalue(), "plan.xlsx")


@pytest.mark.parametrize(
    ("shown_as", "written", "day"),
    [
        ('yyyy"年"m"月"', "2025年6月", date(2025, 6, 30)),
        ("mmm-yy", "2025年6月", date(2025, 6, 30)),
        ("yyyy/m/d", "2025年6月1日", date(2025, 6, 1)),
        ('yyyy"年"', "2025年", date(2025, 12, 31)),
    ],
)
def test_a_month_is_no_first_day(shown_as: str, written: str, day: date) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    sheet.append((1, "建设甲校", 3, "市教育局", date(2025, 6, 1)))
    sheet["E2"].number_format = shown_as
    deadline = reading_of(book).measures[0].clauses[0].deadline
    assert deadline is not None
    assert (deadline.text, deadline.date) == (written, day)


def test_a_share_is_written_as_it_is_shown() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(HEADER)
    sheet.append((1, "建设甲校", 0.853, "市教育局", None))
    sheet["C2"].number_format = "0.0%"
    assert "85.3%" in reading_of(book).text


def test_days_may_count_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.active
    sheet.append(HEADER)
    sheet.append((1, "建设甲校", 3, "市教育局", date(2025, 6, 1)))
    assert "2025年6月1日" in reading_of(book).text


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_sheet_with_too_many_rows_is_refused_and_not_cut(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("xlsx", "csvfile"):
        monkeypatch.setattr(f"measures.importing.readers.{module}.MAX_ROWS", 300)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    rows: list[tuple[Any, ...]] = [HEADER, *((number, "建设甲校", 3, "市教育局", "年底前") for number in range(600))]
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue() if ending == "xlsx" else "\n".join(",".join(map(str, row)) for row in rows).encode()
    with pytest.raises(Unreadable) as refused:
        read_document(data, f"plan.{ending}")
    assert refused.value.code is Refusal.SHEET_TOO_LARGE
    assert str(sheets.MAX_ROWS) in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_ledger_in_csv_is_read_whatever_its_encoding_and_its_mark(encoding: str, mark: str) -> None:
    rows = [
        ["某市重点任务分工表"],
        ["序号", "重点任务", "牵头单位", "配合单位", "完成时限"],
        ["1", "建设平台", "市数据局", '"市财政局、市教育局"', "2026年6月底前"],
        ["2", "完善制度", "市民政局", "", "2026年底前"],
    ]
    data = "".join(mark.join(row) + "\r\n" for row in rows).encode(encoding)
    assert [
        (
            measure.title,
            measure.named("lead"),
            measure.named("support"),
            [str(clause.deadline and clause.deadline.date) for clause in measure.clauses],
        )
        for measure in read_plan(data, "分工表.csv").measures
    ] == [
        ("建设平台", ["市数据局"], ["市财政局", "市教育局"], ["2026-06-30"]),
        ("完善制度", ["市民政局"], [], ["2026-12-31"]),
    ]
