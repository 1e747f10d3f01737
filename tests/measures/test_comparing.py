"""Two versions of a plan, compared."""

import datetime as dt

from measures.comparing import Aim, Change, Facet, Kind, Named, Side, compare, compare_aims


def side(title: str, number: str = "1", text: str = "", **values: object) -> Side:
    return Side(title, number, title, text or f"{number}.{title}。抓紧办好。", **values)  # type: ignore[arg-type]


def named(**names: str) -> dict[str, Named]:
    return {key: Named(name, int(key[1:])) for key, name in names.items()}


def kinds(changes: list[Change]) -> list[tuple[str, str]]:
    found = []
    for change in changes:
        shown = change.after or change.before
        assert shown is not None
        found.append((str(change.kind), shown.title))
    return found


def test_the_same_version_changes_nothing() -> None:
    plan = [side("建设园区", "1"), side("引进项目", "2")]
    assert {change.kind for change in compare(plan, plan)} == {Kind.SAME}


def test_a_measure_put_in_front_changes_no_other() -> None:
    before = [side("建设园区", "1"), side("引进项目", "2")]
    after = [side("培养人才", "1"), side("建设园区", "2"), side("引进项目", "3")]
    assert kinds(compare(before, after)) == [("added", "培养人才"), ("same", "建设园区"), ("same", "引进项目")]


def test_a_dropped_measure_is_told_where_it_stood() -> None:
    before = [side("建设园区"), side("引进项目"), side("培养人才")]
    after = [side("建设园区"), side("培养人才")]
    assert kinds(compare(before, after)) == [("same", "建设园区"), ("dropped", "引进项目"), ("same", "培养人才")]


def test_a_reworded_title_is_a_change_and_not_another_measure() -> None:
    [change] = compare([side("加快建设示范园区")], [side("加快建设一批示范园区")])
    assert change.kind is Kind.CHANGED
    assert set(change.facets) == {Facet.TITLE, Facet.TEXT}


def test_an_agency_that_changes_its_part_is_neither_lost_nor_gained() -> None:
    before = side("建设园区", leads=named(a1="省一厅"), supports=named(a2="省二厅", a3="省三厅"))
    after = side("建设园区", leads=named(a2="省二厅"), supports=named(a1="省一厅", a4="省四厅"))
    [change] = compare([before], [after])
    assert set(change.facets) == {Facet.LEAD, Facet.SUPPORT}
    assert (change.lost, change.gained) == (("省三厅",), ("省四厅",))


def test_the_same_agency_under_another_name_is_no_change() -> None:
    [change] = compare([side("建设园区", leads=named(a1="省发改委"))], [side("建设园区", leads=named(a1="省发展改革委"))])
    assert change.kind is Kind.SAME


def test_a_moved_deadline_is_a_change() -> None:
    [change] = compare([side("建设园区", deadline=dt.date(2026, 6, 30))], [side("建设园区", deadline=dt.date(2026, 12, 31))])
    assert change.facets == (Facet.DEADLINE,)


def test_each_measure_is_paired_once() -> None:
    before = [side("建设园区"), side("建设园区", "2")]
    after = [side("建设园区")]
    assert kinds(compare(before, after)) == [("same", "建设园区"), ("dropped", "建设园区")]


def test_two_documents_with_nothing_in_common_share_nothing() -> None:
    changes = compare([side("建设园区")], [side("整治水体污染源头")])
    assert kinds(changes) == [("added", "整治水体污染源头"), ("dropped", "建设园区")]


def test_another_first_lead_is_a_change_though_nobody_comes_or_goes() -> None:
    before = side("建设园区", leads=named(a1="省一厅", a2="省二厅"))
    after = side("建设园区", leads=named(a2="省二厅", a1="省一厅"))
    [change] = compare([before], [after])
    assert change.facets == (Facet.FIRST_LEAD,)
    assert (change.lost, change.gained) == ((), ())


def test_targets_are_paired_by_their_metrics() -> None:
    before = [Aim("园区产值", "达到 30亿元"), Aim("新增企业", "超过 100家"), Aim("绿化率", "达到 40%")]
    after = [Aim("园区产值", "达到 50亿元"), Aim("新增企业", "超过 100家"), Aim("专利授权量", "超过 20件")]
    changes = compare_aims(before, after)
    assert [(str(one.kind), (one.after or one.before).metric) for one in changes] == [  # type: ignore[union-attr]
        ("changed", "园区产值"),
        ("added", "专利授权量"),
        ("dropped", "绿化率"),
    ]


def test_a_name_that_both_versions_write_is_the_same_agency_in_both() -> None:
    before = side("建设园区", leads={"agency 1": Named("省金融局", 1)})
    after = side("建设园区", leads={"agency 9": Named("省金融局", 9)}, supports={"agency 2": Named("省二厅", 2)})
    [change] = compare([before], [after])
    assert change.facets == (Facet.SUPPORT,)
    assert (change.lost, change.gained) == ((), ("省二厅",))
    assert change.after is not None
    assert list(change.after.leads) == ["agency 1"]
