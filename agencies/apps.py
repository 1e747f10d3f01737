"""Django configuration of the agencies app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    """The agencies app."""

    name = "agencies"
    verbose_name = _("Agencies and people")
    default_auto_field = "django.db.models.BigAutoField"
