"""The record of acts on tasks, for the audit administrator."""

from __future__ import annotations

from django.contrib import admin

from agencies.admin.record import RecordAdmin
from workflow.models import Event
from workflow.timeline import Verb


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    """Acts on tasks, with the states between which each led."""

    verbs = Verb
    concerns = ("task", "from_state", "to_state")
