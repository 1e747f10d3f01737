"""One digest a person and day; every notice in exactly one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from notifications import guards
from notifications.delivery import deliver_due
from notifications.digests import compose_digests
from notifications.models import Digest, Message
from notifications.outbox import post
from notifications.preferences import choose
from tests.notifications.conftest import NOW, Recorder, notice

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def quiet(person: User, key: str, **values: object) -> None:
    post([notice(person, key, topic="deadline", urgent=False, subject=f"临期 {key}", **values)], now=NOW - DAY)


def test_what_waits_comes_in_one_mail(person: User, post_office: Recorder) -> None:
    other = User.objects.create(username="zhao", email="zhao@example.test")
    for i in range(3):
        quiet(person, f"k{i}")
    quiet(other, "x")
    assert deliver_due(NOW).sent == 0
    assert compose_digests(NOW) == 2
    assert deliver_due(NOW).sent == 2
    letter = next(letter for letter in post_office.letters if letter.to == person)
    assert [line.subject for line in letter.lines] == ["临期 k0", "临期 k1", "临期 k2"]
    assert letter.unsubscribe_url == ""


def test_composing_again_changes_nothing_and_what_comes_later_waits_for_tomorrow(person: User, post_office: Recorder) -> None:
    quiet(person, "a")
    assert [compose_digests(NOW), compose_digests(NOW)] == [1, 0]
    quiet(person, "b")
    assert compose_digests(NOW) == 0
    assert compose_digests(NOW + DAY) == 1
    assert sorted(Digest.objects.values_list("items__subject", flat=True)) == ["临期 a", "临期 b"]
    assert not Message.objects.filter(state="waiting").exists()


def test_no_digest_before_its_hour_or_on_a_day_off(person: User) -> None:
    quiet(person, "a")
    assert compose_digests(NOW.replace(hour=8, minute=29)) == 0
    assert compose_digests(NOW.replace(day=22)) == 0
    assert compose_digests(NOW.replace(hour=8, minute=30)) == 1


def test_a_digest_leaves_out_what_its_reader_may_no_longer_see(person: User, post_office: Recorder) -> None:
    quiet(person, "a")
    quiet(person, "b", ref="task:2")
    compose_digests(NOW)
    guards.register("task", lambda people, refs, now: {(p, ref) for p in people for ref in refs if ref == "task:2"})
    deliver_due(NOW)
    assert [[line.subject for line in letter.lines] for letter in post_office.letters] == [["临期 b"]]


def test_a_digest_leaves_out_what_its_reader_has_switched_off_since(person: User, post_office: Recorder) -> None:
    quiet(person, "a")
    post(
        [
            notice(person, "b", topic="review", urgent=False, subject="待审"),
            notice(person, "n", topic="deadline", urgent=False, channels=("email",)),
        ],
        now=NOW - DAY,
    )
    compose_digests(NOW)
    choose(person.pk, topic="deadline", channel="email", enabled=False)
    choose(person.pk, topic="system", channel="email", enabled=False)  # the digest itself is of no kind
    deliver_due(NOW)
    assert [[line.subject for line in letter.lines] for letter in post_office.letters if letter.lines] == [["待审", "超期提醒"]]


def test_a_digest_of_which_its_reader_wants_nothing_any_more_is_withheld(person: User, post_office: Recorder) -> None:
    quiet(person, "a")
    compose_digests(NOW)
    choose(person.pk, topic="deadline", channel="email", enabled=False)
    assert deliver_due(NOW).withheld == 1
    assert post_office.letters == []


def test_a_digest_of_which_nothing_may_be_told_is_withheld(person: User, post_office: Recorder) -> None:
    quiet(person, "a")
    compose_digests(NOW)
    guards.register("task", lambda people, refs, now: set())
    assert deliver_due(NOW).withheld == 1
    assert post_office.letters == []


def test_many_people_cost_no_more_statements_than_one(db: None) -> None:
    counts = []
    for size in (1, 30):
        Message.objects.all().delete()
        people = [User.objects.create(username=f"n{size}-{i}", email="a@example.test") for i in range(size)]
        for one in people:
            quiet(one, f"q{size}")
        with CaptureQueriesContext(connection) as queries:
            assert compose_digests(NOW) == size
        counts.append(len(queries))
        Message.objects.update(digest=None, carries=None, state="withheld")
        Digest.objects.all().delete()
    assert counts[0] == counts[1]
