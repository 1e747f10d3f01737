"""The record of acts on tasks, for the audit administrator; the working days as they were set."""

from __future__ import annotations

from django.contrib import admin

from agencies.admin.offices import OfficeAdmin
from agencies.admin.record import RecordAdmin
from agencies.models import Office
from workflow.models import CalendarDay, Event
from workflow.timeline import Verb


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    """Acts on tasks, with the states between which each led."""

    verbs = Verb
    concerns = ("task", "from_state", "to_state")


@admin.register(CalendarDay)
class CalendarDayAdmin(OfficeAdmin[CalendarDay]):
    """Days worked or not against the announced calendar, each with its notice; they are set on the page of the working days."""

    seen_by = frozenset({Office.SYSTEM, Office.AUDIT})
    list_display = ("day", "is_working", "notice")
    date_hierarchy = "day"
    ordering = ("-day",)
