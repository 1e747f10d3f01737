"""The sample plan equals its hand-made reading."""

import json
from pathlib import Path

import pytest

from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading
from tests.measures.importing.corpus.render import render

DOCUMENTS = Path(__file__).parents[3] / "seeds" / "documents"


@pytest.fixture(scope="module")
def reading() -> PlanReading:
    path = DOCUMENTS / "guangdong_capital_factor_plan.txt"
    return read_plan(path.read_bytes(), path.name)


def test_every_lead_and_support_of_the_sample_is_read(reading: PlanReading) -> None:
    expected = json.loads((DOCUMENTS / "guangdong_responsibilities.json").read_text())
    assert [(int(measure.number), measure.lead, measure.support) for measure in reading.measures] == [
        (one["number"], one["lead"], one["support"]) for one in expected
    ]
    assert sum(len(measure.lead) for measure in reading.measures) == 32
    assert sum(len(measure.support) for measure in reading.measures) == 108


def test_the_sections_of_the_sample_hold_the_measures(reading: PlanReading) -> None:
    general, main, organisation = reading.sections
    assert (general.number, general.title, len(general.children)) == ("一", "总体要求", 2)
    assert (main.number, main.title, len(main.children)) == ("二", "主要措施", 6)
    assert (organisation.number, organisation.title, len(organisation.children)) == ("三", "组织实施", 3)
    assert all(main.start < measure.start and measure.end <= main.end for measure in reading.measures)
    assert reading.measures[0].title == "加快建设全国性资本要素交易平台"
    assert reading.measures[0].section == "（一）大力建设现代金融体系，强化资本要素配置能力"


def test_the_targets_of_the_sample_are_eight(reading: PlanReading) -> None:
    assert [(t.metric, t.relation, float(t.value), t.unit, str(t.due)) for t in reading.targets] == [
        ("本外币贷款余额", ">=", 30, "万亿元", "2025-12-31"),
        ("制造业贷款余额", ">=", 3, "万亿元", "2025-12-31"),
        ("普惠贷款余额", ">=", 3.5, "万亿元", "2025-12-31"),
        ("涉农贷款余额", ">=", 2, "万亿元", "2025-12-31"),
        ("境内外上市公司总数", ">", 1500, "家", "2025-12-31"),
        ("科创板和创业板上市公司", ">=", 500, "家", "2025-12-31"),
        ("跨境资金流动规模", ">=", 2, "万亿美元", "2025-12-31"),
        ("绿色信贷余额", ">=", 3, "万亿元", "2025-12-31"),
    ]


def test_what_the_sample_rests_on_is_read_and_what_it_lacks_is_doubted(reading: PlanReading) -> None:
    assert [basis.number for basis in reading.basis] == ["中发〔2020〕9号", "粤发〔2021〕13号"]
    assert [(alias.alias, alias.name) for alias in reading.aliases] == [("深交所", "深圳证券交易所")]
    assert (reading.title, reading.number, reading.issuer, reading.date) == (None, None, None, None)
    assert [doubt.code for doubt in reading.doubts] == ["no_title", "no_number", "no_issuer", "no_date"]


@pytest.mark.parametrize("form", ["docx", "html", "pdf", "gbk", "utf16", "md"])
def test_the_sample_reads_alike_in_every_format(reading: PlanReading, form: str) -> None:
    text = (DOCUMENTS / "guangdong_capital_factor_plan.txt").read_text()
    other = read_plan(*render(text, form))
    assert [(m.number, m.title, m.lead, m.support) for m in other.measures] == [
        (m.number, m.title, m.lead, m.support) for m in reading.measures
    ]
    assert [(t.metric, t.value, t.unit, t.due) for t in other.targets] == [(t.metric, t.value, t.unit, t.due) for t in reading.targets]
