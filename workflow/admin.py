"""The record of acts on tasks, for the audit administrator; the working days, for the system administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agencies.admin.offices import OfficeAdmin
from agencies.admin.record import RecordAdmin
from agencies.models import Office
from workflow.models import Assignment, CalendarDay, Event
from workflow.states import SWEPT_STATES
from workflow.timeline import Verb


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    """Acts on tasks, with the states between which each led."""

    verbs = Verb
    concerns = ("task", "from_state", "to_state")


@admin.register(CalendarDay)
class CalendarDayAdmin(OfficeAdmin[CalendarDay]):
    """Days worked or not against the announced calendar, each with its notice; the history of a day says who changed it and when."""

    seen_by = added_by = changed_by = frozenset({Office.SYSTEM})
    list_display = ("day", "is_working", "notice")
    date_hierarchy = "day"
    ordering = ("-day",)

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        """Keep the day, and have the next sweep compute anew on which days the ladder fires."""
        super().save_model(request, obj, form, change)
        Assignment.objects.filter(state__in=SWEPT_STATES).update(ladder_on=None)
