"""What the suite needs from the system, and how it comes there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def postgresql_programs() -> Path | None:
    """Return the folder with initdb and pg_ctl of the newest PostgreSQL here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def redis_program() -> str | None:
    """Return the Redis server here."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium_program() -> str | None:
    """Return the Chromium here."""
    given = os.environ.get("DUBAN_TEST_CHROMIUM")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def faketime_library() -> Path:
    """Return the library that fakes the clock of a process, installed when it is not here and may be; only one proof needs it.

    Raises:
        RuntimeError: it is not here and may not be installed; says what to install.
    """
    found = _faketime()
    if found is None:
        install(["libfaketime"])
        found = _faketime()
    if found is None:
        raise RuntimeError("Installed, but not found: libfaketime")
    return found


def _faketime() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def _has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    return lister is not None and bool(subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def missing() -> list[str]:
    """Return the Debian packages of what is not here."""
    wanted = {
        "postgresql": postgresql_programs(),
        "redis-server": redis_program(),
        "chromium": chromium_program(),
        "fonts-noto-cjk": _has_chinese_font(),
    }
    return [package for package, found in wanted.items() if not found]


def provide() -> None:
    """Install what is missing when that is allowed here, else say exactly what to install and end."""
    packages = missing()
    if not packages:
        return
    install(packages)
    still = missing()
    if still:
        sys.exit(f"Installed, but not found: {', '.join(still)}")


def install(packages: list[str]) -> None:
    """Install Debian packages when that is allowed here, else say exactly what to install and end."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"The tests need: {', '.join(packages)}. On Debian:\n    sudo apt-get update && sudo {' '.join(command)}")
    print(f"Installing for the tests: {', '.join(packages)} ...", flush=True)
    if "postgresql" in packages and not CREATE_CLUSTER.exists():
        # The suite starts a server of its own; Debian need not make and start one besides.
        CREATE_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        CREATE_CLUSTER.write_text("create_main_cluster = false\n")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=True, env=environment, stdout=subprocess.DEVNULL)
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
