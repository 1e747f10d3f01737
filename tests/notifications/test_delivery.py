"""A message is sent once, by one sender, to somebody who may still be told."""

import datetime as dt
from typing import Any

import pytest

from agencies.models import Office, User
from notifications import clock, delivery, guards, tasks
from notifications.channels import Letter, RefusedError, UnreachableError
from notifications.delivery import BACK_OFF, deliver_due
from notifications.models import ChannelHealth, InboxItem, Message, Preference
from notifications.outbox import NewMessage, post
from notifications.preferences import choose
from tests.notifications.conftest import NOW, Recorder, notice

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def failing(error: Exception, *keys: str) -> object:
    def before(letter: Letter) -> None:
        if not keys or letter.key.split("|")[0] in keys:
            raise error

    return before


def test_what_is_due_is_sent_once_and_the_answer_kept(person: User, post_office: Recorder) -> None:
    post([notice(person)], now=NOW)
    assert deliver_due(NOW).sent == 1
    assert deliver_due(NOW).sent == 0
    message = Message.objects.get()
    assert (message.state, message.answer, message.attempts) == ("sent", "250 taken", 1)
    assert message.sent_at is not None
    letter = post_office.letters[0]
    assert (letter.to, letter.message_id, letter.url) == (person, message.message_id, "http://127.0.0.1:8000/tasks/1/")


NO_LANGUAGE = "-1 \x16\x03\x00 TLS\r\n" + "x" * 600


@pytest.mark.parametrize("error", [UnreachableError(NO_LANGUAGE), RefusedError(NO_LANGUAGE, for_good=False)])
def test_an_answer_in_no_language_is_kept_as_far_as_it_can_be(person: User, post_office: Recorder, error: Exception) -> None:
    post([notice(person)], now=NOW)
    post_office.before = failing(error)  # type: ignore[assignment]
    assert deliver_due(NOW).postponed == 1
    assert Message.objects.get().answer.startswith("-1     TLS  xxx")
    assert not ChannelHealth.objects.filter(answer__contains="\x16").exists()


def test_nothing_leaves_at_night_or_on_a_day_off(person: User, post_office: Recorder) -> None:
    post([notice(person)], now=NOW)
    for moment in (NOW.replace(hour=23), NOW.replace(day=21), NOW.replace(hour=7, minute=59), NOW.replace(hour=20)):
        assert deliver_due(moment).sent == 0
    assert deliver_due(NOW.replace(day=19, hour=8)).sent == 1


def test_a10_a_sender_that_meets_another_asks_anew_what_is_due(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    deliver_one = delivery._deliver_one

    def deliver_and_note(pk: int, channel: str, run: Any) -> bool:
        tried.append(pk)
        return deliver_one(pk, channel, run)

    def another_sends_seven(letter: Letter) -> None:
        next_ones = Message.objects.filter(state="queued").exclude(key=letter.key).order_by("pk").values_list("pk", flat=True)[:7]
        Message.objects.filter(pk__in=list(next_ones)).update(state="sent", sent_at=NOW)

    post([notice(person, f"k{number:02}") for number in range(16)], now=NOW)
    post_office.before = another_sends_seven
    monkeypatch.setattr(delivery, "_deliver_one", deliver_and_note)
    monkeypatch.setattr("notifications.delivery.random.randrange", lambda _end: 0)
    deliver_due(NOW)
    assert [letter.key.split("|")[0] for letter in post_office.letters] == ["k00", "k08"]
    assert len(tried) - len(post_office.letters) == 2, "of what another has sent, each of ours found more than the first"


def test_what_another_sender_holds_is_left_to_it(person: User, post_office: Recorder) -> None:
    post([notice(person)], now=NOW)
    Message.objects.update(claimed_until=NOW + MINUTE)
    assert deliver_due(NOW).sent == 0
    assert deliver_due(NOW + 2 * MINUTE).sent == 1


@pytest.mark.row("F8")
def test_who_left_since_gets_nothing(person: User, post_office: Recorder) -> None:
    post([notice(person)], now=NOW)
    User.objects.update(is_active=False)
    assert deliver_due(NOW).withheld == 1
    assert (post_office.letters, Message.objects.get().state) == ([], "withheld")


@pytest.mark.row("F9")
def test_who_may_no_longer_see_it_gets_nothing(person: User, post_office: Recorder) -> None:
    other = User.objects.create(username="zhao", email="zhao@example.test")
    post([notice(person), notice(other)], now=NOW)
    guards.register("task", lambda people, refs, now: {(other.pk, ref) for ref in refs})
    assert deliver_due(NOW).sent == 1
    assert [letter.to for letter in post_office.letters] == [other]


def overnight(*messages: NewMessage) -> None:
    """Post notices in the evening, which leave the next morning."""
    post(messages, now=NOW - dt.timedelta(hours=14))
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}


