import datetime as dt
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from agencies.actions.establish_agency import amend_agency
from agencies.actions.import_directory import import_directory
from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.directory import AgencyEntry, DirectoryData, GroupEntry, SuccessionEntry
from agencies.models import Agency, AgencyGroup, Alias, DirectoryEvent, Office, Succession
from agencies.names import Meaning, fold, name_index
from seeds.directory_files import FOLDER, read_directory
from tests.factories.directory import NOW, actor_of, make_person

pytestmark = pytest.mark.django_db
THEN = dt.date(2021, 10, 1)
READING = json.loads((FOLDER.parent / "documents" / "guangdong_responsibilities.json").read_text(encoding="utf-8"))


@pytest.fixture
def directory() -> None:
    import_directory(actor=Actor.system(), now=NOW, data=read_directory())


def mentions() -> Iterator[str]:
    for measure in READING:
        yield from measure["lead"] + measure["support"]


def only_meaning(name: str, on: dt.date) -> Meaning:
    [meaning] = name_index(on).meanings(name)
    return meaning


@pytest.mark.usefixtures("directory")
def test_every_name_of_the_sample_plan_means_one_agency_or_group_of_its_time() -> None:
    index = name_index(THEN)
    direct = groups = slots = 0
    for name in mentions():
        [meaning] = index.meanings(name)
        assert meaning.in_force, name
        if meaning.group_id is None:
            direct += 1
            slots += 1
        else:
            groups += 1
            slots += len(index.groups[meaning.group_id].members)
    assert (direct, groups, slots) == (130, 10, 304)


@pytest.mark.usefixtures("directory")
def test_no_name_means_two_things_at_a_time() -> None:
    for on in (THEN, dt.date(2023, 8, 18), dt.date(2026, 3, 18)):
        index = name_index(on)
        twofold = {name for name in index.names if len([found for found in index.meanings(name) if found.in_force]) > 1}
        assert twofold == set()


@pytest.mark.usefixtures("directory")
def test_there_are_21_cities_9_of_them_in_the_delta() -> None:
    assert {group.name: group.members_on(THEN).count() for group in AgencyGroup.objects.all()} == {
        "各地级以上市政府": 21,
        "珠三角地区各地级以上市政府": 9,
        "粤东粤西粤北地区各地级以上市政府": 12,
        "沿海各地级以上市政府": 14,
    }
    delta = AgencyGroup.objects.get(name="珠三角地区各地级以上市政府").members_on(THEN).values_list("short_name", flat=True)
    assert set(delta) == {f"{city}市政府" for city in ["广州", "深圳", "珠海", "佛山", "惠州", "东莞", "中山", "江门", "肇庆"]}
    assert Agency.objects.get(short_name="云浮市政府").region == "445300"


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("old", "new", "effective_on"),
    [
        ("人民银行广州分行", "人民银行广东省分行", dt.date(2023, 8, 18)),
        ("人民银行深圳市中心支行", "人民银行深圳市分行", dt.date(2023, 8, 18)),
        ("广东银保监局", "金融监管总局广东监管局", dt.date(2023, 7, 20)),
        ("深圳银保监局", "金融监管总局深圳监管局", dt.date(2023, 7, 20)),
        ("省地方金融监管局", "省委金融办", None),
        ("省政务服务数据管理局", "省政务服务和数据管理局", None),
    ],
)
def test_what_was_renamed_since_is_found_by_its_old_name_and_leads_to_its_new_one(old: str, new: str, effective_on: dt.date | None) -> None:
    predecessor, successor = Agency.objects.get(short_name=old), Agency.objects.get(short_name=new)
    day = predecessor.successions.get().effective_on
    assert effective_on in {None, day}
    assert (predecessor.ends_on, successor.starts_on) == (day - dt.timedelta(days=1), day)

    before, after = name_index(day - dt.timedelta(days=1)), name_index(day)
    assert before.meanings(old)[0] == Meaning(predecessor.pk, None, "short_name", in_force=True)
    assert before.successors_on(predecessor.pk, day - dt.timedelta(days=1)) == (predecessor.pk,)
    assert not after.meanings(old)[0].in_force
    assert after.meanings(old)[0].agency_id == predecessor.pk
    assert after.successors_on(predecessor.pk, day) == (successor.pk,)


