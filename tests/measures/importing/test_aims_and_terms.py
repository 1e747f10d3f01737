"""Targets beside phrases of time and of history, and what is not read of them."""

import pytest

from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading

HEAD = "某市2025年重点工作方案\n一、重点任务\n1.重点工作。"
Row = tuple[str, str, float, str, str]


def reading_of(sentence: str) -> PlanReading:
    return read_plan((HEAD + sentence).encode(), "plan.txt")


def rows(reading: PlanReading) -> list[Row]:
    return [(t.metric, t.comparator, float(t.value), t.unit, str(t.due)) for t in reading.targets]


END = "2025-12-31"
SENTENCES: list[tuple[str, list[Row]]] = [
    (
        "将临床试验启动时间压缩至25周以内，获批上市一类新药累计突破12个。",
        [("临床试验启动时间", "压缩至…以内", 25, "周", END), ("获批上市一类新药", "突破", 12, "个", END)],
    ),
    (
        "到2026年底，平均办理时间缩短到3个月以内，急救响应时间缩短为10分钟以内，覆盖率达到90%。",
        [
            ("平均办理时间", "缩短到…以内", 3, "个月", "2026-12-31"),
            ("急救响应时间", "缩短为…以内", 10, "分钟", "2026-12-31"),
            ("覆盖率", "达到", 90, "%", "2026-12-31"),
        ],
    ),
    (
        "农村生活污水治理率较上年提高6个百分点，新增积分超市不少于40家。",
        [("农村生活污水治理率", "提高", 6, "个百分点", END), ("新增积分超市", "不少于", 40, "家", END)],
    ),
    ("对2018年以来改造的户厕开展排查，问题厕所整改率不低于95%。", [("问题厕所整改率", "不低于", 95, "%", END)]),
    ("目前覆盖率为80%，力争满意度提高到95%。", [("满意度", "提高到", 95, "%", END)]),
    (
        "非化石能源占比超过三分之一，普及率达到八成以上，将能耗降低一半。",
        [("非化石能源占比", "超过", 33.33, "%", END), ("普及率", "达到…以上", 80, "%", END), ("能耗", "降低", 50, "%", END)],
    ),
    (
        "保费补贴比例提高至60%，支出控制在上年基金结余的10%以内，按20%的比例给予补贴。",
        [("保费补贴比例", "提高至", 60, "%", END), ("支出", "控制在…以内", 10, "%", END)],
    ),
    (
        "检验率100%，入库率99%以上，完成率不低于95%。",
        [("检验率", "达到", 100, "%", END), ("入库率", "以上", 99, "%", END), ("完成率", "不低于", 95, "%", END)],
    ),
    ("关停30万千瓦以下燃煤热电机组4台。", [("关停30万千瓦以下燃煤热电机组", "达到", 4, "台", END)]),
    (
        "（一）划定禁行区，4月底前发布通告；（二）铁路货运量占比达到10%，年底前完成；（三）建设泊位8个。",
        [("铁路货运量占比", "达到", 10, "%", END), ("建设泊位", "达到", 8, "个", END)],
    ),
    ("2024年以来，新建公园100个。", []),
    ("目前覆盖率为80%，力争提高到95%。", [("覆盖率", "提高到", 95, "%", END)]),
    (
        "园区营业收入迈上5000亿元台阶，设备投资补贴比例由10%提高到15%，农产品交易额增长两成以上。",
        [
            ("园区营业收入", "迈上", 5000, "亿元", END),
            ("设备投资补贴比例", "提高到", 15, "%", END),
            ("农产品交易额", "增长…以上", 20, "%", END),
        ],
    ),
    (
        "城市低保标准提高到每人每月800元，上市公司数量增加一倍。",
        [("城市低保标准", "提高到", 800, "元", END), ("上市公司数量", "增加", 1, "倍", END)],
    ),
    ("目前已建成养老服务中心210个，到2026年底达到300个。", [("建成养老服务中心", "达到", 300, "个", "2026-12-31")]),
    (
        "新增100万千瓦以上抽水蓄能电站2座，500千伏变电站3座。",
        [("新增100万千瓦以上抽水蓄能电站", "达到", 2, "座", END), ("500千伏变电站", "达到", 3, "座", END)],
    ),
    ("实施50户以上自然村通硬化路工程，新改建里程3000公里。", [("新改建里程", "达到", 3000, "公里", END)]),
]


@pytest.mark.parametrize(("sentence", "targets"), SENTENCES, ids=[sentence[:16] for sentence, _ in SENTENCES])
def test_targets_are_read_beside_other_numbers(sentence: str, targets: list[Row]) -> None:
    assert rows(reading_of(sentence)) == targets


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("自2024年以来，覆盖率达到90%。", "覆盖率达到90%"),
        ("推进一半以上的村通水，超过30%的村通网。", "超过30%"),
    ],
)
def test_what_looks_like_a_target_and_is_none_is_doubted(sentence: str, quote: str) -> None:
    reading = reading_of(sentence)
    assert quote in [reading.text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "no_target"]


@pytest.mark.parametrize("sentence", ["给予最高不超过500万元补助。", "营业收入超过100亿元的企业。", "2023年，覆盖率达到90%。"])
def test_what_is_plainly_no_target_is_not_doubted(sentence: str) -> None:
    assert not [doubt for doubt in reading_of(sentence).doubts if doubt.code == "no_target"]


@pytest.mark.parametrize("sentence", ["采购时间压缩至3周以内。", "审批周期2个月以内。", "公示时间不超过1个月以内。"])
def test_how_long_something_takes_is_no_deadline(sentence: str) -> None:
    assert reading_of(sentence).measures[0].deadlines == ()


TIMES = [
    ("每个雪季开展检查，按季度发布指数。", [("每个雪季", None, True), ("按季度", None, True)]),
    ("每个供暖季检查两轮，每半年通报，逐月调度。", [("每个供暖季", None, True), ("每半年", None, True), ("逐月", None, True)]),
    ("每人每月发放300元，产值较“十三五”末提高10%，每季度调度。", [("每季度", None, True)]),
    ("加强统筹，三季度提出方案，第四季度公布排名。", [("三季度", "2025-09-30", False), ("第四季度", "2025-12-31", False)]),
    ("经济向好，三季度增长5%，四季度印发的通报。", []),
    ("减免通行费，优惠期至2027年12月31日。", [("至2027年12月31日", "2027-12-31", False)]),
    ("加强补贴，本办法有效期至2027年12月31日。", []),
    ("全年坚持，印发后2个月内出台细则。", [("全年坚持", None, False), ("印发后2个月内", "2026-02-28", False)]),
]


@pytest.mark.parametrize(("sentence", "times"), TIMES)
def test_what_comes_again_and_what_stays_open_is_told(sentence: str, times: list[tuple[str, str | None, bool]]) -> None:
    found = reading_of(sentence).measures[0].deadlines
    assert [(one.text, one.date and one.date.isoformat(), one.recurring) for one in found] == times
