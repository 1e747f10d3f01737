"""What stands around a plan: title, number, issuer, date."""

import datetime

import pytest

from measures.importing.plan import read_plan

BODY = "为加快发展，制定本方案。\n一、重点任务\n（一）建设基地。（省发展改革委牵头）\n"
FRONTS: list[tuple[str, str, tuple[str | None, str | None, str | None, str | None]]] = [
    (
        "a red head, a title that names its years, an imprint",
        (
            "特急\n安徽省人民政府办公厅文件\n皖政办〔2023〕9号\n安徽省人民政府办公厅关于印发\n《安徽省储能行动计划（2023—2025年）》的通知\n各市、县人民政府：\n"
            "现印发给你们，请认真组织实施。\n安徽省人民政府办公厅\n2023年6月2日\n（此件公开发布）\n安徽省储能行动计划\n（2023—2025年）\n"
        ),
        ("安徽省储能行动计划（2023—2025年）", "皖政办〔2023〕9号", "安徽省人民政府办公厅", "2023-06-02"),
    ),
    (
        "several who sign in two columns",
        (
            "关于印发《乡村水环境治理行动方案》的通知\n环水〔2023〕5号\n各省、自治区、直辖市生态环境厅（局）：\n现印发给你们，请认真贯彻执行。\n"
            "生态环境部　　　　农业农村部\n水利部\n2023年3月9日\n乡村水环境治理行动方案\n"
        ),
        ("乡村水环境治理行动方案", "环水〔2023〕5号", "生态环境部 农业农村部 水利部", "2023-03-09"),
    ),
    (
        "the letterhead of minutes, with the day beside who keeps them",
        "会 议 纪 要\n〔2025〕第12期\n江州市人民政府办公室　　　　2025年5月8日\n市政府第45次常务会议纪要\n",
        ("市政府第45次常务会议纪要", "〔2025〕第12期", "江州市人民政府办公室", "2025-05-08"),
    ),
    (
        "an order, and the rules that it puts in force",
        (
            "江州市人民政府令\n第12号\n《江州市促进民营经济发展办法》已经2025年3月1日市政府第10次常务会议通过，现予公布。\n"
            "市　长　王某某\n2025年3月20日\n"
            "江州市促进民营经济发展办法\n"
        ),
        ("江州市促进民营经济发展办法", "江州市人民政府令第12号", "江州市人民政府", "2025-03-20"),
    ),
    (
        "a paper of many ministries",
        (
            "国家发展改革委等部门关于印发《促进绿色消费实施方案》的通知\n发改就业〔2022〕107号\n各省、自治区、直辖市发展改革委：\n现印发给你们，请认真贯彻落实。\n"
            "附件：促进绿色消费实施方案\n国家发展改革委\n工业和信息化部\n住房和城乡建设部\n商务部\n市场监管总局\n国管局\n中直管理局\n2022年1月18日\n附件\n促进绿色消费实施方案\n"
        ),
        ("促进绿色消费实施方案", "发改就业〔2022〕107号", "国家发展改革委等部门", "2022-01-18"),
    ),
    (
        "a party and a government office together",
        (
            "中共宁德市委办公室 宁德市人民政府办公室\n印发《关于推进乡村建设的实施方案》的通知\n各县（市、区）党委和人民政府：\n"
            "请结合实际认真贯彻落实。\n中共宁德市委办公室\n宁德市人民政府办公室\n2022年8月30日\n关于推进乡村建设的实施方案\n"
        ),
        ("关于推进乡村建设的实施方案", None, "中共宁德市委办公室、宁德市人民政府办公室", "2022-08-30"),
    ),
    (
        "a notice with its agency on a line of its own",
        (
            "河北省人民政府办公厅\n关于印发河北省氢能产业发展实施方案的通知\n冀政办字〔2024〕12号\n各市（含定州、辛集市）人民政府，省政府各部门：\n"
            "《河北省氢能产业发展实施方案》已经省政府同意，现印发给你们，请认真组织实施。\n河北省人民政府办公厅\n2024年1月20日\n河北省氢能产业发展实施方案\n"
        ),
        ("河北省氢能产业发展实施方案", "冀政办字〔2024〕12号", "河北省人民政府办公厅", "2024-01-20"),
    ),
    (
        "a draft that a meeting has passed",
        "（2025年3月1日省政府第50次常务会议通过）\n浙江省数字贸易创新行动方案（征求意见稿）\n",
        ("浙江省数字贸易创新行动方案（征求意见稿）", None, None, "2025-03-01"),
    ),
    (
        "the header table of a site",
        (
            "索 引 号：014000-2024-0001\n发文机关：国务院办公厅\n成文日期：2024年11月7日\n发文字号：国办发〔2024〕49号\n"
            "国务院办公厅关于激发冰雪经济活力的若干意见\n国办发〔2024〕49号\n各省、自治区、直辖市人民政府，国务院各部委：\n"
        ),
        ("国务院办公厅关于激发冰雪经济活力的若干意见", "国办发〔2024〕49号", "国务院办公厅", "2024-11-07"),
    ),
    (
        "an attachment that is the plan, and a year in Chinese numerals",
        (
            "关于印发《某县2026年任务分解》的通知\n各乡镇人民政府，县政府各部门：\n现将《某县2026年任务分解》印发给你们，请认真抓好落实。\n"
            "附件：某县2026年任务分解\n某县人民政府办公室\n二〇二六年二月十五日\n附件\n某县2026年任务分解\n"
        ),
        ("某县2026年任务分解", None, "某县人民政府办公室", "2026-02-15"),
    ),
    (
        "two issuers that print a document",
        "中共深圳市委 深圳市人民政府印发《关于加快建设创新中心的意见》\n（深发〔2024〕5号　2024年3月1日）\n",
        ("关于加快建设创新中心的意见", "深发〔2024〕5号", "中共深圳市委 深圳市人民政府", "2024-03-01"),
    ),
    (
        "a short name in the title and the full one in the signature",
        (
            "市政府办公室关于印发《无锡市低空经济行动方案》的通知\n锡政办发〔2024〕15号\n各市（县）、区人民政府，市各委办局：\n"
            "现将《无锡市低空经济行动方案》印发给你们，请认真组织实施。\n"
            "　　无锡市人民政府办公室\n　　2024年4月3日\n（此件公开发布）\n"
            "无锡市低空经济行动方案\n"
        ),
        ("无锡市低空经济行动方案", "锡政办发〔2024〕15号", "无锡市人民政府办公室", "2024-04-03"),
    ),
    (
        "a quoted title that goes over lines",
        (
            "湖南省人民政府办公厅关于印发\n《湖南省政务建设三年行动计划\n（2023—2025年）》的通知\n湘政办发〔2023〕12号\n各市州人民政府：\n"
            "请结合实际认真抓好贯彻落实。\n湖南省人民政府办公厅\n2023年4月6日\n湖南省政务建设三年行动计划\n（2023—2025年）\n"
        ),
        ("湖南省政务建设三年行动计划（2023—2025年）", "湘政办发〔2023〕12号", "湖南省人民政府办公厅", "2023-04-06"),
    ),
    (
        "a title without quotation marks that goes over lines",
        (
            "广西壮族自治区人民政府办公厅关于印发\n广西大健康产业发展规划（2021—2025年）\n任务分工方案的通知\n桂政办发〔2021〕100号\n各市、县人民政府：\n"
            "现印发给你们，请认真组织实施。\n2021年9月30日\n（此件公开发布）\n广西大健康产业发展规划（2021—2025年）\n任务分工方案\n"
        ),
        ("广西大健康产业发展规划（2021—2025年）任务分工方案", "桂政办发〔2021〕100号", "广西壮族自治区人民政府办公厅", "2021-09-30"),
    ),
    (
        "a number under the signature and a remark above the title",
        (
            "青岛市人民政府办公厅\n关于印发青岛市营商环境三年行动规划（2022-2024年）的通知\n各区、市人民政府：\n现印发给你们，请认真组织实施。\n"
            "青岛市人民政府办公厅\n2022年2月9日\n青政办发〔2022〕2号\n（本文有删减）\n青岛市营商环境三年行动规划（2022-2024年）\n"
        ),
        ("青岛市营商环境三年行动规划（2022-2024年）", "青政办发〔2022〕2号", "青岛市人民政府办公厅", "2022-02-09"),
    ),
    (
        "a page of a site with its path, and a day on which it was put up",
        (
            "首页 > 政务公开 > 政策文件\n发布日期：2024-03-08\n县人民政府办公室关于印发2024年民生实事实施方案的通知\n各乡镇人民政府：\n"
            "现印发给你们，请认真组织实施。\n乐清县人民政府办公室\n2024年3月5日\n2024年民生实事实施方案\n"
        ),
        ("2024年民生实事实施方案", None, "乐清县人民政府办公室", "2024-03-05"),
    ),
    (
        "two issuers line by line above the title, and one signature for both",
        (
            "中共望江县委办公室\n望江县人民政府办公室\n关于印发《望江县乡村振兴实施方案》的通知\n各乡镇党委、政府：\n请认真贯彻落实。\n"
            "中共望江县委办公室　　望江县人民政府办公室\n2023年3月15日\n望江县乡村振兴实施方案\n"
        ),
        ("望江县乡村振兴实施方案", None, "中共望江县委办公室 望江县人民政府办公室", "2023-03-15"),
    ),
    (
        "a letter that sends measures",
        (
            "关于印发进一步优化外商投资环境工作措施的函\n商资函〔2023〕616号\n各省、自治区、直辖市商务主管部门：\n请遵照执行，认真落实。\n"
            "商务部\n2023年12月1日\n进一步优化外商投资环境工作措施\n"
        ),
        ("进一步优化外商投资环境工作措施", "商资函〔2023〕616号", "商务部", "2023-12-01"),
    ),
    (
        "a signature in brackets under the title",
        "成都市2024年政务服务工作要点\n（成都市政务服务管理局　2024年2月28日）\n",
        ("成都市2024年政务服务工作要点", None, "成都市政务服务管理局", "2024-02-28"),
    ),
    (
        "digits in full width, signs of radicals, and a signature on one line with its date",
        (
            "青山市人民政府文件\n青政发〔２０２５〕１２号\n青山市人民政府关于印发２０２５年优化营商环境工作要点的通知\n各县区人民政府：\n"
            "现印发给你们，请认真贯彻执行。\n青山市⼈⺠政府　２０２５年３⽉１⽇\n２０２５年优化营商环境⼯作要点\n"
        ),
        ("２０２５年优化营商环境工作要点", "青政发〔2025〕12号", "青山市人民政府", "2025-03-01"),
    ),
    (
        "six issuers on two lines above measures",
        (
            "教育部　中央宣传部　科技部\n中国科协　全国妇联　共青团中央\n关于加强青少年科技教育的若干举措\n教基〔2025〕3号\n"
            "各省、自治区、直辖市教育厅（教委）：\n现就有关事项通知如下。\n"
        ),
        ("关于加强青少年科技教育的若干举措", "教基〔2025〕3号", "教育部 中央宣传部 科技部 中国科协 全国妇联 共青团中央", None),
    ),
    (
        "a number behind the letterhead, and both issuers below it",
        (
            "中共青山市委办公室文件青办发〔2025〕7号\n中共青山市委办公室　青山市人民政府办公室\n"
            "关于印发《青山市作风建设行动方案》的通知\n各县区：\n"
            "现印发给你们，请认真贯彻执行。\n中共青山市委办公室　青山市人民政府办公室 二〇二五年四月二日\n青山市作风建设行动方案\n"
        ),
        ("青山市作风建设行动方案", "青办发〔2025〕7号", "中共青山市委办公室 青山市人民政府办公室", "2025-04-02"),
    ),
    (
        "a number behind the name of who issues",
        (
            "青山市人民政府办公室青政办函〔2025〕7号\n青山市人民政府办公室关于加强养老服务的实施意见\n各县区人民政府：\n"
            "青山市人民政府办公室2025年5月1日\n"
        ),
        ("青山市人民政府办公室关于加强养老服务的实施意见", "青政办函〔2025〕7号", "青山市人民政府办公室", "2025-05-01"),
    ),
]


