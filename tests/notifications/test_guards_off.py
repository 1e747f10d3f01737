"""Seen red: with one guard taken away, the tests of the rows that it stands for fail, and by their own assertion."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import User
from notifications import alarms, clock, delivery, hours, letters, outbox, preferences
from notifications.channels import email
from notifications.models.posting import write_messages
from tests.notifications import test_channels, test_clock, test_delivery, test_digests, test_zones
from tests.notifications.conftest import Recorder

pytestmark = pytest.mark.django_db


def sent_without_asking(message: Any, run: Any) -> None:
    """Send whatever lies in the outbox, whoever may (still) be told (F8, F9)."""
    delivery._send(message, run)


@pytest.mark.parametrize(
    ("row", "seen_as"),
    [(test_delivery.test_who_left_since_gets_nothing, "== 1"), (test_delivery.test_who_may_no_longer_see_it_gets_nothing, "== 1")],
    ids=["F8", "F9"],
)
def test_who_may_not_be_told_is_seen_to_be_told_when_nobody_asks(
    row: Callable[..., None], seen_as: str, person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_settle", sent_without_asking)
    with pytest.raises(AssertionError, match=seen_as):
        row(person, post_office)


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (delivery, test_delivery.test_what_a_person_switches_off_does_not_come_although_it_waits_already),
        (letters, test_digests.test_a_digest_leaves_out_what_its_reader_has_switched_off_since),
        (letters, test_digests.test_a_digest_of_which_its_reader_wants_nothing_any_more_is_withheld),
    ],
    ids=["mail", "line of a digest", "digest"],
)
def test_what_is_not_wanted_any_more_is_seen_to_come_when_nobody_asks(
    place: ModuleType, row: Callable[..., None], person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "switched_off", lambda messages: set())
    with pytest.raises(AssertionError):
        row(person, post_office)


@pytest.mark.parametrize("guard", ["floor", "channel_named"])
def test_the_floor_and_a_named_channel_are_seen_to_be_switched_off_when_nobody_minds_them(
    guard: str, person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    if guard == "floor":
        monkeypatch.setattr(preferences, "floor", lambda topic: frozenset({"inbox"}))
    else:
        monkeypatch.setattr(outbox, "write_messages", unnamed)
    with pytest.raises(AssertionError, match="== 0"):
        test_delivery.test_the_floor_and_a_channel_that_was_named_come_whatever_a_person_chose(person, post_office)


def unnamed(told: Any, **options: Any) -> None:
    """Write messages as if no channel had been named with any."""
    write_messages([(replace(words, channels_named=False), *rest) for words, *rest in told], **options)


def test_a7_is_red_without_pauses_between_attempts(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "BACK_OFF", (delivery.ONE_AFTER_ANOTHER * 0,) * 4)
    with pytest.raises(AssertionError, match="next_attempt_at"):
        test_delivery.test_a_refused_message_is_tried_five_times_with_longer_pauses_then_given_up_loudly(person, post_office, caplog)


def test_a7_is_red_when_an_error_of_one_message_ends_the_run(person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ADAPTER_FAULTS", ())
    with pytest.raises(KeyError, match="template"):
        test_delivery.test_poison_does_not_hold_up_the_others(person, post_office)


def test_a10_is_red_when_a_sender_goes_on_through_what_another_has_sent(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_one = delivery._deliver_one
    monkeypatch.setattr(delivery, "_deliver_one", lambda *asked: deliver_one(*asked) or True)
    with pytest.raises(AssertionError, match="found more than the first"):
        test_delivery.test_a10_a_sender_that_meets_another_asks_anew_what_is_due(person, post_office, monkeypatch)


def test_f7_is_red_when_nobody_counts(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(alarms, "is_flooded", lambda message, now: False)
    with pytest.raises(AssertionError, match="== 30"):
        test_delivery.test_a_flood_of_mails_is_gathered_after_twenty_with_one_announcement(person, post_office, caplog)


def test_f3_is_red_when_a_channel_never_rests(person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.health.REST_AFTER", 10**6)
    with pytest.raises(AssertionError, match="rests_until"):
        test_delivery.test_a_channel_out_of_reach_rests_after_five_failures(person, post_office)


def test_f2_is_red_when_what_a_mail_server_refuses_for_good_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "_FOR_GOOD", range(0))
    refused = smtplib.SMTPRecipientsRefused({"wang@example.test": (550, b"no such user")})
    with pytest.raises(AssertionError, match="is True"):
        test_channels.test_what_a_mail_server_says_is_sorted(refused, True, monkeypatch)


def test_f4_is_red_when_a_retry_holds_nothing_up(
    person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(delivery, "IN_ORDER", ())
    with pytest.raises(AssertionError, match="what came after the failed one waits"):
        test_delivery.test_f4_webhooks_of_one_matter_arrive_in_order_and_hold_up_no_other(person, post_office, settings)


def test_e1_is_red_when_no_jump_is_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "MOST", dt.timedelta(days=1000))
    ticks = test_clock.Ticks()
    monkeypatch.setattr(clock, "steady", ticks)
    with pytest.raises(AssertionError, match="assert not True"):
        test_clock.test_a_jump_stops_the_sending_and_tells_the_keeper_once_until_it_returns(ticks, 60 * test_clock.MINUTE)


def combined_plainly(day: dt.date, begin: dt.time, _now: dt.datetime) -> dt.datetime:
    """Put day and time together as if clocks never leapt (E3)."""
    return dt.datetime.combine(day, begin, tzinfo=timezone.get_current_timezone())


def test_e3_is_red_when_day_and_time_are_put_together_plainly(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DUBAN_SENDING_HOURS, settings.DUBAN_DIGEST_AT = f"{test_zones.BEGIN}-{test_zones.END}", test_zones.DIGEST
    settings.DUBAN_SEND_ON_REST_DAYS = True
    monkeypatch.setattr(test_zones, "YEARS", 1)
    test_zones.test_e3_each_local_day_has_one_digest_and_opens_at_its_first_moment("Europe/Berlin", 2025)
    monkeypatch.setattr(hours, "_first_at", combined_plainly)
    with pytest.raises(AssertionError, match="is not the first moment"):
        test_zones.test_e3_each_local_day_has_one_digest_and_opens_at_its_first_moment("Europe/Berlin", 2025)


def test_b1_is_red_when_nobody_looks_unasked(person: User, post_office: Recorder, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.CELERY_BEAT_SCHEDULE = {name: entry for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if name != "deliver"}
    with pytest.raises(AssertionError, match="the schedule did not find"):
        test_delivery.test_b1_what_nobody_rang_for_is_found_by_the_schedule(person, post_office, monkeypatch, settings)
