"""Acts on many at once over HTTP, with an answer for each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.batch import Outcome, dispatch_many, press_many, remind_many, set_due_many, sign_for_many
from workflow.api.answers import once
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS


class ChosenSerializer(serializers.Serializer[dict[str, Any]]):
    """A row, with the version the caller has seen; without one it is taken as it stands."""

    id = serializers.IntegerField(min_value=1, max_value=2**62)
    version = serializers.IntegerField(min_value=1, required=False, default=None, allow_null=True)


class BatchSerializer(serializers.Serializer[dict[str, Any]]):
    """The rows chosen."""

    rows = ChosenSerializer(many=True, allow_empty=False)


class BatchWithTextSerializer(BatchSerializer):
    """The rows chosen, and what they are told."""

    text = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class BatchWithDaySerializer(BatchSerializer):
    """The rows chosen, and the day."""

    due_on = serializers.DateField()


class RowSerializer(serializers.Serializer[dict[str, Any]]):
    """What became of a row: `done` (200), `changed` by somebody meanwhile, or `refused` as it was not the moment (409 both)."""

    id = serializers.IntegerField()
    status = serializers.IntegerField()
    task = serializers.IntegerField(allow_null=True)
    outcome = serializers.CharField()
    reason = serializers.CharField()


class OutcomesSerializer(serializers.Serializer[dict[str, Any]]):
    """The answer for each row."""

    rows = RowSerializer(many=True)


class BatchView(APIView):
    """One act on many rows; subclasses say which."""

    run: Callable[..., list[Outcome]]
    body: type[BatchSerializer] = BatchSerializer

    def perform(self, request: Request) -> Response:
        """Do it once for each Idempotency-Key."""
        given = self.body(data=request.data)
        given.is_valid(raise_exception=True)
        told = dict(given.validated_data)
        shown = {row["id"]: row["version"] for row in told.pop("rows")}
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            outcomes = type(self).run(actor=actor, shown=shown, now=now, **told)
            rows = [
                {
                    "id": row.pk,
                    "status": status.HTTP_200_OK if row.is_done else status.HTTP_409_CONFLICT,
                    "task": row.task.pk if row.task else None,
                    "outcome": row.fate.value,
                    "reason": row.reason,
                }
                for row in outcomes
            ]
            return status.HTTP_200_OK, {"rows": rows}

        return once(request, now=now, perform=run)


class PressMany(BatchView):
    """Press several agencies."""

    run = staticmethod(press_many)
    body = BatchWithTextSerializer

    @extend_schema(request=BatchWithTextSerializer, responses={200: OutcomesSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Press them; `rows` are assignments."""
        return self.perform(request)


class RemindMany(BatchView):
    """Remind several agencies."""

    run = staticmethod(remind_many)
    body = BatchWithTextSerializer

    @extend_schema(request=BatchWithTextSerializer, responses={200: OutcomesSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Remind them; `rows` are assignments."""
        return self.perform(request)


class SignForMany(BatchView):
    """Sign for several assignments."""

    run = staticmethod(sign_for_many)

    @extend_schema(request=BatchSerializer, responses={200: OutcomesSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Sign for them; `rows` are assignments."""
        return self.perform(request)


class DispatchMany(BatchView):
    """Dispatch several tasks."""

    run = staticmethod(dispatch_many)

    @extend_schema(request=BatchSerializer, responses={200: OutcomesSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Dispatch them; `rows` are tasks."""
        return self.perform(request)


class SetDueMany(BatchView):
    """Set the due date of several tasks that have not gone out."""

    run = staticmethod(set_due_many)
    body = BatchWithDaySerializer

    @extend_schema(request=BatchWithDaySerializer, responses={200: OutcomesSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Set it; `rows` are tasks. A task that has the date already is done."""
        return self.perform(request)
