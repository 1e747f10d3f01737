"""Django configuration of the seeds app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeedsConfig(AppConfig):
    """The seeds app."""

    name = "seeds"
    verbose_name = _("Seeds")
    default_auto_field = "django.db.models.BigAutoField"
