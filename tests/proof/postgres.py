"""A PostgreSQL that keeps its promises (fsync on) and can be killed, ended at once and started again, over and over."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.rig.packages import postgresql_programs
from tests.rig.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0


def _unprivileged() -> Any:
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


class Postgres:
    """A server in a folder of its own; the folder is made by `initialise` or copied from one that was."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.port = folder, free_port()
        self._programs = postgresql_programs()
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the product's database."""
        return f"postgresql://duban@127.0.0.1:{self.port}/duban"

    @property
    def pid(self) -> int:
        """Return the number of the postmaster."""
        assert self._process is not None
        return self._process.pid

    def initialise(self) -> None:
        """Make the folder's data: an empty database whose owner is no superuser."""
        assert self._programs is not None
        data = self.folder / "data"
        data.mkdir(mode=0o700, parents=True)
        _own(self.folder)
        _own(data)
        options = ["-U", "keeper", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]
        command: list[str | Path] = [self._programs / "initdb", "-D", data, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **_unprivileged())
        self.start()
        for statement in ("CREATE ROLE duban LOGIN CREATEDB CREATEROLE", "CREATE DATABASE duban OWNER duban"):
            self._tell(statement)

    def start(self) -> None:
        """Start the server and wait until it listens; one that ends because something of the last is still there is started again."""
        deadline = time.monotonic() + PATIENCE
        while not self._came_up(deadline):
            if time.monotonic() > deadline:
                raise AssertionError(f"the server did not come up:\n{(self.folder / 'log').read_text(errors='replace')[-3000:]}")

    def _came_up(self, deadline: float) -> bool:
        assert self._programs is not None
        promises = [] if self._durable else [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.folder / "data",
            "-p",
            str(self.port),
            "-k",
            self.folder,
            *promises,
        ]
        command += ["-clisten_addresses=127.0.0.1", "-cmax_connections=60", "-cshared_buffers=64MB"]
        with (self.folder / "log").open("ab") as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command, stdout=output, stderr=output, cwd=self.folder, start_new_session=True, **_unprivileged()
            )
        self._process = process
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            time.sleep(0.02)
        return False

    def _tell(self, statement: str) -> None:
        assert self._programs is not None
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "keeper", "-d", "postgres"]
        deadline = time.monotonic() + PATIENCE
        while True:
            done = subprocess.run([self._programs / "psql", "-q", *where, "-c", statement], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
            if time.monotonic() > deadline or "starting up" not in done.stderr:
                raise AssertionError(done.stderr)

    def children(self) -> list[int]:
        """Return the processes of the server: one a session, and those that keep house."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def crash(self) -> None:
        """Kill the postmaster and every process of it (`kill -9`)."""
        assert self._process is not None
        os.kill(self.pid, signal.SIGSTOP)  # so that it bears no more children while these are counted
        children = self.children()
        os.kill(self.pid, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()

    def end_at_once(self) -> None:
        """End the server as `pg_ctl stop -m immediate` does: no farewell, recovery at the next start."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End the server in order."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)


def build(folder: Path) -> None:
    """Make a folder with the product's tables, to be copied for each proof; nothing runs on it afterwards."""
    server = Postgres(folder, durable=False)
    server.initialise()
    try:
        environment = {**os.environ, "DUBAN_DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        environment.pop("DUBAN_TEST_DATABASE", None)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    finally:
        server.stop()


def copy_of(built: Path, folder: Path) -> Postgres:
    """Start a durable server on a copy of what was built."""
    subprocess.run(["cp", "-a", "--reflink=auto", built, folder], check=True)
    server = Postgres(folder)
    server.start()
    return server
