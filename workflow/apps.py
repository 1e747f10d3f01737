"""Django configuration of the workflow app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """The workflow app."""

    name = "workflow"
    verbose_name = _("Workflow")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer, when notices are sent, for the right to see tasks and for the days; and for what an agency has open."""
        from agencies import foresight
        from notifications import guards, hours
        from workflow import conversation
        from workflow.actions.climb import still_true
        from workflow.actions.estate import open_work
        from workflow.actions.tell_heirs import PREFIX, still_waits
        from workflow.grants import may_be_told, may_be_told_all, may_be_told_of_loss
        from workflow.working_days import calendar_in_force

        foresight.register(open_work)
        guards.register("task", may_be_told)
        guards.register("tasks", may_be_told_all)
        guards.register("lost", may_be_told_of_loss)
        guards.register("comment", conversation.may_be_told)
        guards.register_reasons("comment", conversation.why_not_told)
        guards.register("paper", conversation.may_read_papers)
        guards.register_keepers("task", conversation.coordinators_of)
        guards.register_keepers("tasks", conversation.coordinators_of)
        guards.register_relevance("assignment", still_true)
        guards.register_relevance(PREFIX, still_waits)
        hours.use_calendar(lambda: calendar_in_force().is_working)
