import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.actions.abolish_agency import abolish_agency
from agencies.actions.delegate import delegate
from agencies.actions.establish_agency import amend_agency, establish_agency
from agencies.actions.keep_group import admit, dismiss, establish_group
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actions.teach_alias import retire_alias, teach_alias
from agencies.actor import Actor
from agencies.models import Agency, Alias, DirectoryEvent, GroupMember, Membership, Office, Role, Succession
from agencies.names import name_index, successors_on
from agencies.permissions import differences, follow_the_days
from agencies.refusals import Conflict, Forbidden, Invalid
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member, make_person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SYSTEM = Actor.system()


def rename(agency: Agency, effective_on: dt.date = TODAY, name: str = "新名厅") -> Agency:
    return rename_agency(
        actor=SYSTEM,
        now=NOW,
        agency=agency,
        name=f"广东省{name}",
        short_name=f"省{name}",
        effective_on=effective_on,
        basis="粤办〔2026〕1号",
    )


class TestRenaming:
    def test_leaves_the_old_name_to_the_past_and_begins_the_new_one_on_the_day(self) -> None:
        superior = make_agency("省政府", kind=Agency.Kind.GOVERNMENT)
        old = make_agency("省旧名厅", parent=superior, region="440000", position=17)
        new = rename(old)
        old.refresh_from_db()
        assert old.short_name == "省旧名厅"
        assert (old.ends_on, new.starts_on, new.ends_on) == (TODAY - DAY, TODAY, None)
        assert (new.parent, new.region, new.position, new.kind) == (superior, "440000", 17, old.kind)
        succession = Succession.objects.get()
        assert (succession.predecessor, succession.successor, succession.kind, succession.basis) == (old, new, "rename", "粤办〔2026〕1号")

    def test_takes_people_along_on_the_day_and_keeps_where_they_were(self) -> None:
        old = make_agency()
        officer, leaving, coming = make_member(old), make_member(old, until=TODAY - DAY), make_member(old, since=TODAY + 5 * DAY)
        new = rename(old)
        assert actor_of(officer).permissions == {new.pk: frozenset({"sign_for", "report"})}
        assert [(m.agency, m.starts_on, m.ends_on) for m in officer.memberships.order_by("starts_on")] == [
            (old, TODAY - 365 * DAY, TODAY - DAY),
            (new, TODAY, None),
        ]
        assert leaving.memberships.get().agency == old
        assert (coming.memberships.get().agency, coming.memberships.get().starts_on) == (new, TODAY + 5 * DAY)
        assert differences(now=NOW) == []

    def test_announced_ahead_changes_nothing_before_its_day(self) -> None:
        old = make_agency()
        officer = make_member(old)
        new = rename(old, TODAY + 10 * DAY)
        assert set(actor_of(officer).permissions) == {old.pk}
        later = NOW + 10 * DAY
        follow_the_days(later)
        assert set(actor_of(officer, later).permissions) == {new.pk}
        assert differences(now=later) == []

    def test_takes_places_in_groups_along(self) -> None:
        old, other = make_agency(), make_agency()
        group = make_group("各厅", old, other)
        new = rename(old)
        assert set(group.members_on(TODAY - DAY)) == {old, other}
        assert set(group.members_on(TODAY)) == {new, other}

    def test_takes_subordinates_along_but_not_those_that_ended(self) -> None:
        old = make_agency()
        below, gone = make_agency(parent=old), make_agency(parent=old, ends_on=TODAY - 30 * DAY)
        new = rename(old)
        below.refresh_from_db()
        gone.refresh_from_db()
        assert (below.parent, gone.parent) == (new, old)

    def test_takes_delegations_along(self) -> None:
        old = make_agency()
        absent, deputy = make_member(old, Role.REVIEWER), make_member(old)
        delegate(actor=SYSTEM, now=NOW, delegator=absent, deputy=deputy, agency=old, ends_at=NOW + 9 * DAY, reason="假")
        new = rename(old, TODAY + 3 * DAY)
        for moment, agency in ((NOW, old), (NOW + 3 * DAY, new), (NOW + 8 * DAY, new)):
            follow_the_days(moment)
            assert actor_of(deputy, moment).on_behalf_of("review", agency.pk) == absent.pk
            assert set(actor_of(deputy, moment).permissions) == {agency.pk}

    def test_is_recorded_under_the_old_name(self) -> None:
        old = make_agency()
        make_member(old)
        new = rename(old)
        event = DirectoryEvent.objects.latest("sequence")
        assert (event.verb, event.agency_name, event.comment) == ("rename", old.name, "粤办〔2026〕1号")
        assert event.data == {"successors": [{"id": new.pk, "name": new.name}], "effective_on": "2026-03-18", "memberships_moved": 1}

    def test_is_refused_twice_or_to_a_name_that_is_taken_or_before_it_began(self) -> None:
        old = make_agency(starts_on=dt.date(2020, 1, 1))
        with pytest.raises(Conflict):
            rename(old, dt.date(2020, 1, 1))
        Agency.objects.create(name="广东省占用厅", short_name="省占用厅")
        with pytest.raises(Conflict):
            rename(old, name="占用厅")
        with pytest.raises(Invalid):
            rename_agency(actor=SYSTEM, now=NOW, agency=old, name=" ", short_name="x", effective_on=TODAY, basis="")
        rename(old)
        with pytest.raises(Conflict):
            rename(old, name="再改厅")

    def test_to_a_name_of_the_past_is_allowed(self) -> None:
        first = make_agency("省甲厅", name="广东省甲厅")
        second = rename(first, TODAY - 100 * DAY, name="乙厅")
        third = rename(second, TODAY, name="甲厅")
        assert third.name == first.name
        assert [agency.pk for agency in successors_on([first.pk], TODAY)[first.pk]] == [third.pk]

    @pytest.mark.parametrize("office", [Office.SECURITY, Office.AUDIT, None])
    def test_is_the_system_administrators_act(self, office: Office | None) -> None:
        agency = make_agency()
        actor = actor_of(make_person(office=office) if office else make_member(agency, Role.HEAD))
        with pytest.raises(Forbidden):
            rename_agency(actor=actor, now=NOW, agency=agency, name="新", short_name="新", effective_on=TODAY, basis="")
        assert Agency.objects.get(pk=agency.pk).ends_on is None


