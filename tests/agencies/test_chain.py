import datetime as dt
import json
import math
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.chain_check import Damage, head_of, verify
from agencies.models import ChainHead, DirectoryEvent
from agencies.models.chain import GENESIS, as_stored

NOW = dt.datetime(2026, 3, 18, 10, 0, 0, 123456, tzinfo=dt.UTC)


def event(number: int, **values: object) -> DirectoryEvent:
    return DirectoryEvent(**{"at": NOW + dt.timedelta(microseconds=number), "verb": "amend", "comment": f"第{number}条", **values})


def append(count: int) -> None:
    with transaction.atomic():
        DirectoryEvent.append([event(number) for number in range(1, count + 1)])


def tamper(sql: str, *params: int | dt.datetime | str) -> None:
    """Change the record as somebody with the keys to the database could: triggers off, change, triggers on."""
    table = DirectoryEvent._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, params)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, params)
        for _name, statement in triggers:
            cursor.execute(statement)


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows.filter(sequence=1).update(comment="改"),
            lambda rows: rows.filter(sequence=1).delete(),
            lambda rows: rows.get(sequence=2).save(),
            lambda rows: rows.all()._raw_delete(rows.db),
        ],
        ids=["update", "delete", "save", "raw delete"],
    )
    def test_changing_a_line(self, change: Callable[..., object]) -> None:
        append(2)
        with pytest.raises(DatabaseError, match="only ever appended to"), transaction.atomic():
            change(DirectoryEvent.objects)
        assert verify(DirectoryEvent) == []
        assert DirectoryEvent.objects.count() == 2

    def test_two_lines_with_one_number(self) -> None:
        append(1)
        copy = DirectoryEvent.objects.get()
        copy.pk, copy.digest = None, "f" * 64
        with pytest.raises(DatabaseError), transaction.atomic():
            copy.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_an_append_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        DirectoryEvent.append([event(1)])
    assert head_of(DirectoryEvent) == (0, GENESIS)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_neither_line_nor_gap() -> None:
    append(1)
    with transaction.atomic():
        DirectoryEvent.append([event(2)])
        transaction.set_rollback(True)
    append(1)
    assert list(DirectoryEvent.objects.values_list("sequence", flat=True)) == [1, 2]
    assert verify(DirectoryEvent) == []


@pytest.mark.django_db
class TestAnUntouchedRecord:
    def test_is_sound_when_empty(self) -> None:
        assert verify(DirectoryEvent) == []

    def test_is_sound_however_it_was_appended(self) -> None:
        append(3)
        append(1)
        append(5)
        assert verify(DirectoryEvent, anchors={9: head_of(DirectoryEvent)[1], 3: DirectoryEvent.objects.get(sequence=3).digest}) == []
        assert ChainHead.objects.get().sequence == 9

    def test_appending_nothing_appends_nothing(self) -> None:
        assert DirectoryEvent.append([]) == []
        assert not ChainHead.objects.exists()

    @pytest.mark.parametrize(
        "text",
        [
            "e\u0301 é 가 ｶﾞ ﬁ",  # never normalised
            "\ufeff零\u200b宽\u202e倒",
            "𠮷野家 👨‍👩‍👧 \U0010ffff",
            "行一\r\n行二\r行三\u2028行四\x85\t\x1b[31m",
            'quote " back \\ slash \\u0000 \\ud800 </script> %s {}',
            "",
            " 前后有空格 ",
        ],
    )
    def test_verifies_with_odd_texts(self, text: str) -> None:
        DirectoryEvent.append([event(1, comment=text, actor_name=text[:50], data={text or "k": [text, {text or "k": None}]})])
        assert verify(DirectoryEvent) == []
        stored = DirectoryEvent.objects.get()
        assert stored.comment == text
        assert stored.data == {text or "k": [text, {text or "k": None}]}

    @pytest.mark.parametrize(
        "number", [0, -0.0, 1.0, 1e16, 1e308, 0.1, -2.5, 1e-7, 5e-324, 1 / 3, 2**63, -(10**40), True, None, 123456789.123456789]
    )
    def test_verifies_with_odd_numbers(self, number: object) -> None:
        DirectoryEvent.append([event(1, data={"n": number, "list": [number, [number]]})])
        assert verify(DirectoryEvent) == []
        assert DirectoryEvent.objects.get().data["n"] == number

    def test_keys_come_back_as_they_were_hashed_whatever_their_order_and_kind(self) -> None:
        DirectoryEvent.append([event(1, data={"乙": 1, "甲": 2, 10: "a", 9: "b", "aa": {}, "b": (1, 2)})])
        assert verify(DirectoryEvent) == []

    def test_every_zone_and_microsecond_of_a_time_is_the_same_moment(self) -> None:
        zone = dt.timezone(dt.timedelta(hours=8))
        DirectoryEvent.append(
            [event(1, at=dt.datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=zone)), event(2, at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))]
        )
        assert verify(DirectoryEvent) == []

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"comment": "零\x00字符"}, ValueError),
            ({"data": {"k": "\x00"}}, ValueError),
            ({"comment": "\ud800"}, ValueError),
            ({"data": {"k": math.nan}}, ValueError),
            ({"data": {"k": math.inf}}, ValueError),
            ({"data": {"k": dt.date(2026, 1, 1)}}, TypeError),
            ({"at": dt.datetime(2026, 1, 1)}, ValueError),  # noqa: DTZ001 - what is being refused
        ],
    )
    def test_never_takes_what_a_database_would_not_give_back(self, values: dict[str, object], error: type[Exception]) -> None:
        with pytest.raises(error), transaction.atomic():
            DirectoryEvent.append([event(1, **values)])
        assert not DirectoryEvent.objects.exists()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8), JSON, max_size=4))
