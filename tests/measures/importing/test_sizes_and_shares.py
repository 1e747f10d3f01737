"""Numbers inside the names of things, and numbers that leave out what they count."""

import pytest

from measures.importing.plan import read_plan

HEAD = "某省2025年实施方案\n一、主要任务\n"
SIZES: list[tuple[str, list[tuple[str, float, str]]]] = [
    ("建成10万立方米级平台8台。", [("建成10万立方米级平台", 8, "台")]),
    ("新建5万吨级泊位3个、10万吨级泊位2个。", [("新建5万吨级泊位", 3, "个"), ("10万吨级泊位", 2, "个")]),
    ("建设日处理500吨垃圾焚烧厂2座。", [("建设日处理500吨垃圾焚烧厂", 2, "座")]),
    ("新建日处理能力10万吨污水处理厂3座。", [("新建日处理能力10万吨污水处理厂", 3, "座")]),
    (
        "开工建设2台100万千瓦级煤电机组，引进20个10亿元以上项目。",
        [("开工建设100万千瓦级煤电机组", 2, "台"), ("引进10亿元以上项目", 20, "个")],
    ),
    ("实现营业收入2000亿元税收50亿元。", [("营业收入", 2000, "亿元"), ("税收", 50, "亿元")]),
    ("建成2个国家级、8个省级创新平台。", [("建成国家级创新平台", 2, "个"), ("建成省级创新平台", 8, "个")]),
    ("创建省级示范村8个、市级20个。", [("创建省级示范村", 8, "个"), ("市级示范村", 20, "个")]),
    (
        "新建和改造提升高标准农田5.2万亩，其中新建2万亩、改造提升3.2万亩。",
        [("新建和改造提升高标准农田", 5.2, "万亩"), ("新建高标准农田", 2, "万亩"), ("改造提升高标准农田", 3.2, "万亩")],
    ),
    (
        "实施省级重点项目600个，完成投资3000亿元，力争新开工200个、竣工150个。",
        [("实施省级重点项目", 600, "个"), ("投资", 3000, "亿元"), ("新开工省级重点项目", 200, "个"), ("竣工省级重点项目", 150, "个")],
    ),
    ("组织培训不少于4期、500人次。", [("组织培训", 4, "期"), ("组织培训", 500, "人次")]),
    ("单位工业增加值用水量降低20%以上（以2020年为基期）。", [("单位工业增加值用水量", 20, "%")]),
    ("开展联合执法每季度不少于1次，全市域绿化覆盖率达到42%。", [("开展联合执法", 1, "次"), ("绿化覆盖率", 42, "%")]),
]

SIZES += [
    ("新能源车辆的比例超过50%，重点区域达到80%。", [("新能源车辆的比例", 50, "%"), ("新能源车辆的比例", 80, "%")]),
    (
        "城镇、农村居民人均可支配收入分别增长5.5%和8%。",
        [("城镇居民人均可支配收入", 5.5, "%"), ("农村居民人均可支配收入", 8, "%")],
    ),
    (
        "果蔬、肉类、水产品冷链流通率分别提高到25%、45%和55%。",
        [("果蔬冷链流通率", 25, "%"), ("肉类冷链流通率", 45, "%"), ("水产品冷链流通率", 55, "%")],
    ),
    ("粮食、油料产量分别达到19万吨和3万吨。", [("粮食产量", 19, "万吨"), ("油料产量", 3, "万吨")]),
    (
        "高新技术企业、科技型中小企业数量分别达到10家、20家。",
        [("高新技术企业数量", 10, "家"), ("科技型中小企业数量", 20, "家")],
    ),
    ("VR及相关产业营业收入力争突破800亿元，年均增长30%以上。", [("VR及相关产业营业收入", 800, "亿元"), ("VR及相关产业营业收入", 30, "%")]),
    ("形成年产300万台终端设备生产能力。", [("终端设备生产能力", 300, "万台")]),
    ("新建年产300万台终端设备生产线1条。", [("新建年产300万台终端设备生产线", 1, "条")]),
    ("巩固提升60万亩茶园，提升20万亩果园。", [("巩固茶园", 60, "万亩"), ("提升果园", 20, "万亩")]),
    ("每年组织养老服务人员培训1万人次以上。", [("组织养老服务人员培训", 1, "万人次")]),
    ("2025年国庆节前推出5条旅游线路。", [("推出旅游线路", 5, "条")]),
    ("按总造价的30%给予补贴，贫困地区不超过40%。", []),
    ("改造老旧小区1200\u2f3e。", [("改造老旧小区", 1200, "户")]),
]


