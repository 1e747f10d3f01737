"""The plans of leads over HTTP; what moves them has its address from the catalog."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.work_plan_files import attach_plan_file, detach_plan_file
from workflow.actions.write_work_plan import MOST, Step, save_work_plan
from workflow.api.answers import require_version, with_version
from workflow.api.reading import request_actor, work_plans_for
from workflow.api.serializers import WorkPlanFileSerializer, WorkPlanSerializer, WorkStepSerializer
from workflow.api.views import IF_MATCH, REFUSALS, UPLOAD, WRITING_REFUSALS, RefusalSerializer, uploaded


class WorkPlanTextSerializer(serializers.Serializer[dict[str, Any]]):
    """What an officer of a lead writes; what is left out stays."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    steps = serializers.ListField(child=WorkStepSerializer(), required=False, max_length=MOST)


class WorkPlanDetail(APIView):
    """One version of a lead's plan: read it, or write into it while it is the agency's."""

    @extend_schema(responses={200: WorkPlanSerializer, 404: RefusalSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """Return the plan with its version as the ETag."""
        return self._shown(request, pk)

    @extend_schema(
        request=WorkPlanTextSerializer,
        responses={200: WorkPlanSerializer, **WRITING_REFUSALS},
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Keep text and steps; `If-Match` names the version that was read.

        Raises:
            PreconditionRequired: there is no `If-Match`.
            PreconditionFailed: somebody has written in the meantime.
        """
        actor, now = request_actor(request), timezone.now()
        row = get_object_or_404(work_plans_for(actor, now), pk=pk)
        require_version(request, row.version)
        given = WorkPlanTextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        kept = [Step(step.day, step.what, step.responsible) for step in row.steps.all()]
        steps = [Step(**step) for step in told["steps"]] if "steps" in told else kept
        save_work_plan(actor=actor, workplan_id=pk, text=told.get("text", row.text), steps=steps, version=row.version, now=now)
        return self._shown(request, pk)

    def _shown(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(work_plans_for(request_actor(request), timezone.now()), pk=pk)
        return with_version(WorkPlanSerializer(row, context={"request": request}).data, row.version)


class PlanFileUpload(APIView):
    """Attach a file to a plan that is still being written."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request=UPLOAD, responses={201: WorkPlanFileSerializer, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """Attach it."""
        row = attach_plan_file(workplan_id=pk, **uploaded(request))
        return Response(WorkPlanFileSerializer(row).data, status=status.HTTP_201_CREATED)


class PlanFileDetail(APIView):
    """A file of a lead's plan."""

    @extend_schema(responses={204: None, **REFUSALS})
    def delete(self, request: Request, pk: int, file_id: int) -> Response:
        """Remove it from a plan that is still being written."""
        detach_plan_file(actor=request_actor(request), workplan_id=pk, file_id=file_id, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
