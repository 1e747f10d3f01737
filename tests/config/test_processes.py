"""Several processes run as one: they start together, stop together, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent

SUPERVISED = """
    import os, sys, threading
    from config.processes import Program, Supervisor
    def write(line):
        print(line, end="", flush=True)
        threading.Event().wait(0.01)  # what others say meanwhile comes in between, unless they wait
        print(flush=True)
    programs = [Program(name, [sys.executable, "-u", "-c", code]) for name, code in {programs!r}.items()]
    sys.exit(Supervisor(programs, environment=os.environ, write=write).run())
"""
SLEEPER = "import signal, os; print('up', os.getpid()); signal.pause()"
STUBBORN_PARENT = (
    "import os, signal, subprocess, sys; "
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); "
    "print('up', child.pid); signal.pause()"
)


@pytest.fixture
def supervise() -> Iterator[Callable[[dict[str, str]], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(programs: dict[str, str]) -> subprocess.Popen[str]:
        code = textwrap.dedent(SUPERVISED.format(programs=programs))
        process = subprocess.Popen([sys.executable, "-u", "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_pids(process: subprocess.Popen[str], count: int) -> list[int]:
    """Read the process numbers that the programs say."""
    assert process.stdout is not None
    said: list[int] = []
    for line in process.stdout:
        if " up " in line:
            said.append(int(line.split()[-1]))
        if len(said) == count:
            return said
    raise AssertionError("the programs did not come up")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_ends_every_program_and_says_that_all_is_well(
    supervise: Callable[[dict[str, str]], subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = supervise({"one": SLEEPER, "two": SLEEPER})
    pids = read_pids(process, 2)
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not [pid for pid in pids if is_alive(pid)]


def test_what_a_program_started_in_turn_is_ended_with_it(supervise: Callable[[dict[str, str]], subprocess.Popen[str]]) -> None:
    process = supervise({"parent": STUBBORN_PARENT})
    (grandchild,) = read_pids(process, 1)
    process.terminate()
    process.wait(20)
    assert not is_alive(grandchild)


def test_when_one_ends_by_itself_the_others_are_stopped_and_the_run_has_failed(
    supervise: Callable[[dict[str, str]], subprocess.Popen[str]],
) -> None:
    process = supervise({"lasting": SLEEPER, "short": "import sys; sys.exit(3)"})
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "short ended by itself (exit code 3)" in output


def test_lines_are_marked_with_their_program(supervise: Callable[[dict[str, str]], subprocess.Popen[str]]) -> None:
    output, _ = supervise({"web": "print('hello')", "worker": "import signal; signal.pause()"}).communicate(timeout=20)
    assert "web    | hello" in output


def test_lines_of_programs_that_talk_at_once_stay_whole(supervise: Callable[[dict[str, str]], subprocess.Popen[str]]) -> None:
    talker = "import signal\nfor number in range(20):\n    print('said', number, flush=True)\nsignal.pause()"
    process = supervise({"one": talker, "two": talker})
    assert process.stdout is not None
    lines = sorted(process.stdout.readline() for _line in range(40))
    process.terminate()
    assert process.wait(20) == 0
    assert lines == sorted(f"{name} | said {number}\n" for name in ("one", "two") for number in range(20))


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start whole installations of their own."""
    own = ("DUBAN_", "DJANGO_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    started: list[subprocess.Popen[str]] = []

    def start(**more: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment | {"DUBAN_VAR": str(tmp_path)} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.sqlite
def test_one_command_brings_the_whole_product_up_twice_and_down_without_a_trace(installation: Callable[..., subprocess.Popen[str]]) -> None:
    port = free_port()
    for _ in range(2):
        process = installation(DUBAN_PORT=str(port))
        said = read_until(process, f"http://127.0.0.1:{port}/")
        assert "Traceback" not in said
        running = children(process.pid)
        while not answers(port):
            assert process.poll() is None
        running = children(process.pid)
        assert len(running) == 2
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=40)
        assert process.returncode == 0
        assert output.rstrip().endswith("Stopped.")
        assert not [pid for pid in running if is_alive(pid)]


@pytest.mark.sqlite
def test_a_taken_port_is_said_in_words(installation: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        output, _ = installation(DUBAN_PORT=str(port)).communicate(timeout=30)
    assert f"Cannot listen on 127.0.0.1:{port}" in output
    assert "DUBAN_PORT" in output


@pytest.mark.sqlite
@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_said_in_words(installation: Callable[..., subprocess.Popen[str]], port: str) -> None:
    output, _ = installation(DUBAN_PORT=port).communicate(timeout=30)
    assert "it must be a number from 1 to 65535" in output
    assert "Traceback" not in output
