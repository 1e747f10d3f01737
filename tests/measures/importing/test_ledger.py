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
        ("3", "强化保障", "保障任务", ["市财政局"], []),
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