def test_what_a_person_switches_off_does_not_come_although_it_waits_already(person: User, post_office: Recorder) -> None:
    other = User.objects.create(username="zhao", email="zhao@example.test")
    overnight(notice(person, topic="deadline"), notice(person, "b", topic="review"), notice(other, topic="deadline"))
    choose(person.pk, topic="deadline", channel="email", enabled=False)
    outcome = deliver_due(NOW)
    assert (outcome.sent, outcome.withheld) == (2, 1)
    assert Message.objects.get(state="withheld").key == f"k1|{person.pk}|email"
    assert Message.objects.get(state="withheld").answer == "switched off by this person"
    assert InboxItem.objects.filter(recipient=person).count() == 2


def test_what_is_switched_on_again_before_it_leaves_comes(person: User, post_office: Recorder) -> None:
    overnight(notice(person, topic="deadline"))
    choose(person.pk, topic="deadline", channel="email", enabled=False)
    choose(person.pk, topic="deadline", channel="email", enabled=True)
    assert deliver_due(NOW).withheld == 0


def test_the_floor_and_a_channel_that_was_named_come_whatever_a_person_chose(person: User, post_office: Recorder) -> None:
    named = notice(person, "named", topic="deadline", channels=("email",))
    overnight(notice(person, topic="escalation"), named)
    for topic in ("escalation", "deadline"):  # beneath the floor no choice is taken: a row that stands there all the same changes nothing
        Preference.objects.create(user=person, topic=topic, channel="email", enabled=False)
    assert deliver_due(NOW).withheld == 0
    letters = {letter.key: letter.unsubscribe_url for letter in post_office.letters}
    assert letters[f"k1|{person.pk}|email"] == letters[f"named|{person.pk}|email"] == ""


def test_a_ref_nobody_answers_for_is_not_told(person: User, post_office: Recorder) -> None:
    post([notice(person, ref="secret:1"), notice(person, "b", ref="")], now=NOW)
    outcome = deliver_due(NOW)
    assert (outcome.sent, outcome.withheld) == (1, 1)


