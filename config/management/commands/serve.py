"""`manage.py serve`: prepare this installation, then run web, worker and beat together until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from agencies.models import User
from config.catalogues import compile_changed
from config.processes import Program, Supervisor

HIGHEST_PORT = 65535
QUIET = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",  # a container's only user is often root
}


class Command(BaseCommand):
    """Runs the whole product on one machine."""

    help = "Migrate, load the demonstration into an empty database, and run web, worker and beat together"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, say where it runs, run, and end with the supervisor's exit code."""
        host = os.environ.get("DUBAN_HOST", "127.0.0.1")
        port = _port()
        _refuse_taken(host, port)
        compile_changed()
        call_command("migrate", verbosity=0, interactive=False)
        self._seed()
        _collect_static()
        self._announce(host, port)
        code = Supervisor(_programs(host, port), environment=os.environ | QUIET, write=self._write).run()
        self._write("Stopped." if code == 0 else "Stopped after a failure.")
        sys.exit(code)

    def _seed(self) -> None:
        """Load the demonstration into an empty database, or finish what was interrupted."""
        unfinished = settings.VAR / "seeding"
        if unfinished.exists() or not User.objects.exists():
            self.stdout.write("Loading the directory and the demonstration ...")
            self.stdout.flush()
            unfinished.touch()
            call_command("seed", demo=True, stdout=self.stdout)
            unfinished.unlink()

    def _announce(self, host: str, port: int) -> None:
        shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104  (compared, not bound)
        call_command("demo_accounts", stdout=self.stdout)
        self.stdout.write(f"\nDuban 督办: http://{shown}:{port}/   (Ctrl-C stops everything)\n\n")
        self.stdout.flush()

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _port() -> int:
    """Return the port to listen on."""
    given = os.environ.get("DUBAN_PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) <= HIGHEST_PORT:
        raise CommandError(f"DUBAN_PORT is {given!r}: it must be a number from 1 to {HIGHEST_PORT}.")
    return int(given)


def _refuse_taken(host: str, port: int) -> None:
    """Say in words that the port is taken, before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Is it running already? Choose another port: make run DUBAN_PORT=8001"
            ) from error


def _collect_static() -> None:
    """Collect the static files when any of them changed since they were collected last."""
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            state.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = settings.VAR / "static.state"
    if not stamp.exists() or stamp.read_text() != state.hexdigest():
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state.hexdigest())


def _programs(host: str, port: int) -> list[Program]:
    """Return the processes of an installation on one machine; beat lives inside the only worker."""
    python = sys.executable
    bound = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [python, "-m", "gunicorn", "-c", str(settings.BASE_DIR / "config" / "web_server.py"), "config.wsgi:application", "--bind", bound]
    worker = [python, "-m", "celery", "-q", "-A", "config", "worker", "-B", "-P", "threads", "-c", "2", "-l", "warning"]
    worker += ["--without-gossip", "--without-mingle", "--schedule", str(settings.VAR / "beat")]
    return [Program("web", web), Program("worker", worker)]