def test_whatever_json_is_appended_verifies_as_the_database_gives_it_back(data: dict[str, object]) -> None:
    DirectoryEvent.append([event(1, data=data)])
    stored = DirectoryEvent.objects.latest("sequence")
    assert stored.compute_digest() == stored.digest
    assert stored.data == as_stored(data)
    assert json.loads(json.dumps(stored.data)) == stored.data


@pytest.mark.django_db
class TestTampering:
    @pytest.fixture(autouse=True)
    def record(self) -> None:
        append(10)

    def first_fault(self, anchors: dict[int, str] | None = None) -> tuple[int, Damage]:
        faults = verify(DirectoryEvent, anchors=anchors)
        assert faults
        return faults[0].sequence, faults[0].damage

    @pytest.mark.parametrize("sequence", [1, 5, 10])
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE agencies_directoryevent SET comment = '改' WHERE sequence = %s",
            "UPDATE agencies_directoryevent SET verb = 'merge' WHERE sequence = %s",
            "UPDATE agencies_directoryevent SET actor_name = '他人' WHERE sequence = %s",
            "UPDATE agencies_directoryevent SET agency_name = '他厅' WHERE sequence = %s",
            'UPDATE agencies_directoryevent SET data = \'{"role": "head"}\' WHERE sequence = %s',
            "UPDATE agencies_directoryevent SET previous = digest WHERE sequence = %s",
        ],
    )
    def test_an_edited_line_is_named(self, sequence: int, change: str) -> None:
        tamper(change, sequence)
        assert self.first_fault()[0] == sequence

    def test_a_line_moved_in_time_by_a_microsecond_is_named(self) -> None:
        row = DirectoryEvent.objects.get(sequence=4)
        moved = row.at + dt.timedelta(microseconds=1)
        tamper(
            "UPDATE agencies_directoryevent SET at = %s WHERE sequence = 4",
            moved if connection.vendor == "postgresql" else str(moved.replace(tzinfo=None)),
        )
        assert self.first_fault() == (4, Damage.ALTERED)

    @pytest.mark.parametrize(
        ("cut", "expected"), [((5,), (5, Damage.MISSING)), ((1,), (1, Damage.MISSING)), ((4, 5, 6), (4, Damage.MISSING))]
    )
    def test_a_deleted_line_is_named(self, cut: tuple[int, ...], expected: tuple[int, Damage]) -> None:
        for sequence in cut:
            tamper("DELETE FROM agencies_directoryevent WHERE sequence = %s", sequence)
        assert self.first_fault() == expected

    def test_deleting_a_line_and_closing_the_gap_is_named(self) -> None:
        tamper("DELETE FROM agencies_directoryevent WHERE sequence = 5")
        for sequence in range(6, 11):
            tamper("UPDATE agencies_directoryevent SET sequence = %s WHERE sequence = %s", sequence - 1, sequence)
        assert self.first_fault()[0] == 5

    @pytest.mark.parametrize("sequence", [0, -3, 11, 500])
    def test_a_line_slipped_in_at_either_end_is_named(self, sequence: int) -> None:
        forged = event(1, sequence=sequence, previous=head_of(DirectoryEvent)[1])
        forged.digest = forged.compute_digest()
        DirectoryEvent.objects.bulk_create([forged])
        assert self.first_fault() == (sequence, Damage.INSERTED)

    def test_a_line_slipped_in_between_is_named(self) -> None:
        for sequence in range(10, 5, -1):
            tamper("UPDATE agencies_directoryevent SET sequence = %s WHERE sequence = %s", sequence + 1, sequence)
        forged = event(1, sequence=6, previous=DirectoryEvent.objects.get(sequence=5).digest)
        forged.digest = forged.compute_digest()
        DirectoryEvent.objects.bulk_create([forged])
        assert self.first_fault()[0] == 7

    def test_two_lines_in_each_others_place_are_named(self) -> None:
        tamper("UPDATE agencies_directoryevent SET sequence = 99 WHERE sequence = 3")
        tamper("UPDATE agencies_directoryevent SET sequence = 3 WHERE sequence = 7")
        tamper("UPDATE agencies_directoryevent SET sequence = 7 WHERE sequence = 99")
        assert self.first_fault()[0] == 3

    def test_two_lines_with_each_others_contents_are_named(self) -> None:
        tamper("UPDATE agencies_directoryevent SET comment = CASE sequence WHEN 3 THEN '第7条' ELSE '第3条' END WHERE sequence IN (3, 7)")
        assert [(fault.sequence, fault.damage) for fault in verify(DirectoryEvent)] == [(3, Damage.ALTERED), (7, Damage.ALTERED)]

    def test_a_cut_tail_is_named(self) -> None:
        tamper("DELETE FROM agencies_directoryevent WHERE sequence > 7")
        assert self.first_fault() == (8, Damage.CUT)

    def test_a_record_emptied_is_named(self) -> None:
        tamper("DELETE FROM agencies_directoryevent")
        assert self.first_fault() == (1, Damage.CUT)

    def test_a_head_turned_back_is_named(self) -> None:
        ChainHead.objects.update(sequence=7, digest=DirectoryEvent.objects.get(sequence=7).digest)
        assert self.first_fault() == (10, Damage.INSERTED)

    def test_a_tail_cut_together_with_its_head_is_given_away_by_an_anchor(self) -> None:
        number, digest = head_of(DirectoryEvent)
        tamper("DELETE FROM agencies_directoryevent WHERE sequence > 7")
        ChainHead.objects.update(sequence=7, digest=DirectoryEvent.objects.get(sequence=7).digest)
        assert verify(DirectoryEvent) == []
        assert self.first_fault(anchors={number: digest}) == (10, Damage.UNANCHORED)

    def test_a_record_rewritten_with_right_digests_is_given_away_by_an_anchor(self) -> None:
        number, digest = head_of(DirectoryEvent)
        rows = list(DirectoryEvent.objects.order_by("sequence"))
        tamper("DELETE FROM agencies_directoryevent")
        ChainHead.objects.all().delete()
        rows[4].comment = "改"
        for row in rows:
            row.pk = None
        DirectoryEvent.append(rows)
        assert verify(DirectoryEvent) == []
        assert self.first_fault(anchors={number: digest}) == (10, Damage.UNANCHORED)

    def test_faults_are_counted_up_to_the_limit(self) -> None:
        tamper("UPDATE agencies_directoryevent SET comment = '改'")
        assert len(verify(DirectoryEvent)) == 10
        assert [fault.sequence for fault in verify(DirectoryEvent, limit=3)] == [1, 2, 3]

    def test_a_fault_says_in_words_where_and_what(self) -> None:
        tamper("UPDATE agencies_directoryevent SET comment = '改' WHERE sequence = 5")
        assert str(verify(DirectoryEvent)[0]) == "agencies.DirectoryEvent 5: does not say what was written"
