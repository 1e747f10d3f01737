"""The record, for the audit administrator: everything to read, nothing to change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies.admin.offices import OfficeAdmin
from agencies.models import DirectoryEvent, DirectoryVerb, Office


class VerbFilter(admin.SimpleListFilter):
    """Chooses by act, in the reader's language."""

    title = _("act")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the acts."""
        return [(verb.value, str(verb.label)) for verb in DirectoryVerb]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DirectoryEvent]) -> QuerySet[DirectoryEvent]:
        """Return the lines of the act chosen."""
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(DirectoryEvent)
class DirectoryEventAdmin(OfficeAdmin[DirectoryEvent]):
    """Acts on the directory."""

    seen_by = frozenset({Office.AUDIT})
    list_display = ("sequence", "at", "act", "actor_name", "agency_name", "person", "comment")
    list_filter = (("at", admin.DateFieldListFilter), VerbFilter)
    search_fields = ("actor_name", "agency_name", "person__username", "person__name", "comment")
    list_select_related = ("person",)
    ordering = ("-sequence",)
    show_full_result_count = False
    fields = ("sequence", "at", "act", "actor_name", "agency_name", "person", "comment", "details", "previous", "digest")
    readonly_fields = fields

    @admin.display(description=_("act"), ordering="verb")
    def act(self, event: DirectoryEvent) -> str:
        """Return the act in the reader's language."""
        return event.verb_label

    @admin.display(description=_("details"))
    def details(self, event: DirectoryEvent) -> str:
        """Return the details as they were written."""
        return json.dumps(event.data, ensure_ascii=False, indent=1)
