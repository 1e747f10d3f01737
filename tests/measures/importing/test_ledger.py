"""Tables of tasks."""

from measures.importing.plan import read_plan

PAGE = """<html><head><meta charset="utf-8"><title>x</title></head><body><div class="content"><h1>关于重点任务分工的通知</h1><table>
<tr><th rowspan="2">序号</th><th rowspan="2">重点任务</th><th colspan="2">责任分工</th><th rowspan="2">时限</th></tr>
<tr><th>牵头单位</th><th>配合单位</th></tr>
<tr><td>1</td><td>推进建设。加快实施。</td><td rowspan="2">市发改委</td><td><p>市财政局</p><p>市住建局</p></td><td>2026年6月</td></tr>
<tr><td>2</td><td>推进改革</td><td>市司法局、各县区</td><td>2026年底</td></tr>
<tr><td colspan="5">二、保障任务</td></tr>
<tr><td>3</td><td>强化保障</td><td>市财政局</td><td></td><td>长期</td></tr>
</table></div></body></html>"""


def test_two_header_rows_merged_cells_and_headings_inside_a_table() -> None:
    reading = read_plan(PAGE.encode(), "plan.html")
    assert [(measure.number, measure.title, measure.section, measure.lead, measure.support) for measure in reading.measures] == [
        ("1", "推进建设", "", ["市发改委"], ["市财政局", "市住建局"]),
        ("2", "推进改革", "", ["市发改委"], ["市司法局", "各县区"]),
        ("3", "强化保障", "二、保障任务", ["市财政局"], []),
    ]
    assert [str(measure.clauses[0].deadline and measure.clauses[0].deadline.date) for measure in reading.measures] == [
        "2026-06-30",
        "2026-12-31",
        "None",
    ]


def test_the_names_of_a_table_stand_in_its_cells() -> None:
    reading = read_plan(PAGE.encode(), "plan.html")
    for measure in reading.measures:
        for clause in measure.clauses:
            assert [reading.text[item.start : item.end] for item in clause.items] == [item.name for item in clause.items]


def test_rows_with_one_task_and_several_agencies_are_one_measure() -> None:
    text = "序号,重点任务,责任单位,配合单位\n1,推进建设,市发改委,市财政局\n1,推进建设,市住建局,\n2,推进改革,市委改革办,市司法局\n"
    measures = read_plan(text.encode(), "plan.csv").measures
    assert [(measure.number, measure.named("responsible"), measure.support) for measure in measures] == [
        ("1", ["市发改委", "市住建局"], ["市财政局"]),
        ("2", ["市委改革办"], ["市司法局"]),
    ]


def test_a_table_without_agencies_is_no_ledger() -> None:
    text = "# 方案\n\n| 指标 | 2025年 |\n|---|---|\n| 产值 | 100亿元 |\n"
    assert read_plan(text.encode(), "plan.md").measures == ()


TWO_ROWS = """某市2025年重点工作台账,,,,,,
填报单位：某市人民政府督查室,,,印发日期：2025年3月1日,,单位：万元,
序号,重点任务,责任单位,,,完成时限,备注
,,牵头,配合,分管领导,,
1,推进老旧小区改造,市住建局,"市财政局、城管局",王伟,2025年底,
2,新建充电桩500个,市发改委,市住建局,同上,〃,
3,完善加装电梯政策,→,\"\"\"\",李娜,6月底前,
4,清理楼道,同上、市国资委,—,李娜,同前,
合计,4项,,,,,
"""


def test_headings_over_headings_without_merged_cells_and_cells_that_say_the_same() -> None:
    reading = read_plan(TWO_ROWS.encode(), "plan.csv")
    assert (reading.title, reading.issuer, str(reading.date)) == ("某市2025年重点工作台账", "某市人民政府督查室", "2025-03-01")
    assert [(measure.number, measure.lead, measure.support, measure.clauses[0].leaders) for measure in reading.measures] == [
        ("1", ["市住建局"], ["市财政局", "市城管局"], ("王伟",)),
        ("2", ["市发改委"], ["市住建局"], ("王伟",)),
        ("3", ["市发改委"], ["市住建局"], ("李娜",)),
        ("4", ["市发改委", "市国资委"], [], ("李娜",)),
    ]
    days = [str(measure.clauses[0].deadline and measure.clauses[0].deadline.date) for measure in reading.measures]
    assert days == ["2025-12-31", "2025-12-31", "2025-06-30", "2025-06-30"]


