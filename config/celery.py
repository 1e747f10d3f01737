"""The Celery application: doorbells only; what is to be done is always a row in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("duban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("config.listening:Watchdog")
app.steps["consumer"].add("config.signs:Pulse")
