"""Django configuration of the site itself: base templates, static files, error pages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    """The site."""

    name = "config"


class AdministrationConfig(AdminConfig):
    """The library's administration, with the site of the house."""

    default_site = "config.administration.House"
