"""Settings, addresses, the Celery application, base templates and static files. Imported by no other app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
