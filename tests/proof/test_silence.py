"""Beat and worker are dead for good; the web tells it by a path of its own, and the probe turns red."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.proof.conftest import wait_until
from tests.proof.house import House
from tests.proof.test_senders import Figure

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]


@pytest.mark.row("A17")
def test_a17_the_death_of_the_sweeper_is_told_by_another_path_and_the_probe_turns_red(
    new_house: Callable[..., House], figure: Figure
) -> None:
    house = new_house()  # the schedule is the product's own
    house.clerk("administrator")
    house.web()
    worker, beat = house.worker(), house.beat()
    wait_until(lambda: house.probe("/healthz/") == 200, what="the green probe", patience=90)
    since = time.monotonic()
    for process in (worker, beat):
        process.kill()
    red = wait_until(lambda: house.probe("/healthz/") == 503, what="the red probe", patience=120)
    wait_until(lambda: bool(house.clerk("alarms")), what="the alarm in the inbox", patience=180)
    wait_until(lambda: bool(house.mails.received), what="the alarm by mail", patience=30)
    told = time.monotonic() - since
    (subject,) = house.clerk("alarms")
    figure("A17", probe_red_after_seconds=round(red, 1), alarm_after_seconds=round(told, 1), mails=len(house.mails.received))
    assert "提醒无法发出" in subject
    assert red <= 60
    assert told <= 120
    house.worker()
    house.beat()
    wait_until(lambda: house.probe("/healthz/") == 200, what="the green probe after the return", patience=90)
    assert len(house.mails.received) == 1