class TestMerging:
    def test_into_a_new_one_brings_everybody_together_once(self) -> None:
        first, second = make_agency(), make_agency()
        group = make_group("各厅", first, second)
        both = make_member(first)
        Membership.objects.create(user=both, agency=second, role=Role.OFFICER, starts_on=TODAY - 5 * DAY)
        other = make_member(second, Role.HEAD)
        merged = merge_agencies(
            actor=SYSTEM, now=NOW, agencies=[first, second], name="广东省合并厅", short_name="省合并厅", effective_on=TODAY, basis="文"
        )
        assert set(actor_of(both).permissions) == set(actor_of(other).permissions) == {merged.pk}
        assert both.memberships.filter(agency=merged).count() == 1
        assert list(group.members_on(TODAY)) == [merged]
        assert set(Succession.objects.values_list("predecessor", "successor", "kind")) == {
            (first.pk, merged.pk, "merge"),
            (second.pk, merged.pk, "merge"),
        }
        assert differences(now=NOW) == []

    def test_into_one_that_goes_on_ends_the_other_only(self) -> None:
        host, guest = make_agency(), make_agency()
        officer = make_member(guest)
        assert merge_agencies(actor=SYSTEM, now=NOW, agencies=[guest], into=host, effective_on=TODAY, basis="文") == host
        host.refresh_from_db()
        assert host.ends_on is None
        assert set(actor_of(officer).permissions) == {host.pk}

    def test_into_a_member_of_the_same_group_leaves_it_a_member_once(self) -> None:
        host, guest = make_agency(), make_agency()
        group = make_group("各厅", host, guest)
        merge_agencies(actor=SYSTEM, now=NOW, agencies=[guest], into=host, effective_on=TODAY, basis="文")
        assert list(group.members_on(TODAY)) == [host]
        assert group.member_rows.filter(agency=host).count() == 1

    def test_takes_at_least_two_and_never_itself(self) -> None:
        agency, ended = make_agency(), make_agency(ends_on=TODAY - DAY)
        common: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "effective_on": TODAY, "basis": "文"}
        with pytest.raises(Invalid):
            merge_agencies(**common, agencies=[agency], name="新", short_name="新")
        with pytest.raises(Invalid):
            merge_agencies(**common, agencies=[], into=agency)
        with pytest.raises(Invalid):
            merge_agencies(**common, agencies=[agency], into=agency)
        with pytest.raises(Conflict):
            merge_agencies(**common, agencies=[agency], into=ended)
        with pytest.raises(Conflict):
            merge_agencies(**common, agencies=[ended], into=agency)


