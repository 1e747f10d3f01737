"""The parts of a task side by side over HTTP: 17/21 signed, 15/21 reported, 2 late."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.refusals import Invalid
from workflow.api.keys import LARGEST
from workflow.api.reading import request_actor, tasks_for, with_everything
from workflow.api.views import REFUSALS
from workflow.comparison import counts_of, periods_of, rows_of
from workflow.thresholds import thresholds_in_force
from workflow.working_days import calendar_in_force


class SideBySideSerializer(serializers.Serializer[Any]):
    """One agency's part beside the others."""

    assignment = serializers.IntegerField(source="part.pk")
    agency = serializers.IntegerField(source="part.agency_id")
    agency_name = serializers.CharField(source="part.agency.short_name")
    group = serializers.IntegerField(source="part.group_id", allow_null=True)
    part = serializers.CharField(source="part.part")
    state = serializers.CharField(source="part.state")
    percent = serializers.IntegerField(source="part.percent")
    due_on = serializers.DateField(source="part.due_on", allow_null=True)
    first_due_on = serializers.DateField(source="part.first_due_on", allow_null=True)
    light = serializers.CharField(source="light.colour")
    has_signed = serializers.BooleanField()
    has_reported = serializers.BooleanField()
    missed = serializers.IntegerField()
    extensions = serializers.IntegerField()
    is_late = serializers.BooleanField()
    is_late_by_first = serializers.BooleanField()


class CountsSerializer(serializers.Serializer[Any]):
    """What the rows come to."""

    all = serializers.IntegerField()
    signed = serializers.IntegerField()
    expected = serializers.IntegerField()
    reported = serializers.IntegerField()
    declared = serializers.IntegerField()
    late = serializers.IntegerField()
    late_by_first = serializers.IntegerField()
    extended = serializers.IntegerField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """The table and its sums, and the periods that can be looked at, the latest first, each named by its last day."""

    period = serializers.DateField(allow_null=True)
    periods = serializers.ListField(child=serializers.DateField())
    counts = CountsSerializer()
    rows = SideBySideSerializer(many=True)


class AskedSerializer(serializers.Serializer[dict[str, Any]]):
    """Which parts are wanted, and by which period."""

    group = serializers.IntegerField(required=False, default=None, min_value=1, max_value=LARGEST)
    period = serializers.DateField(required=False, default=None)


class Comparison(APIView):
    """The parts of a task that stand, side by side."""

    @extend_schema(
        parameters=[
            OpenApiParameter("group", OpenApiTypes.INT, description="Only the parts of this group's members."),
            OpenApiParameter(
                "period",
                OpenApiTypes.DATE,
                description="The last day of one of `periods`; else the latest that is due for everybody.",
            ),
        ],
        responses={200: ComparisonSerializer, 400: REFUSALS[400], 404: REFUSALS[404]},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return them with what they come to, by the period asked for, else by the one with which the page begins.

        Raises:
            Invalid: nothing was expected of the period that was named.
        """
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now, group, named = timezone.now(), asked.validated_data["group"], asked.validated_data["period"]
        task = get_object_or_404(with_everything(tasks_for(request_actor(request), now)), pk=pk)
        today, parts = timezone.localdate(now), task.assignments.all()
        periods = periods_of(parts, today)
        if named is not None and named not in periods.all:
            raise Invalid(_("Nothing is expected of this period; choose one of those listed."), "period")
        period = periods.choose(named.isoformat() if named else "")
        rows = rows_of(parts, today, calendar_in_force(), thresholds_in_force(), period=period)
        chosen = [row for row in rows if group in {None, row.part.group_id}]
        body = {"period": period, "periods": periods.all, "counts": counts_of(chosen), "rows": chosen}
        return Response(ComparisonSerializer(body).data)
