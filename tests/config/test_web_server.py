"""Fresh web processes load before the old ones leave the door: nobody waits while they do."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.rig.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = 2
APPLICATION = """
import os, pathlib, threading
while not pathlib.Path("gate").exists():  # loads for as long as the test wants
    threading.Event().wait(0.02)

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [str(os.getpid()).encode()]
"""


def test_who_comes_while_fresh_processes_load_is_served_by_the_old_ones(tmp_path: Path) -> None:
    (tmp_path / "slow_site.py").write_text(APPLICATION)
    gate, port, log = tmp_path / "gate", free_port(), tmp_path / "log"
    gate.touch()
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "config/web_server.py"), "slow_site", "--bind", f"127.0.0.1:{port}"]
    with log.open("w") as said:
        web = subprocess.Popen(command, cwd=tmp_path, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait_until(lambda: len(_children(web.pid)) == PROCESSES and _serving(port) is not None, log)
        old = _children(web.pid)
        gate.unlink()
        web.send_signal(signal.SIGHUP)
        _wait_until(lambda: len(_children(web.pid)) == 2 * PROCESSES, log)
        assert {_serving(port) for _n in range(10)} <= old, "somebody was not served, or by a process that has not loaded"
        gate.touch()
        _wait_until(lambda: not old & _children(web.pid), log)
        assert _serving(port) in _children(web.pid)
        web.send_signal(signal.SIGTERM)
        web.wait(60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(web.pid, signal.SIGKILL)  # those that load would never notice that they are alone
        web.wait()


def _serving(port: int) -> int | None:
    """Return the process that answers, None when nobody does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as reply:
            return int(reply.read())
    except OSError:
        return None


def _children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def _wait_until(is_so: Callable[[], bool], log: Path) -> None:
    deadline, pause = time.monotonic() + 60, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        pause.wait(0.02)
