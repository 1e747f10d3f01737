"""A PostgreSQL and a Redis of our own: private folders, free ports, gone when the block ends, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.rig.packages import postgresql_programs, redis_program

PATIENCE = 20.0


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"duban-{name}-"))
    folder.chmod(0o711)  # the server may run as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pause() -> None:
    time.sleep(0.05)  # between two questions to a server that is not up yet


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something listens on the port; a server that ended instead is shown with its log."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        _pause()
    raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')}")


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgresql(cheated: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a PostgreSQL; gives the address of an empty database, whose owner is no superuser (row-level security binds it).

    Args:
        cheated: more environment for the server, such as a clock that goes wrong.
    """
    programs = postgresql_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    unprivileged = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    with _folder("postgresql") as folder:
        data, log = folder / "data", folder / "log"
        data.mkdir(mode=0o700)
        if unprivileged:
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(data, "postgres", "postgres")
        initdb = [programs / "initdb", "-D", data, "-U", "keeper", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **unprivileged)  # type: ignore[call-overload]
        port = free_port()
        fast = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        server = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-clisten_addresses=127.0.0.1", *fast]
        server += ["-cmax_connections=100", "-cshared_buffers=128MB"]
        with log.open("wb") as output:
            environment = os.environ | dict(cheated or {})
            options = {"stdout": output, "stderr": output, "cwd": folder, "env": environment, "start_new_session": True}
            process = subprocess.Popen(server, **options, **unprivileged)  # type: ignore[call-overload]
        try:
            _await_port(port, process, log)
            statements = ("CREATE ROLE duban LOGIN CREATEDB CREATEROLE", "CREATE DATABASE duban OWNER duban")
            for statement in statements:
                asked: list[str | Path] = [
                    programs / "psql",
                    "-q",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(port),
                    "-U",
                    "keeper",
                    "-d",
                    "postgres",
                    "-c",
                    statement,
                ]
                _run_when_up(asked)
            yield f"postgresql://duban@127.0.0.1:{port}/duban"
        finally:
            _end(process, signal.SIGINT)  # "fast" shutdown: open transactions are rolled back


def _run_when_up(command: Sequence[str | Path]) -> None:
    """Run a statement; right after its port opens the server may still say that it is starting up."""
    deadline = time.monotonic() + PATIENCE
    while True:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        if "starting up" not in done.stderr or time.monotonic() > deadline:
            raise RuntimeError(done.stderr)
        _pause()


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis; gives its address, without a database number."""
    program = redis_program()
    if program is None:
        raise RuntimeError("Redis is not installed (Debian: apt-get install redis-server)")
    with _folder("redis") as folder:
        port, log = free_port(), folder / "log"
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            _await_port(port, process, log)
            yield f"redis://127.0.0.1:{port}"
        finally:
            _end(process, signal.SIGTERM)
