"""A setting that cannot be meant keeps the installation from starting, and is named; the doctor calls it a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from environs import ValidationError

from config import given

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("text", ["foo", "08:00", "20:00-08:00", "08:00-08:00", "08:00-25:00", ""])
def test_hours_in_which_nothing_would_ever_be_sent_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        given.hours(text)


def test_hours_of_one_day_are_taken() -> None:
    for text in ("08:00-20:00", "00:00-24:00"):
        given.hours(text)
    given.digest_within("08:00-20:00")("08:30")
    given.digest_within("08:00-20:00")("00:00")
    given.digest_within("00:00-24:00")("23:59")


@pytest.mark.parametrize("text", ["20:00", "21:00", "25:00", "morning"])
def test_a_digest_that_would_never_be_composed_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        given.digest_within("08:00-20:00")(text)


def test_a_channel_without_a_folder_is_refused_by_name() -> None:
    given.channels(["inbox", "email", "webhook", "wecom", "dingtalk", "sms"])
    with pytest.raises(ValidationError, match="mail"):
        given.channels(["inbox", "mail"])


@pytest.mark.parametrize("wrong", [{"DUBAN_CHANNELS": "inbox,mail"}, {"DUBAN_SENDING_HOURS": "20:00-08:00"}, {"DUBAN_DIGEST_AT": "21:00"}])
def test_the_doctor_names_a_wrong_setting_and_ends_as_for_what_fails(wrong: dict[str, str], tmp_path: Path) -> None:
    environment = {**os.environ, "DUBAN_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", **wrong}
    done = subprocess.run([sys.executable, "manage.py", "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert next(iter(wrong)) in done.stderr
    assert "Traceback" not in done.stderr