def test_what_a_cell_repeats_has_the_place_of_that_cell_and_a_doubt() -> None:
    reading = read_plan(TWO_ROWS.encode(), "plan.csv")
    third, fourth = (measure.clauses[0] for measure in reading.measures[2:])
    assert [(reading.text[item.start : item.end], item.restored) for item in third.items] == [("→", True), ('"', True)]
    assert [reading.text[doubt.start : doubt.end] for doubt in third.doubts] == ["→", '"']
    assert [(item.name, reading.text[item.start : item.end]) for item in fourth.items] == [("市发改委", "同上"), ("市国资委", "市国资委")]
    deadline = fourth.deadline
    assert deadline is not None
    assert reading.text[deadline.start : deadline.end] == deadline.text == "同前"


def test_three_rows_of_headings() -> None:
    page = """<html><head><meta charset="utf-8"><title>x</title></head><body><div><h1>关于重点任务分工的通知</h1><table>
<tr><td colspan="7">重点任务分解表</td></tr>
<tr><th rowspan="3">序号</th><th rowspan="3">重点任务</th><th colspan="4">责任分工</th><th rowspan="3">完成时限</th></tr>
<tr><th colspan="2">牵头</th><th colspan="2">配合</th></tr>
<tr><th>单位</th><th>责任领导</th><th>单位</th><th>联系人</th></tr>
<tr><td>1</td><td>推进建设</td><td rowspan="2">市发改委</td><td>王强</td><td>市财政局</td><td>张三</td><td>2026年6月</td></tr>
<tr><td>2</td><td>推进改革</td><td>李明</td><td>市司法局、各县区</td><td>李四</td><td>2026年底</td></tr></table></div></body></html>"""
    measures = read_plan(page.encode(), "plan.html").measures
    assert [(measure.number, measure.lead, measure.support, measure.clauses[0].leaders) for measure in measures] == [
        ("1", ["市发改委"], ["市财政局"], ("王强",)),
        ("2", ["市发改委"], ["市司法局", "各县区"], ("李明",)),
    ]


def test_columns_by_the_words_of_the_trade() -> None:
    text = (
        "实事类别,序号,实事内容,主管部门,参加单位,责任科室,指导单位,督办单位,启动时间,办结日期\n"
        "教育,1,新建幼儿园,县教育局,县财政局,县教育局基建股,市教育局,县委督查室,2025年3月,2025年8月底前\n"
        ",2,改造食堂,县教育局,县市场监管局,县教育局后勤股,,县委督查室,2025年4月,2025年9月底前\n"
    )
    first, second = read_plan(text.encode(), "plan.csv").measures
    assert (first.section, first.named("responsible"), first.support, first.named("guiding")) == (
        "教育",
        ["县教育局", "县教育局基建股"],
        ["县财政局"],
        ["市教育局"],
    )
    assert (second.section, str(second.clauses[0].deadline and second.clauses[0].deadline.date)) == ("教育", "2025-09-30")


def test_a_column_left_empty_where_nothing_is_merged_holds_what_stands_above_and_says_so() -> None:
    text = "序号,任务,牵头单位,配合单位\n1,推进建设,市发改委,市财政局\n2,推进改革,,市住建局\n3,推进督查,—,各县区\n"
    reading = read_plan(text.encode(), "plan.csv")
    assert [measure.lead for measure in reading.measures] == [["市发改委"], ["市发改委"], []]
    assert [doubt.why for doubt in reading.measures[1].clauses[0].doubts] == ["没有写单位，按与上一行合并的单元格读取，请核对"]


def test_a_heading_inside_a_table_right_below_its_header_is_none_of_its_columns() -> None:
    page = (
        "<html><body><table><tr><td>序号</td><td>工作任务</td><td>牵头单位</td><td>时限</td></tr><tr><td colspan=4>一、重点任务</td></tr>"
        "<tr><td>1</td><td>建设水库</td><td>市水利局</td><td>2025年底前</td></tr></table></body></html>"
    )
    assert [(measure.section, measure.lead) for measure in read_plan(page.encode(), "plan.html").measures] == [
        ("一、重点任务", ["市水利局"])
    ]


