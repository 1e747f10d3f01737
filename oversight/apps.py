"""Django configuration of the oversight app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """The oversight app; sees to it that the triggers of counters and words are there after every migration."""

    name = "oversight"
    verbose_name = _("Oversight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang the triggers' upkeep on migrations: SQLite loses them when it rebuilds a table."""
        pre_migrate.connect(_let_go, sender=self)
        post_migrate.connect(_take_up, sender=self)


def _let_go(*, using: str, **_more: Any) -> None:
    from oversight.counters import triggers
    from oversight.words import upkeep as words

    triggers.remove(connections[using])
    words.remove(connections[using])


def _take_up(*, using: str, plan: Any = (), **_more: Any) -> None:
    from oversight.counters import upkeep
    from oversight.words import upkeep as words

    upkeep.after_migration(using, migrated=bool(plan))
    words.after_migration(connections[using], using=using, migrated=bool(plan))
