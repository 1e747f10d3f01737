"""Which lines are measures, shape by shape: what each shape gives is listed as number and title."""

import pytest

from measures.importing.plan import read_plan

SHAPES: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "measures on one line, each with its clause",
        """某省实施方案
一、重点任务
（一）打造高地。1.建设科技城。（责任单位：三亚市政府、省科技厅）2.建设航天城。（责任单位：文昌市政府）
（二）培育主体。（责任单位：省科技厅）
""",
        [("1", "建设科技城"), ("2", "建设航天城"), ("（二）", "培育主体")],
    ),
    (
        "sentences that assign are responsibilities, those that tell how work goes on are none",
        """某市实施方案
一、重点任务
（一）编制规划。6月底前完成。该项工作由市水利局牵头，市自然资源局、市发改委配合。
（二）改造管网。改造管网520公里，由市城管局牵头负责，各县区政府配合落实。
（三）推进改革。由市国资委负责。
二、跟踪落实
（四）加强调度。市发改委会同有关部门加强跟踪调度。
（五）以上任务均需各县区人民政府落实，不再逐一列出。
""",
        [("（一）", "编制规划"), ("（二）", "改造管网"), ("（三）", "推进改革")],
    ),
    (
        "headings go on behind a table",
        """某市实施方案
一、主要目标
序号\t指标名称\t单位\t2025年
1\t覆盖率\t%\t90
2\t满意率\t%\t95
（二）其他目标。
二、重点任务
（一）建设平台。（市数据局）
（二）整合数据。（市数据局、市公安局）
""",
        [("（一）", "建设平台"), ("（二）", "整合数据")],
    ),
    (
        "a clause on the last line of a line with parts is that of the whole",
        """重点任务
一、强化创新
（一）建设平台
1.建设实验室。
2.建设中试基地。
3.建设孵化器。
责任单位：省科技厅、省发展改革委
（二）培育企业
1.培育高企。
2.培育瞪羚。
责任单位：省科技厅
二、组织保障
加强领导。
""",
        [("（一）", "建设平台"), ("（二）", "培育企业")],
    ),
    (
        "a section that names its leader still holds the measures",
        """工作要点
一、推进工业振兴（牵头领导：张三；牵头单位：市工信局）
1.抓项目。推进项目建设。（责任单位：市发改委）
2.抓企业。培育企业。（责任单位：市工信局、市国资委）
二、推进乡村振兴（牵头领导：李四；牵头单位：市农业农村局）
1.抓粮食。（责任单位：市农业农村局）
2.抓改革。（责任单位：市委农办）
""",
        [("1", "抓项目"), ("2", "抓企业"), ("1", "抓粮食"), ("2", "抓改革")],
    ),
    (
        "headings in one line are parted",
        """XX市实施方案
一、总体要求（一）指导思想。坚持新发展理念。（二）主要目标。到2025年，产值达到100亿元。
二、主要任务（一）做大产业。推进产业。（市工信局牵头）（二）做强企业。支持企业。（市国资委牵头）
""",
        [("（一）", "做大产业"), ("（二）", "做强企业")],
    ),
    (
        "tasks are numbered by words",
        """攻坚行动方案
任务一：打赢蓝天保卫战。加强治理。（市生态环境局牵头）
任务二：打赢碧水保卫战。加强治理。（市水利局牵头）
""",
        [("任务一", "打赢蓝天保卫战"), ("任务二", "打赢碧水保卫战")],
    ),
    (
        "a table of contents makes no measures",
        """XX规划实施方案
目录
一、总体要求........1
二、重点任务........2
一、总体要求
坚持创新。
二、重点任务
（一）抓创新。（省科技厅负责）
（二）抓开放。（省商务厅负责）
""",
        [("（一）", "抓创新"), ("（二）", "抓开放")],
    ),
    (
        "labels on lines of their own",
        """方案
一、重点任务
1、推进建设
工作内容：加快推进。
牵头单位：市发改委
配合单位：市财政局、市住建局
完成时限：2026年6月
2、推进改革
工作内容：加快改革。
牵头单位：市委改革办
配合单位：市司法局
完成时限：2026年12月
""",
        [("1", "推进建设"), ("2", "推进改革")],
    ),
    (
        "several clauses in one measure",
        """若干措施
一、优化服务。一是推行一网通办。（市数据局牵头）二是压缩时限。（市市场监管局牵头）三是减免费用。（市财政局牵头，市税务局配合）
二、降低成本。降低用电成本。（市发改委牵头）
""",
        [("一", "优化服务"), ("二", "降低成本")],
    ),
    (
        "safeguards that name somebody are measures",
        """方案
一、主要任务
（一）抓好落实。推进工作。（市发改委牵头）
（二）抓好改革。推进工作。（市委改革办牵头）
二、保障措施
（一）加强组织领导。成立领导小组。（市政府办牵头）
（二）加强资金保障。加大投入。（市财政局牵头）
（三）加强宣传引导。营造氛围。
""",
        [("（一）", "抓好落实"), ("（二）", "抓好改革"), ("（一）", "加强组织领导"), ("（二）", "加强资金保障")],
    ),
    (
        "parts in brackets belong to their number",
        """方案
（一）产业振兴
1.做强工业
（1）推进技改。（市工信局牵头）
（2）推进集群。（市工信局牵头，市发改委配合）
2.做优服务业
（1）发展物流。（市发改委牵头）
（2）发展金融。（市金融办牵头）
""",
        [("1", "做强工业"), ("2", "做优服务业")],
    ),
    (
        "what comes into force makes no measure",
        """意见
一、加快培育市场主体
1.降低准入门槛。推进登记便利化。（市市场监管局负责）
2.强化金融支持。加大投放。（人民银行、银保监分局负责）
二、加快产业升级
3.推进数字化。（市工信局、市大数据局负责）
三、附则
4.本意见自发布之日起施行。
""",
        [("1", "降低准入门槛"), ("2", "强化金融支持"), ("3", "推进数字化")],
    ),
    (
        "bullets",
        """方案
二、工作任务
●推进老旧小区改造。完成改造20个。（市住建局牵头）
●推进地下管网建设。（市城管局牵头）
""",
        [("", "推进老旧小区改造"), ("", "推进地下管网建设")],
    ),
    (
        "steps and demands make no measures",
        """专项整治方案
一、整治目标
全面排查。
二、整治内容
（一）整治违建。（市城管局牵头）
（二）整治占道。（市公安局牵头）
三、实施步骤
（一）动员部署阶段（2025年3月）。召开动员会。
（二）集中整治阶段（2025年4月—10月）。开展整治。
（三）总结提升阶段（2025年11月）。总结经验。
四、工作要求
（一）加强领导。
（二）强化督导。
""",
        [("（一）", "整治违建"), ("（二）", "整治占道")],
    ),
    (
        "one that names nobody among equals",
        """方案
一、重点任务
（一）抓创新。（省科技厅负责）
（二）抓开放。推进开放。
（三）抓改革。（省发展改革委负责）
二、政策措施
（一）财政支持。加大投入。
（二）用地支持。保障用地。
""",
        [("（一）", "抓创新"), ("（二）", "抓开放"), ("（三）", "抓改革")],
    ),
    (
        "a clause before the parts",
        """工作方案
一、总体目标
（一）到2025年建成10个园区。
（二）到2025年产值达到100亿元。
二、工作任务
（一）园区建设工程
责任单位：市发改委
1.完善规划。
2.完善配套。
（二）企业培育工程
责任单位：市工信局
1.引进龙头。
2.培育中小。
""",
        [("（一）", "园区建设工程"), ("（二）", "企业培育工程")],
    ),
    (
        "the last part names the agencies of all as a rule",
        """若干措施
一、加大财政支持
1.对企业给予奖励。
2.对平台给予补助。（责任单位：市财政局）
二、强化用地保障
1.保障用地指标。
2.降低用地成本。（责任单位：市自然资源局）
三、优化服务
1.推行承诺制。（责任单位：市行政审批局）
""",
        [("一", "加大财政支持"), ("二", "强化用地保障"), ("三", "优化服务")],
    ),
    (
        "a box has numbers of its own",
        """实施方案
一、重点任务
1.建设园区。推进建设。（市工信局牵头）
专栏1 重点园区
1.甲园区。提升能级。
2.乙园区。扩大规模。
2.培育企业。支持企业。（市国资委牵头）
3.引进人才。支持人才。（市委组织部牵头）
""",
        [("1", "建设园区"), ("2", "培育企业"), ("3", "引进人才")],
    ),
    (
        "paragraphs under a numbered line are parts of it",
        """行动方案
一、重点行动
（一）基建提升行动
加快5G建设。推进基站建设。（市通管局牵头）
推进算力布局。建设中心。（市发改委牵头）
（二）应用提升行动
推进应用。（市工信局牵头）
""",
        [("（一）", "基建提升行动"), ("（二）", "应用提升行动")],
    ),
    (
        "tabs make a table",
        """分工表通知
各单位：
现将任务分解如下。
序号\t重点任务\t牵头单位\t完成时限
1\t推进建设\t市发改委\t2026年6月底
2\t推进改革\t市委改革办\t2026年12月底
""",
        [("1", "推进建设"), ("2", "推进改革")],
    ),
    (
        "words like 基础设施 and 组织实施 do not make a heading general",
        """某市行动方案
一、总体要求
坚持创新。
二、主要任务
（一）基础设施提升。建设道路。
（二）组织实施文化惠民工程。送戏下乡。
（三）要求企业落实责任。压实责任。
""",
        [("（一）", "基础设施提升"), ("（二）", "组织实施文化惠民工程")],
    ),
    (
        "articles",
        """条例实施方案
第一章 总则
第一条 为了促进发展，制定本方案。
第二条 本方案适用于全市。
第二章 主要任务
第三条 推进建设。由市发改委牵头，市财政局配合。
第四条 推进改革。（市委改革办牵头）
第三章 附则
第五条 本方案自发布之日起施行。
""",
        [("第三条", "推进建设"), ("第四条", "推进改革")],
    ),
]


