"""What stays for as long as a web process does is not looked through again while requests wait."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOADED = "import config.wsgi, gc, sys; print('workflow.web.task_page' in sys.modules, gc.get_freeze_count(), len(gc.get_objects()))"


def test_a_process_that_serves_has_its_pages_loaded_and_out_of_the_collectors_rounds(tmp_path: Path) -> None:
    environment = os.environ | {"DUBAN_VAR": str(tmp_path), "DUBAN_DATABASE_URL": "", "PYTHONWARNINGS": "ignore"}
    environment.pop("DUBAN_DATABASE_URL")
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    pages, spared, left = told.split()
    assert pages == "True"
    assert int(spared) > 20 * int(left)