def test_a_refused_message_is_tried_five_times_with_longer_pauses_then_given_up_loudly(
    person: User, post_office: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = User.objects.create(username="keeper", office=Office.SYSTEM, is_staff=True)
    post_office.before = failing(RefusedError("451 later", for_good=False))  # type: ignore[assignment]
    post([notice(person)], now=NOW)
    moment = NOW
    for pause in (*BACK_OFF, None):
        deliver_due(moment)
        message = Message.objects.get()
        if pause is not None:
            assert message.next_attempt_at >= moment + pause
            assert deliver_due(moment + pause - MINUTE / 2).sent == 0
            moment += pause + MINUTE
    assert (message.state, message.attempts, message.answer) == ("given_up", 5, "451 later")
    assert "Gave up" in caplog.text
    assert InboxItem.objects.filter(recipient=keeper, body__contains="451 later").count() == 1


def test_a_message_refused_for_good_is_given_up_at_once(person: User, post_office: Recorder) -> None:
    post_office.before = failing(RefusedError("550 no such user", for_good=True))  # type: ignore[assignment]
    post([notice(person)], now=NOW)
    assert deliver_due(NOW).given_up == 1
    assert Message.objects.get().answer == "550 no such user"


def test_poison_does_not_hold_up_the_others(person: User, post_office: Recorder) -> None:
    post_office.before = failing(KeyError("template"), "bad")  # type: ignore[assignment]
    people = [User.objects.create(username=f"p{i}", email=f"p{i}@example.test") for i in range(30)]
    post([notice(one, "bad" if i % 10 == 0 else "good") for i, one in enumerate(people)], now=NOW)
    outcome = deliver_due(NOW)
    assert (outcome.sent, outcome.postponed) == (27, 3)


def test_a_sender_that_meets_another_asks_anew_and_does_not_go_on_through_what_that_one_has_done(
    post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [User.objects.create(username=f"p{i}", email=f"p{i}@example.test") for i in range(20)]
    post([notice(one) for one in people], now=NOW)
    tried: list[int] = []
    deliver_one = delivery._deliver_one

    def counted(pk: int, channel: str, run: delivery._Run) -> bool:
        tried.append(pk)
        return deliver_one(pk, channel, run)

    monkeypatch.setattr(delivery, "_deliver_one", counted)

    def another_settles_all_but_five(letter: Letter) -> None:
        if len(tried) == 1:
            left = Message.objects.exclude(pk=tried[0]).values_list("pk", flat=True)[:5]
            Message.objects.exclude(pk__in=[tried[0], *left]).update(state="withheld")

    post_office.before = another_settles_all_but_five
    assert deliver_due(NOW).sent == 6
    assert Message.objects.filter(state="queued").count() == 0
    assert len(tried) <= 7, "one in vain, and then no more of what the other has settled"


def test_an_error_nobody_foresaw_is_counted_and_goes_on(person: User, post_office: Recorder) -> None:
    class StrangeError(Exception):
        pass

    post_office.before = failing(StrangeError("?"))  # type: ignore[assignment]
    post([notice(person)], now=NOW)
    with pytest.raises(StrangeError):
        deliver_due(NOW)
    message = Message.objects.get()
    assert (message.state, message.attempts, message.claimed_until) == ("queued", 1, None)
    assert message.next_attempt_at > NOW


def test_a_channel_out_of_reach_rests_after_five_failures(person: User, post_office: Recorder) -> None:
    post_office.before = failing(UnreachableError("timed out"))  # type: ignore[assignment]
    post([notice(person, f"k{i}") for i in range(12)], now=NOW)
    deliver_due(NOW)
    state = ChannelHealth.objects.get()
    assert state.failures >= 5
    assert state.rests_until is not None
    untouched = Message.objects.filter(attempts=0).count()
    assert deliver_due(NOW + MINUTE / 2).postponed == 0
    assert Message.objects.filter(attempts=0).count() == untouched
    post_office.before = lambda letter: None
    later = state.rests_until + 2 * MINUTE
    assert deliver_due(later).sent == 12
    assert ChannelHealth.objects.get().failures == 0


def test_one_run_takes_no_more_than_it_may(person: User, post_office: Recorder) -> None:
    post([notice(person, f"k{i}") for i in range(8)], now=NOW)
    outcome = deliver_due(NOW, limit=5)
    assert (outcome.sent, outcome.left_over) == (5, True)
    assert not deliver_due(NOW).left_over


def test_the_oldest_go_first(person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.delivery.random.randrange", lambda end: 0)
    for hour in (10, 9, 8):
        post([notice(person, f"at{hour}")], now=NOW.replace(hour=hour))
    deliver_due(NOW)
    assert [letter.key.split("|")[0] for letter in post_office.letters] == ["at8", "at9", "at10"]


@pytest.mark.row("F7")
def test_a_flood_of_mails_is_gathered_after_twenty_with_one_announcement(
    person: User, post_office: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = User.objects.create(username="keeper", office=Office.SYSTEM, is_staff=True)
    post([notice(person, f"k{i}") for i in range(50)], now=NOW)
    outcome = deliver_due(NOW)
    deliver_due(NOW)
    assert outcome.gathered == 30
    assert len(post_office.letters) == 21
    assert sum(letter.key.startswith("flood") for letter in post_office.letters) == 1
    assert Message.objects.filter(state="waiting").count() == 30
    assert "the rest is gathered" in caplog.text
    assert InboxItem.objects.filter(recipient=keeper, subject__contains="超过20封").count() == 1
    post([notice(person, "later")], now=NOW + 70 * MINUTE)
    assert deliver_due(NOW + 70 * MINUTE).sent == 1


def test_f4_webhooks_of_one_matter_arrive_in_order_and_hold_up_no_other(person: User, post_office: Recorder, settings: object) -> None:
    settings.DUBAN_CHANNELS = ["inbox", "webhook"]  # type: ignore[attr-defined]
    told = (("a1", "task:1"), ("a2", "task:1"), ("b1", "task:2"), ("a3", "task:1"))
    post([notice(person, key, ref=ref, channels=("webhook",)) for key, ref in told], now=NOW)
    post_office.before = failing(RefusedError("503", for_good=False), "a1")  # type: ignore[assignment]
    deliver_due(NOW)
    assert [letter.key[:2] for letter in post_office.letters] == ["b1"], "what came after the failed one waits, and nothing else"
    post_office.before = lambda letter: None
    deliver_due(NOW + 2 * MINUTE)
    assert [letter.key[:2] for letter in post_office.letters] == ["b1", "a1", "a2", "a3"]


def test_b1_what_nobody_rang_for_is_found_by_the_schedule(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(clock, "trusted_now", lambda: NOW)
    post([notice(person)], now=NOW)  # the bell is silent here, as one that the broker forgot
    assert Message.objects.get().state == "queued"
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"].startswith("notifications."):
            assert entry["schedule"] <= 300
            getattr(tasks, entry["task"].rpartition(".")[2])()
    assert Message.objects.get().state == "sent", "the schedule did not find it"
