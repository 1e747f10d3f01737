"""What the container files promise each other and the code."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatch

from agencies import wall
from tests.architecture.sources import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text()
FIRST_START = ROOT / "config" / "first_start.sh"


def test_what_is_mounted_from_the_folder_is_there_and_can_be_run() -> None:
    mounted = re.findall(r"^ +- \./([^:\s]+):", COMPOSE, re.MULTILINE)
    assert "config/first_start.sh" in mounted
    assert all(os.access(ROOT / path, os.X_OK) for path in mounted)


def test_the_database_is_made_with_the_role_that_people_read_under() -> None:
    said = FIRST_START.read_text()
    assert f"CREATE ROLE {wall.ROLE} NOLOGIN;" in said
    assert f"GRANT {wall.ROLE} TO duban;" in said


def test_secrets_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name in (".env", ".env.old", "var", ".git"):
        assert any(fnmatch(name, pattern) for pattern in ignored), name
