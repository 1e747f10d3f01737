"""The embedded broker: a folder of bells."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from config import celery, folder_broker


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    """Give a connection to a folder of its own, as the installation makes it."""
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path / "control")}
    return Connection("filesystem://localhost/", transport_options=options)


def test_the_installation_keeps_its_bells_in_this_broker(connection: Any) -> None:
    assert celery.app.conf.broker_url
    assert isinstance(connection.transport, folder_broker.Transport)


def test_a_bell_that_is_being_written_is_not_found(connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks into the folder while the words of a bell are still to come finds either nothing or all of it."""
    found: list[list[str]] = []

    def slow(payload: object, **_options: object) -> str:
        found.append([path.name for path in tmp_path.glob("*.msg")])
        return json.dumps(payload)

    monkeypatch.setattr(folder_broker, "dumps", slow)
    with connection.channel() as channel:
        channel._put("celery", {"body": "ring"})
        assert found == [[]]
        assert [json.loads(path.read_text()) for path in tmp_path.glob("*.msg")] == [{"body": "ring"}]
        assert channel._get("celery") == {"body": "ring"}
    assert not list(tmp_path.glob("*.aside"))


def test_a_torn_bell_ends_nobody_and_keeps_no_other_waiting(connection: Any, tmp_path: Path) -> None:
    (tmp_path / "0_torn.celery.msg").write_text("")
    with connection.channel() as channel:
        channel._put("celery", {"body": "ring"})
        with pytest.raises(Empty):
            channel._get("celery")
        assert channel._get("celery") == {"body": "ring"}


def test_a_bell_is_taken_whole_while_others_are_rung(connection: Any) -> None:
    """One rings as fast as it can, the other takes: all arrive, each whole."""
    ringing = connection.channel()
    bells = [{"body": "x" * 4000, "number": number} for number in range(200)]
    ringer = threading.Thread(target=lambda: [ringing._put("celery", bell) for bell in bells])
    taken = []
    ringer.start()
    with connection.channel() as taking:
        while ringer.is_alive() or taking._size("celery"):
            try:
                taken.append(taking._get("celery")["number"])
            except Empty:
                continue
    ringer.join()
    ringing.close()
    assert sorted(taken) == list(range(200))
