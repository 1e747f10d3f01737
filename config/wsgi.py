"""WSGI entry point. Each process that serves settles first, and watches whether beat and worker live."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.serving import settle  # noqa: E402  (need the applications, which the line above loads)
from config.watch import Watch  # noqa: E402

settle()

if settings.DUBAN_WATCHES:
    Watch().start()