@pytest.mark.parametrize(("front", "expected"), [(front, expected) for _, front, expected in FRONTS], ids=[name for name, _, _ in FRONTS])
def test_front_matter_is_read(front: str, expected: tuple[str | None, str | None, str | None, str | None]) -> None:
    reading = read_plan((front + BODY).encode(), "plan.txt")
    title, number, issuer, date = expected
    assert (reading.title, reading.number, reading.issuer) == (title, number, issuer)
    assert reading.date == (datetime.date.fromisoformat(date) if date else None)
    assert [measure.title for measure in reading.measures] == ["建设基地"]
    assert [section.title for section in reading.sections] == ["重点任务"]


def test_the_basis_is_named_anywhere_before_the_first_heading() -> None:
    text = (
        "某市行动方案\n为促进发展，制定本方案。\n根据《“十四五”储能方案》《某省规划》（某政〔2021〕3号）要求，现提出如下安排。\n"
        "一、重点任务\n（一）建设基地。落实《另一方案》。（市能源局牵头）\n"
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert [(basis.title, basis.number) for basis in reading.basis] == [("“十四五”储能方案", ""), ("某省规划", "某政〔2021〕3号")]


def test_an_imprint_belongs_to_no_measure() -> None:
    text = "某市方案\n一、任务\n（一）建设。（市能源局牵头）\n抄送：市委各部门，市法院。\n某市人民政府办公室　　2023年6月5日印发\n"
    measure = read_plan(text.encode(), "plan.txt").measures[0]
    assert text[measure.start : measure.end] == "（一）建设。（市能源局牵头）"


@pytest.mark.parametrize(
    ("title", "city"),
    [
        ("深圳市推进新型储能产业高质量发展行动方案（2024—2026年）", "深圳"),
        ("中共宁德市委办公室关于推进乡村建设的实施方案", "宁德"),
        ("广东省佛山市制造业数字化转型若干措施", "佛山"),
        ("佛山市市场监管体系建设方案", "佛山"),
        ("广东省优化营商环境行动方案", None),
        ("重庆市璧山区优化营商环境重点任务清单", None),
        ("国家市场监督管理总局贯彻落实工作方案", None),
        ("超大城市现代化治理行动方案", None),
        ("全市安全生产治本攻坚行动方案", None),
    ],
)
def test_the_city_of_a_plan_is_told_by_who_issues_it(title: str, city: str | None) -> None:
    assert read_plan(f"{title}\n{BODY}".encode(), "plan.txt").city == city


def test_the_city_of_the_uploader_goes_before_that_of_the_title() -> None:
    assert read_plan(f"深圳市行动方案\n{BODY}".encode(), "plan.txt", city="广州").city == "广州"


def test_the_title_of_a_table_is_not_that_of_the_plan() -> None:
    text = (
        "云南省人民政府办公厅关于印发云南省深化改革重点任务分工方案的通知\n各州（市）人民政府：\n现印发给你们，请认真贯彻执行。\n"
        "云南省人民政府办公厅\n2021年8月20日\n附件\n重点任务分工表\n序号\t任务\t牵头单位\n1\t建校\t省教育厅\n2\t修路\t省交通运输厅\n"
    )
    assert read_plan(text.encode(), "plan.txt").title == "云南省深化改革重点任务分工方案"


def test_the_first_article_names_the_basis_and_has_no_title() -> None:
    text = (
        "某市办法\n第一章 总则\n第一条　为抢抓虚拟现实（以下简称VR）产业发展机遇，"
        "根据《江西省虚拟现实产业发展规划》等文件精神，制定本办法。\n"
        "第二条　建校。（市教育局牵头）\n第三条　修路。（市交通局牵头）\n"
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert [basis.title for basis in reading.basis] == ["江西省虚拟现实产业发展规划"]
    assert [(alias.alias, alias.name) for alias in reading.aliases] == [("VR", "虚拟现实")]
    assert [section.title for section in reading.sections[0].children] == [""]


def test_a_number_that_is_written_again_under_the_title_is_no_title() -> None:
    text = (
        "赣府厅字〔2021〕36号\n某省人民政府办公厅关于印发某省养老行动方案（2021—2023年）的通知\n赣府厅字〔2021〕36号\n各市人民政府：\n现印发给你们，请认真执行。\n"
        "某省人民政府办公厅\n2021年5月12日\n某省养老行动方案\n（2021—2023年）\n" + BODY
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert reading.title == "某省养老行动方案（2021—2023年）"


def test_a_title_does_not_end_with_the_paper_that_it_carries_out() -> None:
    reading = read_plan(f"国务院关于落实《政府工作报告》\n重点工作部门分工的意见\n国发〔2014〕15号\n{BODY}".encode(), "plan.txt")
    assert reading.title == "国务院关于落实《政府工作报告》重点工作部门分工的意见"


def test_labels_of_a_site_that_fall_apart_are_neither_title_nor_body() -> None:
    page = (
        "<html><body><table><tr><td>索引号：</td><td>011158303/2022-1</td><td>发文机构：</td><td>某市人民政府办公室</td></tr>"
        "<tr><td>文　　号：</td><td>某政办发〔2022〕21号</td><td>发布日期：</td><td>2022年05月20日</td></tr></table>"
        "<div class='TRS_Editor'><p>某市人民政府办公室关于印发某市数字经济行动方案的通知</p>"
        "<p>各县（市、区）人民政府：</p><p>现印发给你们，请认真组织实施。</p>"
        "<p>某市人民政府办公室</p><p>2022年5月18日</p><p>某市数字经济行动方案</p><p>一、推进建设</p><p>（一）建平台。（市工信局负责）</p></div></body></html>"
    )
    reading = read_plan(page.encode(), "plan.html")
    assert (reading.title, reading.number) == ("某市数字经济行动方案", "某政办发〔2022〕21号")


def test_a_spread_label_of_the_header_table_is_no_title_and_its_value_stands_in_the_next_cell() -> None:
    page = (
        "<html><body><table><tr><td>标　　题：</td><td colspan=3>国务院办公厅关于印发《银发经济行动方案》的通知</td></tr>"
        "<tr><td>发文机关：</td><td>国务院办公厅</td><td>发文字号：</td><td>国办发〔2026〕8号</td></tr></table>"
        "<div class='article'><h1>国务院办公厅关于印发<br/>《银发经济行动方案》的通知</h1>"
        "<p>各省、自治区、直辖市人民政府：</p><p>现印发给你们，请认真贯彻落实。</p><p>2026年3月2日</p>"
        "<p>银发经济行动方案</p><p>一、扩大供给</p><p>（一）发展养老。（民政部牵头，财政部参与）</p></div></body></html>"
    )
    reading = read_plan(page.encode(), "plan.html")
    assert (reading.title, reading.number, reading.issuer) == ("银发经济行动方案", "国办发〔2026〕8号", "国务院办公厅")


def test_several_issuers_in_two_lines_are_all_taken() -> None:
    text = (
        "交通运输部　工业和信息化部　公安部　财政部\n农业农村部　商务部　国家邮政局　全国供销合作总社\n"
        "关于印发《农村客货邮行动方案》的通知\n交运发〔2026〕37号\n"
        "各省、自治区、直辖市交通运输主管部门：\n现印发给你们，请认真贯彻落实。\n2026年3月16日\n农村客货邮行动方案\n一、任务\n1.建站点。（交通运输部负责）\n"
    )
    reading = read_plan(text.encode(), "plan.txt")
    assert reading.issuer == "交通运输部 工业和信息化部 公安部 财政部 农业农村部 商务部 国家邮政局 全国供销合作总社"
