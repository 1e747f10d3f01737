"""Who has a part in all measures behind or above a statement."""

from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading

PLAN = (
    "某省若干措施\n一、任务\n（一）加强建设。完善设施。（省发展改革委牵头，省财政厅配合）\n（二）加强管理。健全制度。（省民政厅负责）\n"
    "{}\n二、服务\n（三）加强服务。提高效率。（省数据局负责）\n"
)


def _with_everybody(reading: PlanReading) -> list[str]:
    return [measure.title for measure in reading.measures if "各市、县政府" in measure.named("responsible")]


def test_a_statement_puts_somebody_into_every_measure_above_it() -> None:
    text = PLAN.format("以上任务均需各市、县政府落实，不再列出。")
    reading = read_plan(text.encode(), "plan.txt")
    assert _with_everybody(reading) == ["加强建设", "加强管理"]
    added = [item for clause in reading.measures[0].clauses for item in clause.items if item.collective]
    assert [text[item.start : item.end] for item in added] == ["各市、县政府"]
    assert [doubt.code for doubt in reading.doubts].count("for_all") == 1


def test_a_statement_puts_somebody_into_every_measure_behind_it() -> None:
    reading = read_plan(PLAN.format("以下均需各市、县政府落实，不再列出。").encode(), "plan.txt")
    assert _with_everybody(reading) == ["加强服务"]


def test_a_second_statement_reaches_back_to_the_first() -> None:
    text = PLAN.format("以上任务均需各市、县政府落实，不再列出。") + "以上工作均需省财政厅配合。\n"
    reading = read_plan(text.encode(), "plan.txt")
    assert [measure.named("support") for measure in reading.measures] == [["省财政厅"], [], ["省财政厅"]]
