"""The outbox for the system administrator: what could not be delivered, and sending it again; never what it says."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.admin.offices import OfficeAdmin
from agencies.models import Office
from notifications.models import Message
from notifications.outbox import send_again


class GivenUpFilter(admin.SimpleListFilter):
    """What has become of a message; at first those given up are shown, which are indexed."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the states that want attention."""
        return [("queued", Message.State.QUEUED.label), ("withheld", Message.State.WITHHELD.label)]

    def choices(self, changelist: Any) -> Any:
        """Call the first choice by what it shows."""
        first, *others = super().choices(changelist)
        return [{**first, "display": Message.State.GIVEN_UP.label}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Narrow the list."""
        return queryset.filter(state=self.value() or Message.State.GIVEN_UP)


@admin.register(Message)
class MessageAdmin(OfficeAdmin[Message]):
    """Messages that could not be delivered, without their words: those are the business of others."""

    seen_by = frozenset({Office.SYSTEM})
    list_display = ("pk", "channel", "recipient", "topic", "state", "attempts", "answer", "created_at")
    list_display_links = None
    list_filter = (GivenUpFilter, "channel")
    list_select_related = ("recipient",)
    ordering = ("-created_at", "-pk")
    show_full_result_count = False
    actions = ("again",)

    def has_view_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Show the list only: a page of one message would show its words."""
        return obj is None and super().has_view_permission(request)

    @admin.action(description=_("Send again what was given up"))
    def again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Put the chosen messages back into the outbox."""
        count = send_again(queryset.values_list("pk", flat=True), now=timezone.now())
        self.message_user(request, _("%(count)d messages are queued again.") % {"count": count})
