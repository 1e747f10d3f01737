"""The parts of a task side by side over HTTP: 17/21 signed, 15/21 reported, 2 late."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.api.keys import LARGEST
from workflow.api.reading import request_actor, tasks_for, with_everything
from workflow.api.views import REFUSALS
from workflow.comparison import counts_of, rows_of
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
    """The table and its sums."""

    counts = CountsSerializer()
    rows = SideBySideSerializer(many=True)


class AskedSerializer(serializers.Serializer[dict[str, Any]]):
    """Which parts are wanted."""

    group = serializers.IntegerField(required=False, default=None, min_value=1, max_value=LARGEST)


class Comparison(APIView):
    """The parts of a task that stand, side by side."""

    @extend_schema(
        parameters=[OpenApiParameter("group", OpenApiTypes.INT, description="Only the parts of this group's members.")],
        responses={200: ComparisonSerializer, 400: REFUSALS[400], 404: REFUSALS[404]},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return them with what they come to."""
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now, group = timezone.now(), asked.validated_data["group"]
        task = get_object_or_404(with_everything(tasks_for(request_actor(request), now)), pk=pk)
        rows = rows_of(task.assignments.all(), timezone.localdate(now), calendar_in_force(), thresholds_in_force())
        chosen = [row for row in rows if group in {None, row.part.group_id}]
        return Response(ComparisonSerializer({"counts": counts_of(chosen), "rows": chosen}).data)