def test_a_row_over_all_columns_is_the_section_of_those_below_it() -> None:
    rows = (
        "序号,工作任务,具体举措,牵头单位\n一、加大力度,,,\n1,落实政策,减税,省财政厅\n2,落实政策,降费,省财政厅\n"
        "二、深化改革,,,\n3,简政,取消审批,省司法厅\n"
    )
    reading = read_plan(rows.encode(), "plan.csv")
    assert [(measure.title, measure.section) for measure in reading.measures] == [
        ("减税", "一、加大力度"),
        ("降费", "一、加大力度"),
        ("取消审批", "二、深化改革"),
    ]
    assert [(section.number, section.title) for section in reading.sections] == [("一", "加大力度"), ("二", "深化改革")]
    assert [measure.section_start for measure in reading.measures][::2] == [section.start for section in reading.sections]


MEASURES_WITH_CLAUSES = """<html><body><table>
<tr><td>序号</td><td>重点任务</td><td>工作举措及责任分工</td><td>完成时限</td></tr>
<tr><td>1</td><td>整治河道</td><td>清淤疏浚河道，2025年疏浚河道30公里。（市水利局牵头，市财政局、城管局配合）</td>
<td rowspan="2">2025年11月底</td></tr>
<tr><td>2</td><td>修复湿地</td><td>修复湿地，2025年3月底前编制方案。（责任单位：市林业局；完成时限：2025年6月）</td></tr>
<tr><td>3</td><td>管护绿地</td><td><p>新建口袋公园、街头绿地等；（市住建局负责）</p><p>补植行道树2000株。（市城管局负责，2025年4月底前完成）</p></td>
<td>长期坚持</td></tr>
</table></body></html>"""


def test_a_column_of_measures_with_their_clauses_names_nobody_but_in_these() -> None:
    reading = read_plan(MEASURES_WITH_CLAUSES.encode(), "plan.html")
    said = [
        [
            (
                [(item.name, item.role) for item in clause.items],
                str(clause.deadline and clause.deadline.date),
                clause.deadline and reading.text[clause.deadline.start : clause.deadline.end],
            )
            for clause in measure.clauses
        ]
        for measure in reading.measures
    ]
    assert [measure.title for measure in reading.measures] == ["整治河道", "修复湿地", "管护绿地"]
    assert said == [
        [([("市水利局", "lead"), ("市财政局", "support"), ("市城管局", "support")], "2025-11-30", "2025年11月底")],
        [([("市林业局", "responsible")], "2025-06-30", "2025年6月")],
        [
            ([("市住建局", "responsible")], "None", "长期坚持"),
            ([("市城管局", "responsible")], "2025-04-30", "2025年4月底前"),
        ],
    ]
    assert [[deadline.text for deadline in measure.deadlines] for measure in reading.measures] == [[], ["2025年3月底前"], []]
    assert next((target.metric, int(target.value), str(target.due)) for target in reading.targets) == ("疏浚河道", 30, "2025-12-31")


WIDE = """<html><body><table>
<tr><td>序号</td><td>类别</td><td>工作任务</td><td>牵头单位</td><td>责任单位</td></tr>
<tr><td>1</td><td rowspan="2">一、兴业强县</td><td>建设园区</td><td>县工信局</td><td>县财政局</td></tr>
<tr><td>2</td><td>推进并联审批</td><td colspan="2">县行政审批局（牵头）、县住建局（配合）</td></tr>
<tr><td>3</td><td>二、惠民生</td><td>改造校舍</td><td>县教体局</td><td>县财政局</td></tr></table></body></html>"""


def test_a_cell_over_the_columns_of_two_roles_says_its_roles_itself_and_names_each_agency_once() -> None:
    measure = read_plan(WIDE.encode(), "plan.html").measures[1]
    assert [(item.name, item.role) for item in measure.clauses[0].items] == [("县行政审批局", "lead"), ("县住建局", "support")]
    assert "这一格占了几种单位的列，没有另写角色的按责任单位读取，请核对" in [doubt.why for doubt in measure.clauses[0].doubts]


