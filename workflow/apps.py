"""Django configuration of the workflow app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """The workflow app."""

    name = "workflow"
    verbose_name = _("Workflow")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for the right to see tasks when notices about them are sent."""
        from notifications import guards
        from workflow.grants import may_be_told

        guards.register("task", may_be_told)
