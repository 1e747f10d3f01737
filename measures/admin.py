"""The record of acts on plans, for the audit administrator."""

from __future__ import annotations

from django.contrib import admin

from agencies.admin.record import RecordAdmin
from measures.models import PlanEvent, PlanVerb


@admin.register(PlanEvent)
class PlanEventAdmin(RecordAdmin[PlanEvent]):
    """Acts on plans and on the uploads they come from."""

    verbs = PlanVerb
    concerns = ("plan", "upload")
