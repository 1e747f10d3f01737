"""Robots say figures in their rooms, once a working day, and nothing that names a task; local fakes check signature and body."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from notifications.delivery import deliver_due
from notifications.models import Message
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import accepted_task, dispatched_task
from workflow.actions.sweep import sweep
from workflow.models import CalendarDay

pytestmark = pytest.mark.django_db
SECRET = "SECroom"
DAY = dt.timedelta(days=1)


@pytest.fixture
def rooms(settings: Any) -> Iterator[list[tuple[str, str]]]:
    """Run fakes of both robots; gives what they took as (path, text). The one of DingTalk takes nothing that is not signed."""
    taken: list[tuple[str, str]] = []

    class Robot(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert told["msgtype"] == "text"
            wanted = base64.b64encode(hmac.digest(SECRET.encode(), f"{query.get('timestamp')}\n{SECRET}".encode(), hashlib.sha256)).decode()
            signed = url.path == "/wecom" or query.get("sign") == wanted
            if signed:
                taken.append((url.path, told["text"]["content"]))
            answer = json.dumps({"errcode": 0, "errmsg": "ok"} if signed else {"errcode": 310000, "errmsg": "sign not match"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_address[1]}"
    settings.DUBAN_CHANNELS, settings.DUBAN_PRIVATE_RECEIVERS = ["inbox", "wecom", "dingtalk"], ["127.0.0.0/8"]
    settings.DUBAN_WECOM_URL = f"{place}/wecom?key=k"
    settings.DUBAN_DINGTALK_URL, settings.DUBAN_DINGTALK_SECRET = f"{place}/dingtalk?access_token=t", SECRET
    yield taken
    server.shutdown()
    server.server_close()


def test_each_room_is_told_the_figures_once_a_working_day(rooms: list[tuple[str, str]]) -> None:
    stages = [
        accepted_task(supporters=0, due_on=TODAY + DAY),
        accepted_task(supporters=0, due_on=TODAY + 3 * DAY),
        dispatched_task(supporters=1),
    ]
    for moment in (NOW + 2 * DAY, NOW + 2 * DAY + dt.timedelta(minutes=5)):
        sweep(moment)
        deliver_due(moment)
    assert sorted(path for path, _text in rooms) == ["/dingtalk", "/wecom"]
    for _path, text in rooms:
        assert text.startswith("今日督办：超期 1 项，五个工作日内到期 1 项，未签收 2 项\n")
        assert text.endswith("/todo/")
        assert not any(stage.task.title in text or stage.leads[0].agency.name in text for stage in stages)
    sweep(NOW + 5 * DAY)
    assert Message.objects.filter(recipient=None).count() == 4


def test_a_robot_whose_secret_is_wrong_is_given_up_and_said_so(rooms: list[tuple[str, str]], settings: Any) -> None:
    settings.DUBAN_DINGTALK_SECRET = "SECelse"
    dispatched_task()
    sweep(NOW + DAY)
    deliver_due(NOW + DAY)
    assert [path for path, _text in rooms] == ["/wecom"]
    assert Message.objects.values_list("state", "answer").get(channel="dingtalk") == ("given_up", "310000 sign not match")


def test_nothing_is_said_on_a_day_off_where_nothing_is_owed_or_where_there_is_no_room(rooms: list[tuple[str, str]], settings: Any) -> None:
    sweep(NOW)
    dispatched_task()
    CalendarDay.objects.create(day=TODAY + DAY, is_working=False, notice="临时放假")
    sweep(NOW + DAY)
    settings.DUBAN_CHANNELS = ["inbox"]
    sweep(NOW + 2 * DAY)
    assert not Message.objects.filter(recipient=None).exists()