@pytest.mark.parametrize(("shape", "text", "measures"), SHAPES, ids=[shape for shape, _, _ in SHAPES])
def test_measures_are_found(shape: str, text: str, measures: list[tuple[str, str]]) -> None:
    assert [(measure.number, measure.title) for measure in read_plan(text.encode(), "plan.txt").measures] == measures


def test_a_box_behind_a_measure_is_no_part_of_it() -> None:
    text = (
        "某市方案\n一、任务\n（一）改厕。（市农业农村局）\n专栏1　改厕工程\n1.整村推进示范村100个。\n2.建设公厕20座。\n"
        "（二）治水。（市水利局）\n二、保障\n加强领导。\n"
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert [text[measure.start : measure.end] for measure in reading.measures] == [
        "（一）改厕。（市农业农村局）",
        "（二）治水。（市水利局）",
    ]
    assert [(target.metric, int(target.value)) for target in reading.targets] == [("整村推进示范村", 100), ("建设公厕", 20)]


def test_a_blank_before_the_mark_of_a_number_does_not_hide_it() -> None:
    reading = read_plan(
        "某市实施方案\n一 、总体要求\n二 、重点任务\n1 、建设甲校。（市教育局牵头）\n2 ．建设乙校。（市教育局牵头）\n".encode(), "plan.txt"
    )
    assert [(measure.number, measure.title) for measure in reading.measures] == [("1", "建设甲校"), ("2", "建设乙校")]
    assert [section.title for section in reading.sections] == ["总体要求", "重点任务"]


def test_a_spread_heading_frames_as_the_close_one_does() -> None:
    reading = read_plan(
        "某市办法\n第一章　总　则\n第一条　制定本办法。\n第二章　措施\n第二条　安排资金。\n第三条　制定规划。\n".encode(), "plan.txt"
    )
    assert [measure.number for measure in reading.measures] == ["第二条", "第三条"]


def test_a_list_of_names_sets_no_tasks() -> None:
    text = (
        "某县实施方案\n一、重点任务\n（一）建设甲校。（县教育局牵头）\n（二）建设乙校。（县教育局牵头）\n附件1\n某县工作专班成员名单\n"
        "组　长：王　某　县委副书记、县长\n副组长：李　某　县委常委、副县长\n成　员：张　某　县住建局局长\n　　　　赵　某　县财政局局长\n"
    )
    assert [measure.title for measure in read_plan(text.encode(), "plan.txt").measures] == ["建设甲校", "建设乙校"]


def test_numbers_that_a_browser_shows_are_read() -> None:
    page = (
        "<html><body><h1>某县实施方案</h1><p>一、重点任务</p><ol><li>建设甲校。（县教育局牵头）</li><li>建设乙校。（县财政局牵头）</li></ol>"
        "<ol start='3'><li>3.建设丙校。（县教育局牵头）</li><li><p>建设丁校。（县教育局牵头）</p></li></ol></body></html>"
    )
    reading = read_plan(page.encode(), "plan.html")
    assert [(measure.number, measure.title) for measure in reading.measures] == [
        ("1", "建设甲校"),
        ("2", "建设乙校"),
        ("3", "建设丙校"),
        ("4", "建设丁校"),
    ]


def test_a_task_with_its_agencies_and_the_steps_below_it_with_theirs_are_measures_each() -> None:
    text = (
        "某省2024年分工方案\n一、放宽准入\n（一）改革许可。2026年底前定型。（省司法厅牵头，省商务厅配合）\n具体措施：\n"
        "1.开办时间压缩至4个工作日以内。（省市场监管局负责）\n2.发布清单。\n3.压减证明。（省公安厅负责）\n（二）放开用工。（省人社厅负责）\n"
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert [(measure.number, measure.lead, measure.named("responsible")) for measure in reading.measures] == [
        ("（一）", ["省司法厅"], []),
        ("1", [], ["省市场监管局"]),
        ("2", [], []),
        ("3", [], ["省公安厅"]),
        ("（二）", [], ["省人社厅"]),
    ]
    assert text[reading.measures[0].start : reading.measures[0].end].endswith("具体措施：")
    assert [section.number for section in reading.sections[0].children] == ["（一）"]
    assert [str(target.due) for target in reading.targets] == ["2024-12-31"]
    assert [str(found.date) for found in reading.measures[0].deadlines] == ["2026-12-31"]


def test_who_leads_all_that_stands_under_a_heading_is_doubted_where_it_stands() -> None:
    text = "某市工作要点\n一、推进工业振兴（牵头单位：市工信局）\n1.抓项目。（责任单位：市发改委）\n2.抓企业。（责任单位：市国资委）\n"
    reading = read_plan(text.encode(), "plan.txt")
    assert [measure.title for measure in reading.measures] == ["抓项目", "抓企业"]
    assert ["牵头单位：市工信局" in text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "unread"] == [True]