def test_cells_that_group_tasks_and_carry_a_number_are_sections() -> None:
    reading = read_plan(WIDE.encode(), "plan.html")
    assert [(section.number, section.title) for section in reading.sections] == [("一", "兴业强县"), ("二", "惠民生")]
    assert [measure.section for measure in reading.measures] == ["一、兴业强县", "一、兴业强县", "二、惠民生"]
    assert [measure.section_start for measure in reading.measures][::2] == [section.start for section in reading.sections]


def test_a_line_end_inside_a_name_of_a_cell_does_not_part_it() -> None:
    page = PAGE.replace("<p>市财政局</p><p>市住建局</p>", "市住房城乡<br>建设局、市自然资源局<br>市财政局")
    clause = read_plan(page.encode(), "plan.html").measures[0].clauses[0]
    assert [item.name for item in clause.items if item.role == "support"] == ["市住房城乡建设局", "市自然资源局", "市财政局"]


def test_a_body_of_no_known_kind_keeps_the_role_of_its_column_before_another_column() -> None:
    text = "序号,任务,牵头单位,责任单位,完成时限\n1,通车,市交通运输局,市公安局、成都局集团公司宜宾工务段、翠屏区人民政府,2025年9月底\n"
    measure = read_plan(text.encode(), "plan.csv", province="四川", city="宜宾").measures[0]
    assert measure.named("responsible") == ["市公安局", "成都局集团公司宜宾工务段", "翠屏区人民政府"]


def test_aims_beside_tasks_are_their_text_and_a_further_aim_has_its_own_doers() -> None:
    text = (
        "序号,工作类别,重点任务,年度目标,责任领导,牵头单位,责任单位,完成时限\n"
        "1,一、工业,培育企业,（1）新增规上企业100家,王伟,市工信局,市财政局,11月底前\n"
        ",,,（2）新增高新技术企业60家,,市科技局,市税务局,10月底前\n"
        "2,,稳定就业,城镇新增就业4万人,,市人社局,市教育局,12月底前\n"
    )
    measures = read_plan(text.encode(), "plan.csv").measures
    assert [(measure.number, measure.title, measure.lead, measure.clauses[0].leaders) for measure in measures] == [
        ("1", "培育企业", ["市工信局"], ("王伟",)),
        ("1", "培育企业", ["市科技局"], ("王伟",)),
        ("2", "稳定就业", ["市人社局"], ("王伟",)),
    ]
    assert "没有写领导，按与上一行合并的单元格读取，请核对" in {doubt.why for doubt in measures[2].clauses[0].doubts}


def test_the_end_of_a_name_before_a_blank_is_no_label() -> None:
    text = "一、优化服务\n（一）压减时间。\n牵头单位：县市场监管局    责任单位：县公安局    完成时限：2023年5月底\n"
    (measure,) = read_plan(text.encode(), "plan.txt").measures
    assert (measure.lead, measure.named("responsible")) == (["县市场监管局"], ["县公安局"])


GROUPED = (
    "序号,类别,工作任务,责任单位\n1,城乡出行,新建公路36公里,县交通运输局\n2,,新增泊位800个,县城管局\n3,健康民生,改造卫生院,县卫生健康局\n"
)


def test_cells_that_group_tasks_without_a_number_are_sections_where_they_cover_several_rows() -> None:
    reading = read_plan(f"某县2026年民生实事台账,,,\n印发单位：某县人民政府办公室,,,\n{GROUPED}".encode(), "plan.csv")
    assert [(section.number, section.title) for section in reading.sections] == [("", "城乡出行"), ("", "健康民生")]
    known = {section.start: section.title for section in reading.sections}
    assert [known.get(measure.section_start or -1) for measure in reading.measures] == ["城乡出行", "城乡出行", "健康民生"]
    assert reading.issuer == "某县人民政府办公室"


def test_words_that_each_row_repeats_are_no_sections_of_the_tree() -> None:
    rows = GROUPED.replace("2,,", "2,城乡出行,")
    assert read_plan(rows.encode(), "plan.csv").sections == ()
