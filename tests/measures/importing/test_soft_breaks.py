"""Line ends inside amounts and short names."""

from measures.importing.plan import read_plan

TEXT = """山阳市渔业发展行动方案
2025年3月1日
一、重点任务
1.研制平台。到2027年，培育企业20
0家，覆盖率达到8
0%，国产化率不低于
　　90%，建成10万
立方米蓄水池。支持福建省
马尾造船股份有限公司（以下简称马尾造
船）攻关。（省国资委、马尾造船）
2.新增就业5万人
城镇调查失业率控制在5%以内
2026年完成投资30亿元。（省财政厅）
"""


def test_an_amount_that_breaks_over_a_line_is_one() -> None:
    reading = read_plan(TEXT.encode(), "plan.txt")
    found = [(one.metric, str(one.value), one.unit, reading.text[one.start : one.end]) for one in reading.targets]
    assert found[:4] == [
        ("培育企业", "200", "家", "培育企业20\n0家"),
        ("覆盖率", "80", "%", "覆盖率达到8\n0%"),
        ("国产化率", "90", "%", "国产化率不低于\n　　90%"),
        ("建成蓄水池", "10", "万立方米", "建成10万\n立方米蓄水池"),
    ]


def test_lines_that_are_whole_stay_apart() -> None:
    reading = read_plan(TEXT.encode(), "plan.txt")
    assert [(one.metric, str(one.value), one.unit) for one in reading.targets[4:]] == [
        ("新增就业", "5", "万人"),
        ("城镇调查失业率", "5", "%"),
        ("投资", "30", "亿元"),
    ]


def test_a_short_name_that_breaks_over_a_line_is_one() -> None:
    reading = read_plan(TEXT.encode(), "plan.txt")
    assert [(one.alias, one.name) for one in reading.aliases] == [("马尾造船", "福建省马尾造船股份有限公司")]
    assert [reading.text[one.start : one.end] for one in reading.aliases] == ["（以下简称马尾造\n船）"]
    assert reading.measures[0].named("responsible") == ["省国资委", "马尾造船"]
