"""What supporting agencies contribute, and reports written for several tasks, over HTTP."""

from __future__ import annotations

import json
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.contribution_files import attach_material, detach_material
from workflow.actions.joint_reports import write_together
from workflow.actions.write_contribution import save_contribution
from workflow.api.answers import once, require_version, with_version
from workflow.api.reading import contributions_for, reports_for, request_actor
from workflow.api.serializers import ContributionSerializer, MaterialSerializer, ReportSerializer
from workflow.api.views import IDEMPOTENCY, IF_MATCH, REFUSALS, UPLOAD, WRITING_REFUSALS, RefusalSerializer, uploaded


class ContributionTextSerializer(serializers.Serializer[dict[str, Any]]):
    """What an officer of a supporting agency writes."""

    text = serializers.CharField(allow_blank=True, max_length=20000)


class ContributionDetail(APIView):
    """One contribution: read it, or write into it while it is the agency's."""

    @extend_schema(responses={200: ContributionSerializer, 404: RefusalSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """Return the contribution with its version as the ETag."""
        return self._shown(request, pk)

    @extend_schema(
        request=ContributionTextSerializer,
        responses={200: ContributionSerializer, **WRITING_REFUSALS},
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Keep the text; `If-Match` names the version that was read.

        Raises:
            PreconditionRequired: there is no `If-Match`.
            PreconditionFailed: somebody has written in the meantime.
        """
        actor, now = request_actor(request), timezone.now()
        row = get_object_or_404(contributions_for(actor, now), pk=pk)
        require_version(request, row.version)
        given = ContributionTextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        save_contribution(actor=actor, contribution_id=pk, text=given.validated_data["text"], version=row.version, now=now)
        return self._shown(request, pk)

    def _shown(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(contributions_for(request_actor(request), timezone.now()), pk=pk)
        return with_version(ContributionSerializer(row, context={"request": request}).data, row.version)


class MaterialUpload(APIView):
    """Attach a file to a contribution that is still being written."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request=UPLOAD, responses={201: MaterialSerializer, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """Attach it."""
        row = attach_material(contribution_id=pk, **uploaded(request))
        return Response(MaterialSerializer(row).data, status=status.HTTP_201_CREATED)


class MaterialDetail(APIView):
    """A file of a contribution."""

    @extend_schema(responses={204: None, **REFUSALS})
    def delete(self, request: Request, pk: int, material_id: int) -> Response:
        """Remove it from a contribution that is still being written."""
        detach_material(actor=request_actor(request), contribution_id=pk, material_id=material_id, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class FollowingReportSerializer(serializers.Serializer[dict[str, Any]]):
    """A further report that one is written for, with its own percentage."""

    id = serializers.IntegerField(min_value=1)
    percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)


class TogetherSerializer(serializers.Serializer[dict[str, Any]]):
    """Further reports that one is written for."""

    reports = FollowingReportSerializer(many=True)


class WriteTogether(APIView):
    """Write one report for several tasks."""

    @extend_schema(request=TogetherSerializer, responses={200: ReportSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Say which further reports of the same agency and period this one is written for; those left out stand alone again."""
        given = TogetherSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        others = {row["id"]: row["percent"] for row in given.validated_data["reports"]}

        def run() -> tuple[int, Any]:
            write_together(actor=actor, report_id=pk, others=others, now=now)
            row = reports_for(actor, now).get(pk=pk)
            return 200, json.loads(json.dumps(ReportSerializer(row, context={"request": request}).data, default=str))

        return once(request, now=now, perform=run)
