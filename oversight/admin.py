"""Tasks in the administration, to read: their states change by the acts of the catalog only, each asked of the policy."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.middleware import actor_of
from oversight import sight
from workflow.models import Task
from workflow.web import load
from workflow.web.buttons import buttons


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin[Task]):
    """What somebody oversees, for those who coordinate or lead: nothing is added, changed or deleted here.

    The buttons lead to the pages of the acts, the same as everywhere: a crafted request to this page changes nothing.
    """

    list_display = ("number", "title", "plan", "state", "percent", "due_on", "dispatched_at")
    list_display_links = ("title",)
    list_filter = ("state",)
    list_select_related = ("plan",)
    search_fields = ("number", "title")
    ordering = ("due_on", "pk")
    show_full_result_count = False
    fields = readonly_fields = (
        "number", "title", "of_plan", "issued_by", "state", "text", "due_on", "first_due_on", "percent", "dispatched_at", "closed_at",
        "was_overdue",
    )  # fmt: skip

    @admin.display(description=_("Plan"))
    def of_plan(self, row: Task) -> str:
        """Return the plan as text: its own page in the administration is not open to those who read here."""
        return str(row.plan or "—")

    @admin.display(description=_("Issuer"))
    def issued_by(self, row: Task) -> str:
        """Return the issuer as text, for the same reason."""
        return str(row.issuer)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to those who oversee."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        """Let those read who coordinate or lead somewhere; which tasks, the list itself narrows."""
        return actor_of(request).oversees

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        """Let nobody change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        """Let nobody delete."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        """Return what the person oversees."""
        return sight.overseen_tasks(actor_of(request), now=timezone.now())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a task with the acts that the catalog offers the person on it."""
        found = self.get_object(request, object_id)
        acts = None
        if found is not None:
            now = timezone.now()
            acts = buttons(actor_of(request), load.whole_task(actor_of(request), found.pk, now=now), now=now)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts, "title": _("Task")})
