"""Tasks, reports and acts over HTTP; each act of the catalog has an address of its own."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from workflow.actions.write_report import ReportText, attach_evidence, detach_evidence, save_report
from workflow.api.answers import KeysetPagination, once, require_version, with_version
from workflow.api.keys import LARGEST
from workflow.api.reading import readable_events, reports_for, request_actor, tasks_for, with_everything
from workflow.api.serializers import (
    EventSerializer,
    EvidenceSerializer,
    ReportSerializer,
    ReportTextSerializer,
    TaskDetailSerializer,
    TaskSerializer,
    fields_of,
)
from workflow.catalog import CATALOG, Act, Subject
from workflow.models import Answer, Assignment, Contribution, Event, Report, Task, WorkPlan
from workflow.states import TaskState

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="Repeating a request with the same key repeats its answer."
)


class RefusalSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a request was refused."""

    detail = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField(required=False)
    fields = serializers.JSONField(required=False)  # type: ignore[assignment]


REFUSALS = dict.fromkeys((400, 403, 404, 409, 422, 503), RefusalSerializer)
WRITING_REFUSALS = REFUSALS | dict.fromkeys((412, 428), RefusalSerializer)
"""Of what is written on a version that `If-Match` names."""
IF_MATCH = OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)


class TaskFilter(filters.FilterSet):  # type: ignore[misc]
    """The filters of the list; what is not named here changes nothing."""

    state = filters.ChoiceFilter(choices=TaskState.choices)
    plan = filters.NumberFilter(field_name="plan_id", max_value=LARGEST)
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    due_after = filters.DateFilter(field_name="due_on", lookup_expr="gte")

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()


class TaskList(ListAPIView[Task]):
    """The tasks the actor may see, newest first."""

    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    pagination_class = KeysetPagination
    filterset_class = TaskFilter

    def get_queryset(self) -> Any:
        """Return them."""
        return tasks_for(request_actor(self.request), timezone.now())


class TaskDetail(RetrieveAPIView[Task]):
    """One task with its parts and what the actor may do."""

    queryset = Task.objects.none()
    serializer_class = TaskDetailSerializer

    def get_queryset(self) -> Any:
        """Return the tasks it may be one of."""
        return with_everything(tasks_for(request_actor(self.request), timezone.now()))


class EventPagination(KeysetPagination):
    """The record in its order."""

    ordering = "sequence"


class TaskEvents(ListAPIView[Event]):
    """The record of a task, in order."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    pagination_class = EventPagination
    filter_backends = ()

    def get_queryset(self) -> Any:
        """Return it, without what agencies do inside themselves, unless it is the actor's own.

        Raises:
            Http404: there is no such task for this actor.
        """
        actor = request_actor(self.request)
        if not tasks_for(actor, timezone.now()).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return readable_events(actor).filter(task_id=self.kwargs["pk"])


class ReportDetail(APIView):
    """One report: read it, or write into it while it is the agency's."""

    @extend_schema(responses={200: ReportSerializer, 404: RefusalSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """Return the report with its version as the ETag."""
        return self._shown(request, pk)

    @extend_schema(
        request=ReportTextSerializer,
        responses={200: ReportSerializer, **WRITING_REFUSALS},
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Keep what is given beside what is there; `If-Match` names the version that was read.

        Raises:
            PreconditionRequired: there is no `If-Match`.
            PreconditionFailed: somebody has written in the meantime.
        """
        actor, now = request_actor(request), timezone.now()
        report = get_object_or_404(reports_for(actor, now), pk=pk)
        require_version(request, report.version)
        text = ReportTextSerializer(data=request.data, partial=True)
        text.is_valid(raise_exception=True)
        kept = {name: getattr(report, name) for name in map(str, ReportTextSerializer().fields.keys())}
        save_report(actor=actor, report_id=pk, text=ReportText(**kept | text.validated_data), version=report.version, now=now)
        return self._shown(request, pk)

    def _shown(self, request: Request, pk: int) -> Response:
        report = get_object_or_404(reports_for(request_actor(request), timezone.now()), pk=pk)
        return with_version(ReportSerializer(report, context={"request": request}).data, report.version)


class Upload(serializers.Serializer[dict[str, Any]]):
    """The file."""

    file = serializers.FileField(allow_empty_file=True)


UPLOAD = {"multipart/form-data": Upload}


def uploaded(request: Request) -> dict[str, Any]:
    """Return who attaches which file, and when: the arguments of an act that keeps it."""
    upload = Upload(data=request.data)
    upload.is_valid(raise_exception=True)
    file = upload.validated_data["file"]
    return {"actor": request_actor(request), "filename": file.name, "content": file.read(), "now": timezone.now()}


class EvidenceUpload(APIView):
    """Attach a file to a report that is still being written."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request=UPLOAD, responses={201: EvidenceSerializer, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """Attach it."""
        row = attach_evidence(report_id=pk, **uploaded(request))
        return Response(EvidenceSerializer(row).data, status=status.HTTP_201_CREATED)


class EvidenceDetail(APIView):
    """A file of a report."""

    @extend_schema(responses={204: None, **REFUSALS})
    def delete(self, request: Request, pk: int, evidence_id: int) -> Response:
        """Remove it from a report that is still being written."""
        detach_evidence(actor=request_actor(request), report_id=pk, evidence_id=evidence_id, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ActView(APIView):
    """Do one act of the catalog; subclasses are made by `view_of`."""

    act: Act

    def perform(self, request: Request, pk: int) -> Response:
        """Do it once for each Idempotency-Key and return the task as it stands."""
        given = fields_of(self.act)(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            self.act.run(actor=actor, now=now, **{f"{self.act.subject}_id": pk}, **given.validated_data)
            return status.HTTP_200_OK, {"done": self.act.name, "task": _task_id(self.act.subject, pk)}

        return once(request, now=now, perform=run)


class DoneSerializer(serializers.Serializer[dict[str, Any]]):
    """What was done, and to which task."""

    done = serializers.CharField()
    task = serializers.IntegerField()


def _task_id(subject: Subject, pk: int) -> int:
    match subject:
        case Subject.TASK:
            return pk
        case Subject.ASSIGNMENT:
            return Assignment.objects.values_list("task_id", flat=True).get(pk=pk)
        case Subject.ANSWER:
            return Answer.objects.values_list("assignment__task_id", flat=True).get(pk=pk)
        case Subject.CONTRIBUTION:
            return Contribution.objects.values_list("assignment__task_id", flat=True).get(pk=pk)
        case Subject.WORKPLAN:
            return WorkPlan.objects.values_list("assignment__task_id", flat=True).get(pk=pk)
        case Subject.REPORT:
            return Report.objects.values_list("assignment__task_id", flat=True).get(pk=pk)


def view_of(act: Act) -> type[ActView]:
    """Return the view of an act, described from its entry."""

    def post(self: ActView, request: Request, pk: int) -> Response:
        return self.perform(request, pk)

    post.__doc__ = str(act.label)
    described = extend_schema(
        operation_id=f"{act.subject}_{act.name}",
        request=cast("type[BaseSerializer[Any]]", fields_of(act)),
        responses={200: DoneSerializer, **REFUSALS},
        parameters=[IDEMPOTENCY],
        tags=[act.subject.value],
    )(post)
    name = "".join(part.title() for part in act.name.split("_")) + "View"
    return type(name, (ActView,), {"act": act, "post": described, "__doc__": f"The act `{act.name}`."})


ACT_VIEWS = {name: view_of(act) for name, act in CATALOG.items()}
