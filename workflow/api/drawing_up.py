"""Drawing tasks up over HTTP, and changing those that have not gone out: the tasks of a plan, one by hand, its receivers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.draw_up import PlannedReceiver, draw_up_plan, draw_up_task
from workflow.actions.plan_task import edit_task, settle_receiver
from workflow.api.answers import once
from workflow.api.decisions import directed
from workflow.api.keys import KeyField
from workflow.api.reading import request_actor
from workflow.api.serializers import TaskSerializer
from workflow.api.views import IDEMPOTENCY, REFUSALS
from workflow.states import Part, Rhythm


class ReceiverSerializer(serializers.Serializer[dict[str, Any]]):
    """Who is to receive a task: an agency or a group."""

    part = serializers.ChoiceField(choices=Part.choices)
    agency_id = KeyField(required=False, allow_null=True, default=None)
    group_id = KeyField(required=False, allow_null=True, default=None)


class WordsSerializer(serializers.Serializer[dict[str, Any]]):
    """What a task that has not gone out says, and who is to receive it, leads first."""

    title = serializers.CharField(max_length=300)
    text = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    rhythm = serializers.ChoiceField(choices=Rhythm.choices, default=Rhythm.NONE)
    receivers = ReceiverSerializer(many=True)


class NewTaskSerializer(WordsSerializer):
    """A task drawn up by hand."""

    issuer_id = KeyField()
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    parent_id = KeyField(required=False, allow_null=True, default=None)
    measure_id = KeyField(required=False, allow_null=True, default=None)


class EditSerializer(WordsSerializer):
    """A draft as it is to be."""

    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class SettleSerializer(serializers.Serializer[dict[str, Any]]):
    """The agency that a name means; none drops the name."""

    agency_id = KeyField(allow_null=True)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class DrawnUpSerializer(serializers.Serializer[dict[str, Any]]):
    """The tasks drawn up."""

    tasks = serializers.ListField(child=serializers.IntegerField())


def planned(rows: list[dict[str, Any]]) -> list[PlannedReceiver]:
    """Return receivers as the act takes them."""
    return [PlannedReceiver(row["part"], agency_id=row["agency_id"], group_id=row["group_id"]) for row in rows]


class DrawUpTask(APIView):
    """Draw a task up by hand."""

    @extend_schema(request=NewTaskSerializer, responses={201: TaskSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Draw it up; it goes out by the act `dispatch`."""
        given = NewTaskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        told = dict(given.validated_data)
        receivers = planned(told.pop("receivers"))

        def run() -> tuple[int, Any]:
            task = draw_up_task(actor=actor, receivers=receivers, now=now, **told)
            return status.HTTP_201_CREATED, TaskSerializer(task).data

        return once(request, now=now, perform=run)


class DrawUpPlan(APIView):
    """Draw up a task for each measure of a plan that has none."""

    @extend_schema(request=None, responses={200: DrawnUpSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Draw them up; done again there is none left."""
        actor, now = request_actor(request), timezone.now()
        plan = directed(actor, pk)

        def run() -> tuple[int, Any]:
            return status.HTTP_200_OK, {"tasks": [task.pk for task in draw_up_plan(actor=actor, plan_id=plan.pk, now=now)]}

        return once(request, now=now, perform=run)


class EditTask(APIView):
    """Change a task that has not gone out."""

    @extend_schema(request=EditSerializer, responses={200: TaskSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Write its words and its receivers; those given replace the ones planned."""
        given = EditSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        told = dict(given.validated_data)
        receivers = planned(told.pop("receivers"))

        def run() -> tuple[int, Any]:
            task = edit_task(actor=actor, task_id=pk, receivers=receivers, now=now, **told)
            return status.HTTP_200_OK, TaskSerializer(task).data

        return once(request, now=now, perform=run)


class SettleReceiver(APIView):
    """Settle a name that the directory does not know."""

    @extend_schema(request=SettleSerializer, responses={200: TaskSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int, receiver_id: int) -> Response:
        """Say which agency it means, or drop it."""
        given = SettleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            task = settle_receiver(actor=actor, task_id=pk, receiver_id=receiver_id, now=now, **given.validated_data)
            return status.HTTP_200_OK, TaskSerializer(task).data

        return once(request, now=now, perform=run)
