"""Who does what, said inside a sentence: sub-items on one line, a 由 for each part of the work."""

import pytest

from measures.importing.clauses import Clause, ClauseContext, parse_clause
from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading

HEAD = "某市2025年城市更新实施方案\n一、重点任务\n1.改造城区。"
LEAD, SUPPORT, RESPONSIBLE, GUIDING = ("lead", "support", "responsible", "guiding")


def reading_of(sentence: str) -> PlanReading:
    return read_plan((HEAD + sentence).encode(), "plan.txt", city="西安")


def said(clause: Clause) -> tuple[dict[str, list[str]], str | None]:
    named: dict[str, list[str]] = {}
    for item in clause.items:
        named.setdefault(item.role, []).append(item.name)
    day = clause.deadline.date if clause.deadline else None
    return named, day.isoformat() if day else None


SENTENCES: list[tuple[str, list[tuple[dict[str, list[str]], str | None]]]] = [
    (
        "①改造，由市住房城乡建设局牵头，市城管局配合；②撤池，由市水务局负责。",
        [({LEAD: ["市住房城乡建设局"], SUPPORT: ["市城管局"]}, None), ({RESPONSIBLE: ["市水务局"]}, None)],
    ),
    (
        "(１)改造由市住建局牵头，６月底前完成；(２)清运由各镇(乡)人民政府负责，9月底前完成；(３)申报由市发展改革委指导。",
        [
            ({LEAD: ["市住建局"]}, "2025-06-30"),
            ({RESPONSIBLE: ["各镇(乡)人民政府"]}, "2025-09-30"),
            ({GUIDING: ["市发展改革委"]}, None),
        ],
    ),
    (
        "（一）划区，由市公安局负责，4月底前发布通告；（二）推动“公转铁”，由市交通运输局牵头，年底前完成。",
        [({RESPONSIBLE: ["市公安局"]}, "2025-04-30"), ({LEAD: ["市交通运输局"]}, "2025-12-31")],
    ),
    (
        "改造由市住建局牵头、市财政局配合，6月底前完成，撤池由市水务局负责，年底前完成。",
        [({LEAD: ["市住建局"], SUPPORT: ["市财政局"]}, "2025-06-30"), ({RESPONSIBLE: ["市水务局"]}, "2025-12-31")],
    ),
    (
        "完善监测体系，由市水利局牵头，优化调度机制，由市应急局牵头、市财政局配合。",
        [({LEAD: ["市水利局"]}, None), ({LEAD: ["市应急局"], SUPPORT: ["市财政局"]}, None)],
    ),
    (
        "①发放补贴由市商务局负责，②建设平台由市数据局牵头、市财政局配合，③其余由各区县政府负责。",
        [
            ({RESPONSIBLE: ["市商务局"]}, None),
            ({LEAD: ["市数据局"], SUPPORT: ["市财政局"]}, None),
            ({RESPONSIBLE: ["各区县政府"]}, None),
        ],
    ),
    (
        "一是推进管网改造（市住建局牵头）；二是建设污水厂2座，由市水务局负责，年底前完成。",
        [({LEAD: ["市住建局"]}, None), ({RESPONSIBLE: ["市水务局"]}, "2025-12-31")],
    ),
    ("推进管网改造，由市住建局牵头；市城管局、市水务局配合。", [({LEAD: ["市住建局"], SUPPORT: ["市城管局", "市水务局"]}, None)]),
    ("建立由市发展改革委牵头、市财政局参与的工作机制，推进由市教育局负责的项目。", []),
]


@pytest.mark.parametrize(("sentence", "clauses"), SENTENCES, ids=[sentence[:16] for sentence, _ in SENTENCES])
def test_each_part_of_a_sentence_has_its_clause(sentence: str, clauses: list[tuple[dict[str, list[str]], str | None]]) -> None:
    (measure,) = reading_of(sentence).measures
    assert [said(clause) for clause in measure.clauses] == clauses


def test_a_part_without_a_role_word_of_its_own_is_read_with_a_doubt() -> None:
    (measure,) = reading_of("一是加快前期，市发展改革委牵头；二是保障要素，市财政局、市生态环境局配合。").measures
    assert [said(clause)[0] for clause in measure.clauses] == [{LEAD: ["市发展改革委"]}, {SUPPORT: ["市财政局", "市生态环境局"]}]
    assert all(clause.doubts for clause in measure.clauses)


