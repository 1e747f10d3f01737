"""Every place of the table, in the lists in which places stand: its offices are agencies, each with its name."""

import pytest

from measures.importing.clauses import ClauseContext, parse_clause
from measures.importing.clauses.places import full_names

# 会同 is a county and the word 会同: the county is read where it stands first, and doubted elsewhere
PLACES = sorted(full_names() - {"会同县"})
LISTS = ["（{0}人民政府、省教育厅负责）", "（省教育厅、{0}政府）", "（{0}教育局牵头，{0}财政局配合）", "（省教育厅和{0}政府负责）"]


def test_there_are_three_thousand_places() -> None:
    assert len(PLACES) > 3000


@pytest.mark.parametrize("listed", LISTS)
def test_the_offices_of_every_place_are_agencies(listed: str) -> None:
    offices = [part for part in ("{0}人民政府", "{0}政府", "{0}教育局", "{0}财政局", "省教育厅") if part in listed]
    for place in PLACES:
        clause = parse_clause(listed.format(place), ClauseContext("广东"))
        assert not clause.collectives, place
        assert {item.name for item in clause.items} == {office.format(place) for office in offices}, place


def test_towns_before_their_unit_are_agencies_of_that_unit() -> None:
    clause = parse_clause("（县自然资源局，湖头、官桥、龙门等镇负责）", ClauseContext("福建", "泉州"))
    assert [item.name for item in clause.items][1:] == ["湖头镇", "官桥镇", "龙门镇"]


def test_towns_of_which_it_is_not_written_which_are_which_are_doubted() -> None:
    clause = parse_clause("（县农业农村局，湖头、官桥等乡镇政府负责）", ClauseContext("福建", "泉州"))
    assert clause.doubts
    assert not {"湖头镇", "官桥镇", "湖头乡", "官桥乡"} & {item.name for item in clause.items}
