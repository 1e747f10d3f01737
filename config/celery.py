"""The Celery application: doorbells only; what is to be done is always a row in the database."""

import os

from celery import Celery, signals

from config import folder_broker
from config.serving import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

folder_broker.install()
app = Celery("duban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("config.listening:Watchdog")
app.steps["consumer"].add("config.signs:Pulse")


@signals.celeryd_after_setup.connect
def settle_worker(**_told: object) -> None:
    """Settle before the first task, and before the processes of a pool are forked, which then share what is loaded."""
    settle()