@pytest.mark.usefixtures("directory")
def test_a_chain_of_reorganisations_leads_to_who_is_there_today() -> None:
    index = name_index(dt.date(2026, 3, 18))
    poverty_office = only_meaning("省扶贫办", dt.date(2020, 5, 1)).agency_id
    assert poverty_office is not None
    assert [index.agencies[heir].short_name for heir in index.successors_on(poverty_office, index.on)] == ["省农业农村厅"]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("name", "short_name"),
    [
        ("广东省财政厅", "省财政厅"),
        ("省发改委", "省发展改革委"),
        ("省发展和改革委员会", "省发展改革委"),
        ("省知识产权局", "省市场监管局"),
        ("深交所", "深圳证券交易所"),
        ("省 财政厅", "省财政厅"),
        ("广东省委党校（广东行政学院）", None),
        ("中共广东省委党校(广东行政学院)", "省委党校"),
    ],
)
def test_full_names_abbreviations_and_second_names_are_known(name: str, short_name: str | None) -> None:
    index = name_index(THEN)
    found = [index.agencies[meaning.agency_id].short_name for meaning in index.meanings(name) if meaning.agency_id]
    assert found == ([short_name] if short_name else [])


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("name", ["各地级以上市人民政府", "各市政府", "珠三角各市政府"])
def test_groups_are_known_by_their_other_names(name: str) -> None:
    assert only_meaning(name, THEN).group_id is not None


def test_full_and_half_width_spaces_and_case_make_no_difference() -> None:
    assert fold("省委党校（广东 行政学院）") == fold("省委党校(广东行政学院)")
    assert fold("ＡＢ　c") == "abc"


def test_seeding_twice_changes_nothing_and_says_so() -> None:
    first, second = StringIO(), StringIO()
    call_command("seed", stdout=first)
    before = list(Agency.objects.order_by("pk").values()), Alias.objects.count(), DirectoryEvent.objects.count()
    call_command("seed", stdout=second)
    after = list(Agency.objects.order_by("pk").values()), Alias.objects.count(), DirectoryEvent.objects.count()

    assert before == after
    assert str(Agency.objects.count()) in first.getvalue()
    assert first.getvalue() != second.getvalue()


@pytest.mark.usefixtures("directory")
def test_seeding_costs_the_same_however_many_agencies_there_are(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(12):
        import_directory(actor=Actor.system(), now=NOW, data=read_directory())


@pytest.mark.usefixtures("directory")
def test_what_a_person_changed_is_left_as_they_made_it() -> None:
    administrator = actor_of(make_person(office=Office.SYSTEM))
    amend_agency(actor=administrator, now=NOW, agency=Agency.objects.get(short_name="省财政厅"), short_name="财政厅")
    renamed = Agency.objects.get(short_name="省体育局")
    rename_agency(
        actor=administrator, now=NOW, agency=renamed, name="广东省体育总局", short_name="省体育总局", effective_on=NOW.date(), basis="试"
    )
    assert not import_directory(actor=Actor.system(), now=NOW, data=read_directory())
    renamed.refresh_from_db()
    assert renamed.ends_on == NOW.date() - dt.timedelta(days=1)
    assert Agency.objects.filter(short_name="财政厅").exists()


def test_data_that_changed_bring_the_directory_up_to_date() -> None:
    first = DirectoryData.of([AgencyEntry("甲省农业厅", "省农业厅", "department"), AgencyEntry("甲省人民政府", "省政府", "government")])
    import_directory(actor=Actor.system(), now=NOW, data=first)
    second = DirectoryData.of(
        [
            AgencyEntry("甲省农业厅", "省农业厅", "department", parent="甲省人民政府", aliases=("农业厅",)),
            AgencyEntry("甲省人民政府", "省政府", "government"),
            AgencyEntry("甲省农业农村厅", "省农业农村厅", "department"),
        ],
        successions=[SuccessionEntry("甲省农业厅", "甲省农业农村厅", "rename", dt.date(2018, 10, 1), "机构改革")],
    )
    done = import_directory(actor=Actor.system(), now=NOW, data=second)
    assert (done.agencies_added, done.agencies_amended, done.aliases_added, done.successions_added) == (1, 1, 1, 1)
    old = Agency.objects.get(name="甲省农业厅")
    assert (old.ends_on, old.parent) == (dt.date(2018, 9, 30), Agency.objects.get(name="甲省人民政府"))
    assert Succession.objects.get().basis == "机构改革"


def test_data_that_contradict_themselves_are_refused_with_every_fault() -> None:
    with pytest.raises(ValueError, match="listed 2 times") as refusal:
        DirectoryData.of(
            [AgencyEntry("甲厅", "甲厅", "department", parent="无此政府"), AgencyEntry("甲厅", "", "ministry")],
            [GroupEntry("各厅", members=("乙厅",))],
            [SuccessionEntry("甲厅", "丙厅", "renamed", THEN)],
        )
    for fault in ("无此政府", "short name is missing", "ministry", "乙厅", "丙厅", "renamed"):
        assert fault in str(refusal.value)


def test_the_files_are_written_one_entry_a_line_for_review() -> None:
    for path in sorted(Path(FOLDER).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        [entries] = [value for name, value in content.items() if name != "about"]
        assert content["about"]
        assert len(path.read_text(encoding="utf-8").splitlines()) == len(entries) + 5
