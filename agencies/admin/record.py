"""The records, for the audit administrator: everything to read, nothing to change."""

from __future__ import annotations

import json
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.admin.offices import OfficeAdmin
from agencies.chain_check import head_of
from agencies.models import ChainedEvent, DirectoryEvent, DirectoryVerb, Office

E = TypeVar("E", bound=ChainedEvent)


class RecordPaginator(Paginator[Any]):
    """Knows how long a whole record is without counting it: its last number."""

    @cached_property
    def count(self) -> int:
        """Return how many lines there are; only a choice of them is counted."""
        lines = self.object_list
        if isinstance(lines, QuerySet) and issubclass(lines.model, ChainedEvent) and not lines.query.where:
            return head_of(lines.model)[0]
        return lines.count() if isinstance(lines, QuerySet) else len(lines)


class TimeFilter(admin.DateFieldListFilter):
    """Chooses by time, under a heading that reads as one: the name of the column, "at", does not."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.title = _("time of the act")


class RecordAdmin(OfficeAdmin[E]):
    """One record. A subclass names its verbs, and in `concerns` what its lines are about."""

    verbs: ClassVar[type[TextChoices]]
    concerns: ClassVar[tuple[str, ...]] = ()

    seen_by = frozenset({Office.AUDIT})
    search_fields: ClassVar[tuple[str, ...]] = ("actor_name", "agency_name", "comment")
    ordering = ("-sequence",)
    paginator = RecordPaginator
    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns."""
        return ("sequence", "at", "act", "actor_name", "agency_name", *self.concerns, "comment")

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        """Load what lines are about with them."""
        return tuple(name for name in (*self.concerns, "on_behalf_of") if self.opts.get_field(name).is_relation)

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        """Offer to choose by day and by act."""
        return (("at", TimeFilter), VerbFilter)

    def get_fields(self, request: HttpRequest, obj: E | None = None) -> tuple[Any, ...]:
        """Show all that a line says, and what chains it to the others."""
        people = ("actor_name", self._named("on_behalf_of"), "agency_name")
        about = map(self._named, self.concerns)
        return ("sequence", "at", "act", *people, *about, "comment", "details", "digest_before", "own_digest")

    def _named(self, name: str) -> Any:
        """Return a field that shows a relation's name without a link: the auditor may not open what other offices keep."""
        field = self.opts.get_field(name)
        if not field.is_relation:
            return name

        @admin.display(description=getattr(field, "verbose_name", name))
        def shown(event: E) -> str:
            return str(getattr(event, name) or "-")

        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: E | None = None) -> tuple[Any, ...]:
        """Let nothing be changed."""
        return self.get_fields(request, obj)

    @admin.display(description=_("act"), ordering="verb")
    def act(self, event: E) -> str:
        """Return the act in the reader's language."""
        return str(self.verbs(event.verb).label) if event.verb in self.verbs.values else event.verb

    @admin.display(description=_("digest of the line before"))
    def digest_before(self, event: E) -> str:
        """Return what chains the line to the one before."""
        return event.previous

    @admin.display(description=_("digest of this line"))
    def own_digest(self, event: E) -> str:
        """Return what the next line is chained to."""
        return event.digest

    @admin.display(description=_("details"))
    def details(self, event: E) -> str:
        """Return the details as they were written."""
        return json.dumps(event.data, ensure_ascii=False, indent=1)


class VerbFilter(admin.SimpleListFilter):
    """Chooses by act, in the reader's language."""

    title = _("act")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the acts of the record."""
        verbs = model_admin.verbs if isinstance(model_admin, RecordAdmin) else DirectoryVerb
        return [(verb.value, str(verb.label)) for verb in verbs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the lines of the act chosen."""
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(DirectoryEvent)
class DirectoryEventAdmin(RecordAdmin[DirectoryEvent]):
    """Acts on the directory."""

    verbs = DirectoryVerb
    concerns = ("person",)
    search_fields = (*RecordAdmin.search_fields, "person__username", "person__name")
