"""Notices are written with their cause, once, in a constant number of statements."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from notifications.models import InboxItem, Message, Preference
from notifications.outbox import Circular, NewMessage, OutsideTransactionError, message_id, post, supersede
from notifications.preferences import FloorError, choose
from tests.notifications.conftest import NOW, notice

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_posting_outside_a_transaction_is_refused(person: User) -> None:
    with pytest.raises(OutsideTransactionError):
        post([notice(person)], now=NOW)
    assert not InboxItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_of_what_was_rolled_back(person: User, rings: list[str]) -> None:
    with transaction.atomic():
        post([notice(person)], now=NOW)
        transaction.set_rollback(True)
    assert (Message.objects.count(), InboxItem.objects.count(), rings) == (0, 0, [])


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_the_cause_is_committed(person: User, rings: list[str]) -> None:
    with transaction.atomic():
        post([notice(person)], now=NOW)
        assert rings == []
    assert len(rings) == 1


def test_an_urgent_notice_lies_in_the_inbox_and_is_queued_for_mail(person: User) -> None:
    post([notice(person)], now=NOW)
    item, message = InboxItem.objects.get(), Message.objects.get()
    assert (item.subject, item.created_at, item.read_at) == ("超期提醒", NOW, None)
    assert (message.channel, message.state, message.next_attempt_at) == ("email", "queued", NOW)
    assert message.message_id.startswith("<")


def test_what_is_not_urgent_waits_for_the_digest_but_lies_in_the_inbox_at_once(person: User, rings: list[str]) -> None:
    post([notice(person, topic="deadline", urgent=False)], now=NOW)
    assert Message.objects.get().state == "waiting"
    assert InboxItem.objects.count() == 1


def test_the_same_key_is_told_once(person: User) -> None:
    post([notice(person)], now=NOW)
    post([notice(person), notice(person, "k2")], now=NOW)
    assert Message.objects.count() == InboxItem.objects.count() == 2


def test_closed_accounts_get_nothing_and_people_without_address_no_mail(person: User) -> None:
    left = User.objects.create(username="left", is_active=False, email="left@example.test")
    silent = User.objects.create(username="silent")
    post([notice(left), notice(silent)], now=NOW)
    assert Message.objects.count() == 0
    assert [item.recipient for item in InboxItem.objects.all()] == [silent]


@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_statements_does_not_depend_on_the_number_of_notices(db: None, count: int) -> None:
    people = [User.objects.create(username=f"p{i}", email=f"p{i}@example.test") for i in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        post([notice(someone) for someone in people], now=NOW)
    assert Message.objects.count() == count
    assert len([query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]) == 5


def test_at_night_and_on_days_off_mail_waits_for_the_morning(person: User) -> None:
    friday_night = dt.datetime(2026, 11, 20, 21, 30, tzinfo=NOW.tzinfo)
    post([notice(person)], now=friday_night)
    assert Message.objects.get().next_attempt_at == dt.datetime(2026, 11, 23, 8, 0, tzinfo=NOW.tzinfo)
    assert InboxItem.objects.get().created_at == friday_night


def test_a_person_switches_mail_off_but_not_below_the_floor(person: User) -> None:
    choose(person.pk, topic="deadline", channel="email", enabled=False)
    post([notice(person, "a", topic="deadline"), notice(person, "b")], now=NOW)
    assert [message.topic for message in Message.objects.all()] == ["escalation"]
    with pytest.raises(FloorError):
        choose(person.pk, topic="escalation", channel="email", enabled=False)
    Preference.objects.create(user=person, topic="escalation", channel="email", enabled=False)  # however it got there
    post([notice(person, "c")], now=NOW)
    assert Message.objects.filter(key__startswith="c").exists()


def test_progress_is_mailed_only_to_those_who_want_it(person: User) -> None:
    post([notice(person, "a", topic="progress")], now=NOW)
    assert not Message.objects.exists()
    choose(person.pk, topic="progress", channel="email", enabled=True)
    post([notice(person, "b", topic="progress")], now=NOW)
    assert Message.objects.count() == 1


def test_named_channels_replace_preferences_above_the_floor(person: User, settings: object) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "email", "sms", "wecom"]  # type: ignore[attr-defined]
    post([notice(person, channels=("sms",)), notice(person, "b", topic="deadline", channels=("sms", "wecom"))], now=NOW)
    assert sorted(Message.objects.values_list("topic", "channel")) == [("deadline", "sms"), ("escalation", "email"), ("escalation", "sms")]


def test_a_room_is_told_without_recipient(settings: object, db: None) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "wecom"]  # type: ignore[attr-defined]
    room = NewMessage(key="room|1", recipient_id=None, topic="escalation", subject="超期", body="", channels=("wecom", "dingtalk"))
    post([room], now=NOW)
    assert [(message.channel, message.recipient) for message in Message.objects.all()] == [("wecom", None)]
    with pytest.raises(ValueError, match="addressed to nobody"):
        post([NewMessage(key="x", recipient_id=None, topic="escalation", subject="", body="")], now=NOW)


def test_a_circular_is_to_each_person_what_a_notice_of_its_own_would_be(person: User, settings: object) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "email", "webhook"]  # type: ignore[attr-defined]
    silent = User.objects.create(username="silent")
    choosy = User.objects.create(username="choosy", email="choosy@example.test")
    choose(choosy.pk, topic="deadline", channel="webhook", enabled=False)
    people = (person.pk, silent.pk, choosy.pk)
    words: dict[str, Any] = {"topic": "deadline", "subject": "“快到期”\n了", "body": "一\n二", "link": "/tasks/1/", "ref": "task:1"}
    told = [*(name for name in words if name != "ref"), "subject_ref", "recipient", "urgent", "created_at"]
    written = [*told, "channel", "state", "next_attempt_at", "attempts", "answer"]
    post([NewMessage(key=f"a|{pk}", recipient_id=pk, **words) for pk in people], now=NOW)
    singly = {model: sorted(model.objects.values_list(*names)) for model, names in ((InboxItem, told), (Message, written))}
    InboxItem.objects.all().delete()
    Message.objects.all().delete()
    post([Circular(key="a", people=people, **words)], now=NOW)
    assert {model: sorted(model.objects.values_list(*names)) for model, names in ((InboxItem, told), (Message, written))} == singly
    assert set(InboxItem.objects.values_list("key", flat=True)) == {f"a|{pk}|inbox" for pk in people}
    assert sorted(Message.objects.values_list("recipient", "channel")) == sorted(
        [(person.pk, "email"), (person.pk, "webhook"), (silent.pk, "webhook"), (choosy.pk, "email")]
    )
    assert all(message.message_id == message_id(message.key) for message in Message.objects.all())


def test_an_unknown_topic_is_refused(person: User) -> None:
    with pytest.raises(ValueError, match="no topic"):
        post([notice(person, topic="gossip")], now=NOW)


def test_a_subject_is_one_line(person: User) -> None:
    post([notice(person, subject="第一行\r\nBcc: x@example.test\u2028 完" + "长" * 300)], now=NOW)
    subject = Message.objects.get().subject
    assert subject.startswith("第一行 Bcc: x@example.test 完长")
    assert len(subject) == 200


def test_what_was_not_sent_can_be_superseded(person: User) -> None:
    post([notice(person, "a"), notice(person, "b", ref="task:2"), notice(person, "c", topic="deadline", urgent=False)], now=NOW)
    assert supersede(["task:1"], topics=["escalation"], why="signed off") == 1
    assert supersede(["task:1"]) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "superseded", "superseded"]
    assert supersede(["task:1"]) == 0


def test_the_calendar_of_the_house_decides_about_days_off(person: User) -> None:
    saturday_made_up = dt.datetime(2026, 10, 10, 9, 0, tzinfo=NOW.tzinfo)
    national_day = dt.datetime(2026, 10, 1, 9, 0, tzinfo=NOW.tzinfo)
    post([notice(person, "a")], now=saturday_made_up)
    post([notice(person, "b")], now=national_day)
    first, second = Message.objects.order_by("key")
    assert first.next_attempt_at == saturday_made_up
    assert second.next_attempt_at == dt.datetime(2026, 10, 8, 8, 0, tzinfo=NOW.tzinfo)
