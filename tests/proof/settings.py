"""Settings of the processes that are killed: the product's own, at all hours, towards the sinks of the rig."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, INSTALLED_APPS

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["DUBAN_PROOF_SMTP"])
DUBAN_CHANNELS = ["inbox", "email", "webhook"]
DUBAN_SENDING_HOURS, DUBAN_SEND_ON_REST_DAYS, DUBAN_DIGEST_AT = "00:00-24:00", True, "00:00"
DUBAN_MAIL_LIMIT = int(os.environ.get("DUBAN_PROOF_MAIL_LIMIT", "1000000000"))
DUBAN_PRIVATE_RECEIVERS = ["127.0.0.0/8"]
DUBAN_WEBHOOK_URL, DUBAN_WEBHOOK_SECRET = os.environ["DUBAN_PROOF_HOOK"], "proof"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
"""A mistake that a visitor is told of is read in what the processes said."""
if os.environ.get("DUBAN_PROOF_IDLE_LIMIT"):
    limits = DATABASES["default"]["OPTIONS"]["options"]
    DATABASES["default"]["OPTIONS"]["options"] = f"{limits} -c idle_in_transaction_session_timeout={os.environ['DUBAN_PROOF_IDLE_LIMIT']}"
if os.environ.get("DUBAN_PROOF_VISIBILITY"):
    CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] = int(os.environ["DUBAN_PROOF_VISIBILITY"])
if os.environ.get("DUBAN_PROOF_DEAF_AFTER"):
    DUBAN_DEAF_AFTER = float(os.environ["DUBAN_PROOF_DEAF_AFTER"])
if os.environ.get("DUBAN_PROOF_BEAT"):
    for entry in CELERY_BEAT_SCHEDULE.values():
        entry["schedule"] = float(os.environ["DUBAN_PROOF_BEAT"])
if os.environ.get("DUBAN_PROOF_MUTANT"):
    INSTALLED_APPS.append("tests.proof.mutants.Mutants")
