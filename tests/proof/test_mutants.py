"""Seen red: the rows' own tests fail against a product whose guard has been taken away, and against a rude way to restart it.

Each must fail by what the guard holds: a proof that ends because something took too long has shown nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.proof import (
    test_broker,
    test_changes,
    test_clocks,
    test_crashes,
    test_hanging,
    test_outages,
    test_return,
    test_senders,
    test_under_load,
)
from tests.proof.conftest import Rig, wait_until
from tests.proof.house import House, children_of
from tests.proof.test_senders import Figure

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.timeout(900)]

a8 = test_changes.test_a8_nothing_is_sent_by_a_decision_after_the_task_has_left
a1 = test_senders.test_a1_four_senders_killed_again_and_again_lose_and_double_nothing
a6 = test_under_load.test_a6_rolling_restarts_under_load_refuse_nobody_and_lose_nothing
f3 = test_hanging.test_f3_a_receiver_that_hangs_holds_half_of_the_senders_and_the_others_go_on
c1 = test_crashes.test_c1_a_database_killed_again_and_again_loses_nothing_that_was_acknowledged
c2 = test_crashes.test_c2_a_database_restarted_at_once_is_answered_with_503_and_everybody_comes_back


@pytest.mark.parametrize(("mutant", "seen_as"), [("without_the_row_lock", r"<= 24"), ("sent_before_it_is_sent", r"== 600")])
def test_a1_is_red_without_its_guard(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch, mutant: str, seen_as: str
) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    with pytest.raises(AssertionError, match=seen_as) as seen:
        a1(new_rig(DUBAN_PROOF_MUTANT=mutant), figure, 600, 6)
    figure("A1 mutant", mutant=mutant, seen=str(seen.value).splitlines()[0])


class Red(NamedTuple):
    """A row that must be red, with what it is asked, without which guard, and by which assertion."""

    row: Callable[..., None]
    asked: tuple[int, ...]
    mutant: str
    seen_as: str


a3 = test_senders.test_a3_a_frozen_sender_that_wakes_up_after_another_took_over_changes_nothing
f7 = test_outages.test_f7_a_rule_that_arms_itself_again_and_again_mails_nobody_more_than_twenty_times_an_hour


@pytest.mark.parametrize(
    "red", [Red(a3, (1,), "unfenced", r"== \('sent', 1"), Red(f7, (), "counted_side_by_side", r"== \{20\}")], ids=["A3", "F7"]
)
def test_a_row_that_makes_its_rig_is_red_without_its_guard(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch, red: Red
) -> None:
    with pytest.raises(AssertionError, match=red.seen_as) as seen:
        red.row(partial(new_rig, DUBAN_PROOF_MUTANT=red.mutant), figure, *red.asked, monkeypatch)
    figure("mutant", mutant=red.mutant, seen=str(seen.value).splitlines()[0])


a5 = test_outages.test_a5_after_three_days_without_anybody_each_reminder_comes_once_the_oldest_first
f1 = test_senders.test_f1_killed_right_after_250_ok_repeats_one_mail_under_the_same_id
a7 = test_senders.test_a7_poisoned_reminders_hold_up_nobody_and_are_parked
a16 = test_senders.test_a16_digests_killed_half_way_hold_every_item_exactly_once


@pytest.mark.parametrize(
    "red",
    [
        Red(a5, (600,), "in_any_order", "fifty of"),
        Red(f1, (10,), "another_name_each_time", "== 10"),
        Red(a7, (), "given_up_too_soon", "given_up"),
        Red(a16, (60, 15), "digests_in_pieces", "== 240"),
    ],
    ids=["A5", "F1", "A7", "A16"],
)
def test_a_row_of_senders_is_red_without_its_guard(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch, red: Red
) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    with pytest.raises(AssertionError, match=red.seen_as) as seen:
        red.row(new_rig(DUBAN_PROOF_MUTANT=red.mutant), figure, *red.asked)
    figure("mutant", mutant=red.mutant, seen=str(seen.value).splitlines()[0])


a11 = test_broker.test_a11_a13_bells_rung_three_times_in_disorder_and_redelivered_do_nothing_more
b4 = test_broker.test_b4_nobody_waits_two_seconds_for_a_redis_that_hangs
b3 = test_broker.test_b3_with_redis_gone_nothing_fails_and_its_return_brings_everything
a13 = test_broker.test_a13_every_bell_of_the_schedule_rung_three_times_in_disorder_leaves_the_same_bytes_behind
a4 = test_broker.test_a4_three_beats_three_workers_and_three_sweepers_tell_everything_once


@pytest.mark.parametrize(
    "red",
    [
        Red(a11, (), "without_the_row_lock", "== 600"),
        Red(b4, (), "a_bell_that_waits", r"< \(?2"),
        Red(a4, (), "a_rung_without_its_row", "a rung was told more than once"),
        Red(b3, (), "more_than_a_second", r"< 2"),
        Red(a13, (), "every_part_anew", r"workflow_event.* == set\(\)"),
    ],
    ids=["A11+A13", "B4", "A4", "B3", "A13 bytes"],
)
def test_a_row_of_the_broker_is_red_without_its_guard(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure, red: Red
) -> None:
    with pytest.raises(AssertionError, match=red.seen_as) as seen:
        red.row(partial(new_rig, DUBAN_PROOF_MUTANT=red.mutant), own_redis, figure)
    figure("mutant", mutant=red.mutant, seen=str(seen.value).splitlines()[0])


b2 = test_return.test_b2_redis_killed_and_started_again_and_again_is_listened_to_again_within_thirty_seconds
b5 = test_return.test_b5_connections_reset_or_forgotten_in_the_middle_are_noticed_within_thirty_seconds


b1 = test_broker.test_b1_a_flush_makes_nothing_later_than_a_period_of_the_schedule


def test_b1_is_red_when_nobody_looks_unasked(
    new_rig: Callable[..., Rig], own_redis: tuple[str, int], figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=r"60 seconds after the flush 10 reminders wait") as seen:
        b1(partial(new_rig, DUBAN_PROOF_MUTANT="nobody_looks_unasked"), own_redis, figure, monkeypatch)
    figure("B1 mutant", mutant="nobody_looks_unasked", seen=str(seen.value).splitlines()[0])


def test_e2_is_red_when_each_host_goes_by_its_own_clock(new_rig: Callable[..., Rig], figure: Figure) -> None:
    row = test_clocks.test_e2_hosts_that_disagree_by_ten_minutes_send_what_hosts_that_agree_send
    with pytest.raises(AssertionError, match="sent too early or not at all") as seen:
        row(new_rig(DUBAN_PROOF_MUTANT="by_the_hosts_clock"), figure, 100)
    figure("E2 mutant", mutant="by_the_hosts_clock", seen=str(seen.value).splitlines()[0])


@pytest.mark.parametrize("row", [b2, b5], ids=["B2", "B5"])
def test_a_worker_that_does_not_come_back_to_its_broker_is_noticed(
    new_rig: Callable[..., Rig], figure: Figure, row: Callable[..., None]
) -> None:
    with pytest.raises(AssertionError, match=r"nobody listens 30 seconds after .* \d+ reminders wait") as seen:
        row(partial(new_rig, DUBAN_PROOF_MUTANT="never_back"), figure, 1)
    figure("mutant", mutant="never_back", seen=str(seen.value).splitlines()[0])


def test_a8_is_red_when_nobody_asks_again(
    new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=r"== \[\]") as seen:
        a8(partial(new_rig, DUBAN_PROOF_MUTANT="without_asking_again"), figure, monkeypatch, tmp_path, 6)
    figure("mutant", mutant="without_asking_again", seen=str(seen.value).splitlines()[0])


def test_f3_is_red_without_seats(new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    with pytest.raises(AssertionError, match=r"assert [34] <= ") as seen:
        f3(new_rig(DUBAN_PROOF_MUTANT="without_seats"), figure)
    figure("F3 mutant", mutant="without_seats", seen=str(seen.value).splitlines()[0])


@pytest.mark.parametrize(
    "red",
    [
        Red(c1, (6,), "without_the_key", "acknowledged and recorded differ"),
        Red(c2, (6,), "a_mistake_instead_of_a_moment", r"Counter\(\{'500 None'"),
    ],
    ids=["C1 without_the_key", "C2 without_503"],
)
def test_a_house_is_red_without_its_guard(new_house: Callable[..., House], figure: Figure, red: Red) -> None:
    with pytest.raises(AssertionError, match=red.seen_as) as seen:
        red.row(partial(new_house, DUBAN_PROOF_MUTANT=red.mutant), figure, *red.asked)
    figure("mutant", mutant=red.mutant, seen=str(seen.value).splitlines()[0])


def test_a6_is_red_when_web_processes_are_killed_instead_of_handing_over(
    new_house: Callable[..., House], figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill_web(_house: House, web: subprocess.Popen[str]) -> tuple[float, float]:
        old = children_of(web.pid)
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        return 0.0, wait_until(lambda: len(set(children_of(web.pid)) - set(old)) == len(old), patience=300)

    monkeypatch.setattr(test_under_load, "exchange_web", kill_web)
    with pytest.raises(AssertionError, match=r"visitors met .*(RemoteDisconnected|ConnectionResetError|BrokenPipeError)") as seen:
        a6(new_house, figure, 4, 400)
    figure("A6 mutant", mutant="web killed", seen=str(seen.value).splitlines()[0])
