"""Django configuration of the site itself: base templates, static files, error pages."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The site."""

    name = "config"