@pytest.mark.parametrize(("sentence", "targets"), SIZES, ids=[sentence[:16] for sentence, _ in SIZES])
def test_what_is_counted_is_named_whole(sentence: str, targets: list[tuple[str, float, str]]) -> None:
    reading = read_plan((HEAD + sentence).encode(), "plan.txt")
    assert [(target.metric, float(target.value), target.unit) for target in reading.targets] == targets


DATED: list[tuple[str, list[tuple[str, float, str]]]] = [
    (
        "推进老旧小区改造，2025年底前和2026年底前分别完成60%和100%。",
        [("推进老旧小区改造", 60, "2025-12-31"), ("推进老旧小区改造", 100, "2026-12-31")],
    ),
    (
        "2025年、2026年和2027年分别新增泊位100个、200个和300个。",
        [("新增泊位", 100, "2025-12-31"), ("新增泊位", 200, "2026-12-31"), ("新增泊位", 300, "2027-12-31")],
    ),
    (
        "1.老旧小区改造。2025年6月底前完成30%，9月底前完成70%。",
        [("老旧小区改造", 30, "2025-06-30"), ("老旧小区改造", 70, "2025-09-30")],
    ),
    (
        "1.建设充电桩。分两年实施，2025年完成100个，2026年完成200个。",
        [("充电桩", 100, "2025-12-31"), ("充电桩", 200, "2026-12-31")],
    ),
    ("2026年3月至10月完成农房改造200处。", [("农房改造", 200, "2026-10-31")]),
    ("到 2027 年 6 月底，用水普及率达到 90%。", [("用水普及率", 90, "2027-06-30")]),
    ("到２０２７年末、二〇三〇年，用水普及率分别达到90%、95%。", [("用水普及率", 90, "2027-12-31"), ("用水普及率", 95, "2030-12-31")]),
]


@pytest.mark.parametrize(("sentence", "targets"), DATED, ids=[sentence[:16] for sentence, _ in DATED])
def test_each_number_has_the_time_that_is_said_for_it(sentence: str, targets: list[tuple[str, float, str]]) -> None:
    reading = read_plan((HEAD + sentence).encode(), "plan.txt")
    assert [(target.metric, float(target.value), str(target.due)) for target in reading.targets] == targets


def test_a_dated_number_of_nothing_is_a_doubt() -> None:
    reading = read_plan((HEAD + "2026年、2027年各新增20家。").encode(), "plan.txt")
    assert not reading.targets
    assert [reading.text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "no_target"] == ["2026年、2027年各新增20家"]


def test_a_place_is_the_region_of_its_share() -> None:
    reading = read_plan((HEAD + "铁路货运量增长30%，其中京津冀及周边地区增长40%、长三角地区增长10%。").encode(), "plan.txt")
    assert [(target.metric, target.region) for target in reading.targets] == [
        ("铁路货运量", ""),
        ("铁路货运量", "京津冀及周边地区"),
        ("铁路货运量", "长三角地区"),
    ]


def test_a_year_to_compare_with_holds_to_the_end_of_the_sentence() -> None:
    sentence = "与2017年相比，铁路货运量增加11亿吨、增长30%；水路货运量增加5亿吨。公路里程增加5公里。"
    reading = read_plan((HEAD + sentence).encode(), "plan.txt")
    assert [target.base_year for target in reading.targets] == [2017, 2017, 2017, None]


@pytest.mark.parametrize("dash", "—–―‐−─-－~～至")
def test_the_years_of_a_title_are_a_range_with_any_dash(dash: str) -> None:
    text = f"某市冷链物流实施方案（2020{dash}2022年）\n2020年8月26日\n一、主要任务\n1.编制规划。2020年12月底前印发。发布标准8项以上。\n"
    reading = read_plan(text.encode(), "plan.txt")
    assert [(one.text, str(one.date)) for one in reading.measures[0].deadlines] == [("2020年12月底前", "2020-12-31")]
    assert [str(target.due) for target in reading.targets] == ["2020-12-31"]