def test_what_divides_the_work_and_is_not_read_is_a_doubt() -> None:
    reading = reading_of("完善服务，市人社局负责招聘，市总工会提供就业服务。")
    assert [reading.text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "unread"] == ["市人社局负责招聘"]


@pytest.mark.parametrize("what", ["数据支撑", "技术支持", "执法保障"])
def test_who_provides_something_supports_with_a_doubt(what: str) -> None:
    clause = parse_clause(f"（市生态环境局牵头，市财政局配合，中国气象局提供{what}）", ClauseContext(city="西安"))
    assert clause.agencies("lead") == ["市生态环境局"]
    assert clause.agencies("support") == ["市财政局", "中国气象局"]
    assert [doubt.why for doubt in clause.doubts] == ["“提供…”按配合读取"]


DIVIDED = [
    ("（市住建局负责道路建设，市自然资源局负责征迁）", [], ["市住建局", "市自然资源局"]),
    ("（市住建局负责建设、市自然资源局、市财政局负责征迁）", [], ["市住建局", "市自然资源局", "市财政局"]),
    ("（市住建局、市水务局负责道路建设）", ["市住建局"], []),
    ("责任单位：市住建局、市财政局", ["市住建局"], []),
]


@pytest.mark.parametrize(("text", "lead", "responsible"), DIVIDED)
def test_the_first_leads_unless_the_work_is_divided(text: str, lead: list[str], responsible: list[str]) -> None:
    clause = parse_clause(text, ClauseContext(city="西安", first_listed_leads=True))
    assert (clause.agencies("lead"), clause.agencies("responsible")) == (lead, responsible)


def test_a_division_by_duties_under_the_rule_of_the_first_is_doubted() -> None:
    clause = parse_clause("（市住建局、市财政局按职责分工负责）", ClauseContext(city="西安", first_listed_leads=True))
    assert clause.agencies("lead") == ["市住建局"]
    assert any("按职责分工" in doubt.why for doubt in clause.doubts)


def test_how_the_work_goes_on_is_no_second_clause_beside_the_brackets_that_say_who_does_it() -> None:
    text = "由市发改委牵头建立工作专班，每季度调度。（市自然资源局、市发改委负责）"
    reading = reading_of(text)
    assert [said(clause) for clause in reading.measures[0].clauses] == [({RESPONSIBLE: ["市自然资源局", "市发改委"]}, None)]
    assert ["市发改委牵头建立工作专班" in reading.text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "unread"] == [
        True
    ]
    joined = reading_of("由市园林局会同各街道办组织投票，结果公开。（市园林局、各街道办）").measures[0].clauses[0]
    assert said(joined) == ({LEAD: ["市园林局"], SUPPORT: ["各街道办"]}, None)


def test_what_the_next_agency_leads_is_no_part_of_the_clause_before() -> None:
    reading = reading_of("完善监测体系，由市水利局牵头，优化调度机制，由市应急局牵头。")
    clauses = reading.measures[0].clauses
    assert [reading.text[clause.start : clause.end] for clause in clauses] == ["由市水利局牵头", "由市应急局牵头"]
    assert not any(clause.doubts for clause in clauses)


@pytest.mark.parametrize(
    ("sentence", "unread"),
    [
        ("加强数据安全监管。省委网信办牵头，会同省公安厅建设平台，2027年上半年建成。由省数促办做好统筹协调。", ["省数促办做好"]),
        ("完善制度，由市数促办、市局域办具体推进。（市数据局牵头）", ["市数促办、市局域办具体推进"]),
        ("由县融媒办抓好宣传；由县创建办督促检查。（县委宣传部牵头）", ["县融媒办抓好", "县创建办督促"]),
        ("由市数促办会同市数据局负责统筹协调。", []),  # read as a clause
        ("探索由政府部门推进的改革路径。（市发展改革委牵头）", []),
        ("自由贸易试验区推动制度创新。（市商务局牵头）", []),
        ("不再由市场监管局开展的检查一律取消。（市市场监管局牵头）", []),
    ],
)
def test_who_has_a_duty_by_a_verb_that_is_no_role_word_is_a_doubt_if_not_read(sentence: str, unread: list[str]) -> None:
    reading = reading_of(sentence)
    assert [reading.text[doubt.start : doubt.end] for doubt in reading.doubts if doubt.code == "unread"] == unread
