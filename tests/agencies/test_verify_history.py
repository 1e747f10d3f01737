from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agencies.models import ChainHead, DirectoryEvent
from tests.agencies.test_chain import append, tamper

pytestmark = pytest.mark.django_db


def verify_history(**options: Path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_history", stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue(), err.getvalue() or str(error)
    return out.getvalue(), ""


def test_a_sound_history_is_said_to_be_so_record_by_record() -> None:
    append(3)
    out, err = verify_history()
    assert "agencies.DirectoryEvent: 3 lines, sound" in out
    assert "workflow.Event: 0 lines, sound" in out
    assert "measures.PlanEvent: 0 lines, sound" in out
    assert err == ""


def test_a_damaged_history_names_the_line_and_the_other_records_are_still_proved() -> None:
    append(3)
    tamper("UPDATE agencies_directoryevent SET comment = '改' WHERE sequence = 2")
    out, err = verify_history()
    assert err.splitlines()[0] == "agencies.DirectoryEvent 2: does not say what was written"
    assert "workflow.Event: 0 lines, sound" in out


def test_a_database_put_back_to_yesterday_is_given_away_by_the_anchors(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    append(3)
    verify_history(keep_anchor=anchors)
    append(2)
    verify_history(anchors=anchors, keep_anchor=anchors)
    assert verify_history(anchors=anchors)[1] == ""

    tamper("DELETE FROM agencies_directoryevent WHERE sequence > 4")
    ChainHead.objects.filter(chain="agencies.DirectoryEvent").update(sequence=4, digest=DirectoryEvent.objects.get(sequence=4).digest)
    assert verify_history()[1] == ""
    assert verify_history(anchors=anchors)[1] == "agencies.DirectoryEvent 5: was anchored and is missing\n"


def test_a_record_that_vanished_altogether_is_given_away(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    anchors.write_text('{"chain": "gone.Record", "sequence": 1, "digest": "x"}\n')
    assert "gone.Record" in verify_history(anchors=anchors)[1]


def test_a_damaged_history_is_not_anchored(tmp_path: Path) -> None:
    append(3)
    tamper("UPDATE agencies_directoryevent SET comment = '改' WHERE sequence = 2")
    verify_history(keep_anchor=tmp_path / "anchors")
    assert not (tmp_path / "anchors").exists()


@pytest.mark.parametrize("content", ["not json", '{"chain": 1}', "[]", None])
def test_a_file_that_holds_no_anchors_is_refused(content: str | None, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    if content is not None:
        anchors.write_text(content)
    assert "is not a file of anchors" in verify_history(anchors=anchors)[1]