class TestSplitting:
    def test_makes_several_and_people_begin_in_the_first(self) -> None:
        old = make_agency()
        officer = make_member(old)
        parts = split_agency(actor=SYSTEM, now=NOW, agency=old, parts=[("甲局", "甲局"), ("乙局", "乙局")], effective_on=TODAY, basis="文")
        assert set(actor_of(officer).permissions) == {parts[0].pk}
        assert [heir.pk for heir in successors_on([old.pk], TODAY)[old.pk]] == [part.pk for part in parts]

    def test_into_one_is_a_rename_and_refused(self) -> None:
        with pytest.raises(Invalid):
            split_agency(actor=SYSTEM, now=NOW, agency=make_agency(), parts=[("甲局", "甲局")], effective_on=TODAY, basis="文")


class TestAbolishing:
    def test_ends_memberships_and_places_in_groups_and_names_the_heirs(self) -> None:
        old, heir = make_agency(), make_agency()
        group = make_group("各厅", old)
        officer = make_member(old)
        abolish_agency(actor=SYSTEM, now=NOW, agency=old, duties_to=[heir], effective_on=TODAY, basis="文")
        assert actor_of(officer).permissions == {}
        assert officer.memberships.get().ends_on == TODAY - DAY
        assert old not in group.members_on(TODAY)
        assert successors_on([old.pk], TODAY)[old.pk] == (heir,)
        assert differences(now=NOW) == []

    def test_without_heirs_leaves_nobody_in_its_place(self) -> None:
        old = make_agency()
        abolish_agency(actor=SYSTEM, now=NOW, agency=old, effective_on=TODAY, basis="文")
        assert successors_on([old.pk], TODAY)[old.pk] == ()
        assert successors_on([old.pk], TODAY - DAY)[old.pk] == (old,)

    def test_refuses_an_heir_that_is_not_there(self) -> None:
        with pytest.raises(Conflict):
            abolish_agency(
                actor=SYSTEM, now=NOW, agency=make_agency(), duties_to=[make_agency(ends_on=TODAY - DAY)], effective_on=TODAY, basis="文"
            )


class TestEntering:
    def test_an_agency_and_correcting_it_is_recorded_field_by_field(self) -> None:
        agency = establish_agency(actor=SYSTEM, now=NOW, name="广东省某厅", short_name="省某厅", region="440000")
        amend_agency(actor=SYSTEM, now=NOW, agency=agency, short_name="某厅", region="440000", comment="笔误")
        event = DirectoryEvent.objects.latest("sequence")
        assert (event.verb, event.comment, event.data) == ("amend", "笔误", {"changed": {"short_name": ["省某厅", "某厅"]}})
        amend_agency(actor=SYSTEM, now=NOW, agency=agency, short_name="某厅")
        assert DirectoryEvent.objects.latest("sequence") == event

    def test_a_name_twice_is_refused(self) -> None:
        establish_agency(actor=SYSTEM, now=NOW, name="广东省某厅", short_name="省某厅")
        with pytest.raises(Invalid):
            establish_agency(actor=SYSTEM, now=NOW, name="广东省某厅", short_name="省某厅")

    def test_a_group_and_its_members_from_their_days(self) -> None:
        group, agency = establish_group(actor=SYSTEM, now=NOW, name="各厅"), make_agency()
        with pytest.raises(Invalid):
            establish_group(actor=SYSTEM, now=NOW, name="各厅")
        row = admit(actor=SYSTEM, now=NOW, group=group, agency=agency, starts_on=TODAY - 9 * DAY)
        with pytest.raises(Conflict):
            admit(actor=SYSTEM, now=NOW, group=group, agency=agency)
        dismiss(actor=SYSTEM, now=NOW, member=row)
        assert list(group.members_on(TODAY - DAY)) == [agency]
        assert list(group.members_on(TODAY)) == []
        with pytest.raises(Conflict):
            dismiss(actor=SYSTEM, now=NOW, member=row)
        dismiss(actor=SYSTEM, now=NOW, member=admit(actor=SYSTEM, now=NOW, group=group, agency=agency))
        assert GroupMember.objects.count() == 1
        with pytest.raises(Conflict):
            admit(actor=SYSTEM, now=NOW, group=group, agency=make_agency(ends_on=TODAY - DAY))


