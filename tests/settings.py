"""Settings of the test suite: the product's own, with quick password hashing, mail kept in memory and folders of its own.

Each xdist worker has a folder, a broker and a database to itself. A process that a test starts on its worker's database
is told so by `DUBAN_TEST_DATABASE`.
"""

import atexit
import os
import shutil
import sys
import tempfile

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "DUBAN_TEST_VAR" not in os.environ:
    os.environ["DUBAN_TEST_VAR"] = tempfile.mkdtemp(prefix="duban-test-")
    atexit.register(shutil.rmtree, os.environ["DUBAN_TEST_VAR"], ignore_errors=True)
os.environ["DUBAN_VAR"] = os.path.join(os.environ["DUBAN_TEST_VAR"], _worker or "main")  # noqa: PTH118  (config.settings makes the Path)
if os.environ.get("DUBAN_TEST_BROKER"):
    os.environ["DUBAN_BROKER_URL"] = os.environ["DUBAN_TEST_BROKER"]  # before the settings choose the options that go with it

from config.catalogues import compile_changed
from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, CELERY_BROKER_URL, DATABASES, TEMPLATES, VAR
from tests.strictness import UndefinedVariable

compile_changed()  # before anything is translated

DUBAN_WATCHES = "pytest" not in sys.modules  # the tests themselves import every module; the processes they start watch
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
(VAR / "static").mkdir(exist_ok=True)
TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "templates")
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
LOGGING = {"version": 1, "disable_existing_loggers": False}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: other threads and processes meet there under the same locking as in use.
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
if os.environ.get("DUBAN_TEST_DATABASE"):
    DATABASES["default"]["NAME"] = os.environ["DUBAN_TEST_DATABASE"]
if CELERY_BROKER_URL.startswith("redis:") and "DUBAN_TEST_BROKER" not in os.environ:
    CELERY_BROKER_URL = f"{CELERY_BROKER_URL.rpartition('/')[0]}/{int(_worker.removeprefix('gw') or 0) + 1}"
