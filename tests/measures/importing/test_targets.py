"""Targets, sentence by sentence: metric, comparator, value, unit and due."""

import pytest

from measures.importing.plan import read_plan

HEAD = "某省2025年实施方案\n一、主要目标\n"
SENTENCES: list[tuple[str, list[tuple[str, str, float, str, str]]]] = [
    (
        "国内生产总值增长5%左右；城镇新增就业1200万人以上，城镇调查失业率5.5%左右；粮食产量1.3万亿斤以上。",
        [
            ("国内生产总值", "增长…左右", 5, "%", "2025"),
            ("城镇新增就业", "以上", 1200, "万人", "2025"),
            ("城镇调查失业率", "左右", 5.5, "%", "2025"),
            ("粮食产量", "以上", 1.3, "万亿斤", "2025"),
        ],
    ),
    (
        "到2027年，研发设计工具普及率、关键工序数控化率分别超过90%、75%，二手车交易量较2023年增长45%。",
        [
            ("研发设计工具普及率", "超过", 90, "%", "2027"),
            ("关键工序数控化率", "超过", 75, "%", "2027"),
            ("二手车交易量", "增长", 45, "%", "2027"),
        ],
    ),
    (
        "截至2020年底，全市拥有高新技术企业3000家。到2022年、2025年，高新技术企业分别达到4000家、6000家。",
        [("高新技术企业", "达到", 4000, "家", "2022"), ("高新技术企业", "达到", 6000, "家", "2025")],
    ),
    (
        "力争用3年时间，推动数字化改造全覆盖，打造50个智能工厂、200个数字化车间。",
        [("打造智能工厂", "达到", 50, "个", "2025"), ("打造数字化车间", "达到", 200, "个", "2025")],
    ),
    ("将企业开办时间压缩至1个工作日以内。", [("企业开办时间", "压缩至…以内", 1, "个工作日", "2025")]),
    ("PM2.5浓度控制在30微克/立方米以下。", [("PM2.5浓度", "控制在…以下", 30, "微克/立方米", "2025")]),
    ("力争营业收入超过100亿元的企业达到2家。", [("营业收入超过100亿元的企业", "达到", 2, "家", "2025")]),
    (
        "数字经济规模突破6万亿元大关，研发投入保持在3%至3.5%。",
        [("数字经济规模", "突破", 6, "万亿元", "2025"), ("研发投入", "保持在", 3, "%", "2025")],
    ),
    ("对符合条件的企业，按实际投资额的10%给予最高不超过500万元补助，贷款期限不超过3年。", []),
    ("直接融资比重进一步提升，第3批改革试点取得成效，“十百千”工程深入实施。", []),
    ("落实《关于支持5G发展的意见》（某政发〔2021〕13号），推进2025年工作。", []),
]


@pytest.mark.parametrize(("sentence", "targets"), SENTENCES, ids=[sentence[:16] for sentence, _ in SENTENCES])
def test_targets_are_read(sentence: str, targets: list[tuple[str, str, float, str, str]]) -> None:
    reading = read_plan((HEAD + sentence).encode(), "plan.txt")
    assert [(t.metric, t.comparator, float(t.value), t.unit, str(t.due)[:4]) for t in reading.targets] == targets


def test_a_comparison_names_its_base_year_and_a_range_its_upper_end() -> None:
    reading = read_plan((HEAD + "到2030年，能耗比2020年下降15%，产值增长6%-7%。").encode(), "plan.txt")
    assert [(t.base_year, t.relation, t.high and float(t.high), str(t.due)) for t in reading.targets] == [
        (2020, "-", None, "2030-12-31"),
        (None, ">=", 7.0, "2030-12-31"),
    ]


def test_the_span_of_a_target_is_its_quote() -> None:
    reading = read_plan((HEAD + "到2027年，全省产值达到100亿元以上，其中出口20亿元。").encode(), "plan.txt")
    assert [reading.text[t.start : t.end] for t in reading.targets] == ["全省产值达到100亿元以上", "其中出口20亿元"]
    assert reading.targets[0].region == "全省"