class TestTeachingNames:
    def test_a_coordinator_teaches_a_name_once(self) -> None:
        agency = make_agency("省审计厅")
        coordinator = make_member(make_agency(), Role.COORDINATOR)
        alias = teach_alias(actor=actor_of(coordinator), now=NOW, name=" 省审计局 ", agency=agency)
        assert alias is not None
        assert (alias.name, alias.source, alias.taught_by) == ("省审计局", "learned", coordinator)
        assert name_index(TODAY).meanings("省审计局")[0].agency_id == agency.pk
        events = DirectoryEvent.objects.count()
        assert teach_alias(actor=actor_of(coordinator), now=NOW, name="省审计局", agency=agency) == alias
        assert DirectoryEvent.objects.count() == events

    def test_an_officer_teaches_nothing(self) -> None:
        agency = make_agency()
        with pytest.raises(Forbidden):
            teach_alias(actor=actor_of(make_member(agency, Role.HEAD)), now=NOW, name="别名", agency=agency)

    def test_its_own_name_needs_no_teaching(self) -> None:
        agency = make_agency("省审计厅")
        assert teach_alias(actor=SYSTEM, now=NOW, name="省审计厅", agency=agency) is None
        assert not Alias.objects.exists()

    def test_a_name_never_means_two_at_a_time(self) -> None:
        first, second = make_agency("省甲厅"), make_agency("省乙厅")
        group = make_group("各厅", first)
        with pytest.raises(Conflict):
            teach_alias(actor=SYSTEM, now=NOW, name="省甲厅", agency=second)
        with pytest.raises(Conflict):
            teach_alias(actor=SYSTEM, now=NOW, name="省 甲厅", group=group)
        with pytest.raises(Invalid):
            teach_alias(actor=SYSTEM, now=NOW, name="别名")
        with pytest.raises(Invalid):
            teach_alias(actor=SYSTEM, now=NOW, name="别名", agency=first, group=group)
        with pytest.raises(Invalid):
            teach_alias(actor=SYSTEM, now=NOW, name=" ", agency=first)

    def test_a_name_of_another_time_may_be_taught_for_its_document(self) -> None:
        old = make_agency("省旧厅")
        rename(old)
        then = TODAY - 30 * DAY
        alias = teach_alias(actor=SYSTEM, now=NOW, name="旧厅", agency=old, on=then)
        assert alias is not None
        assert name_index(then).meanings("旧厅")[0].in_force

    def test_a_retired_name_means_nothing_any_more_and_can_be_taught_again(self) -> None:
        agency = make_agency()
        alias = teach_alias(actor=SYSTEM, now=NOW, name="别名", agency=agency)
        assert alias is not None
        retire_alias(actor=SYSTEM, now=NOW, alias=alias)
        assert not name_index(TODAY).meanings("别名")[0].in_force
        assert teach_alias(actor=SYSTEM, now=NOW, name="别名", agency=agency) == alias
        assert name_index(TODAY).meanings("别名")[0].in_force


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(["rename", "merge", "split", "abolish"]), st.integers(0, 9), st.integers(1, 9)), max_size=6)
)
def test_after_any_reorganisations_permissions_agree_and_heirs_are_there(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        play(steps)
        transaction.set_rollback(True)


def play(steps: list[tuple[str, int, int]]) -> None:
    agencies = [make_agency() for _ in range(4)]
    people = [make_member(agency, Role.HEAD) for agency in agencies]
    before = [agency.pk for agency in agencies]
    day, now = TODAY, NOW
    for number, (kind, pick, days) in enumerate(steps):
        day, now = day + days * DAY, now + days * DAY
        ours = Agency.objects.filter(pk__gte=before[0], ends_on__isnull=True, starts_on__lt=day)
        alive = list(ours.order_by("pk"))
        if len(alive) < 2:
            break
        agency, other = alive[pick % len(alive)], alive[(pick + 1) % len(alive)]
        name = f"改革{day}第{number}厅{agency.pk}"
        common: dict[str, Any] = {"actor": SYSTEM, "now": now, "effective_on": day, "basis": "文"}
        if kind == "rename":
            rename_agency(**common, agency=agency, name=name, short_name=name)
        elif kind == "merge":
            merge_agencies(**common, agencies=[agency, other], name=name, short_name=name)
        elif kind == "split":
            split_agency(**common, agency=agency, parts=[(name, name), (name + "乙", name + "乙")])
        else:
            abolish_agency(**common, agency=agency, duties_to=[other])
        follow_the_days(now)
        assert differences(now=now) == []
        heirs = successors_on(before, day)
        assert all(heirs[pk] and all(heir.is_in_force(day) for heir in heirs[pk]) for pk in before)
        for person in people:
            held = actor_of(person, now).permissions
            assert all(Agency.objects.get(pk=agency_id).is_in_force(day) for agency_id in held)
