"""Seen red: the rows' own tests fail against a product whose guard has been taken away, and against a rude way to restart it.

Each must fail by what the guard holds: a proof that ends because something took too long has shown nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from tests.proof import test_crashes, test_hanging, test_senders, test_under_load
from tests.proof.conftest import Rig, wait_until
from tests.proof.house import House, children_of
from tests.proof.test_senders import Figure

pytestmark = [pytest.mark.postgres, pytest.mark.proof, pytest.mark.timeout(900)]

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


def test_f3_is_red_without_seats(new_rig: Callable[..., Rig], figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    with pytest.raises(AssertionError, match=r"assert [34] <= ") as seen:
        f3(new_rig(DUBAN_PROOF_MUTANT="without_seats"), figure)
    figure("F3 mutant", mutant="without_seats", seen=str(seen.value).splitlines()[0])


@pytest.mark.parametrize(
    ("row", "mutant", "seen_as"),
    [(c1, "without_the_key", "acknowledged and recorded differ"), (c2, "a_mistake_instead_of_a_moment", r"Counter\(\{'500 None'")],
    ids=["C1 without_the_key", "C2 without_503"],
)
def test_a_crash_is_red_without_its_guard(
    new_house: Callable[..., House], figure: Figure, row: Callable[..., None], mutant: str, seen_as: str
) -> None:
    with pytest.raises(AssertionError, match=seen_as) as seen:
        row(partial(new_house, DUBAN_PROOF_MUTANT=mutant), figure, 6)
    figure("mutant", mutant=mutant, seen=str(seen.value).splitlines()[0])


def test_a6_is_red_when_web_processes_are_killed_instead_of_handing_over(
    new_house: Callable[..., House], figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill_web(web: subprocess.Popen[str]) -> float:
        old = children_of(web.pid)
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        return wait_until(lambda: len(set(children_of(web.pid)) - set(old)) == len(old), patience=300)

    monkeypatch.setattr(test_under_load, "exchange_web", kill_web)
    with pytest.raises(AssertionError, match=r"visitors met .*(RemoteDisconnected|ConnectionResetError|BrokenPipeError)") as seen:
        a6(new_house, figure, 4, 400)
    figure("A6 mutant", mutant="web killed", seen=str(seen.value).splitlines()[0])
