"""Acts on a whole agency over HTTP: what a reorganised one has open, and letting its successors take over."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.refusals import require
from workflow import policy
from workflow.actions.estate import estate_of, find_predecessor
from workflow.actions.hand_over import hand_over, in_hand_of
from workflow.actions.take_over import take_over
from workflow.api.answers import once
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS


class ChosenPartSerializer(serializers.Serializer[dict[str, Any]]):
    """A part the caller has seen, with the version it had, and who takes it over when that is not the one named for the rest."""

    id = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)
    successor = serializers.IntegerField(min_value=1, required=False)


class TakeOverSerializer(serializers.Serializer[dict[str, Any]]):
    """What the act needs to be told."""

    basis = serializers.CharField(max_length=300)
    successor = serializers.IntegerField(min_value=1, required=False)
    parts = ChosenPartSerializer(many=True, required=False)


class OutcomeSerializer(serializers.Serializer[dict[str, Any]]):
    """What became of a part: `moved`, `merged`, or `changed` when it stayed because somebody acted on it meanwhile."""

    assignment = serializers.IntegerField()
    task = serializers.IntegerField()
    outcome = serializers.CharField()
    successor = serializers.IntegerField(allow_null=True)


class TakenOverSerializer(serializers.Serializer[dict[str, Any]]):
    """What the act moved."""

    outcomes = OutcomeSerializer(many=True)
    planned = serializers.IntegerField()
    issued = serializers.IntegerField()
    plans = serializers.IntegerField()


class OpenPartSerializer(serializers.Serializer[Any]):
    """An open part of an agency."""

    id = serializers.IntegerField()
    task = serializers.IntegerField(source="task_id")
    version = serializers.IntegerField()
    state = serializers.CharField()
    part = serializers.CharField()


class EstateSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left open, as far as the caller may move it; who keeps the directory reads numbers only."""

    successors = serializers.ListField(child=serializers.IntegerField())
    parts = OpenPartSerializer(many=True)
    open_parts = serializers.IntegerField()
    planned = serializers.IntegerField()
    issued = serializers.IntegerField()
    plans = serializers.IntegerField()


class TakeOverView(APIView):
    """What an agency that was reorganised has open, and the act that moves it."""

    @extend_schema(responses={200: EstateSerializer, **REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """Return what would move."""
        actor, now = request_actor(request), timezone.now()
        predecessor = find_predecessor(pk)
        require(policy.may_take_over(actor, predecessor, now=now))
        estate = estate_of(actor, predecessor, now=now)
        parts = [] if policy.keeps_directory(actor) else estate.parts
        return Response(
            {
                "successors": [heir.pk for heir in estate.heirs],
                "parts": OpenPartSerializer(parts, many=True).data,
                "open_parts": len(estate.parts),
                "planned": len(estate.planned),
                "issued": len(estate.issued),
                "plans": estate.heads,
            }
        )

    @extend_schema(request=TakeOverSerializer, responses={200: TakenOverSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Move it, once for each Idempotency-Key; without `parts` everything moves as it stands."""
        given = TakeOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        actor, now = request_actor(request), timezone.now()
        parts = told.get("parts")

        def run() -> tuple[int, Any]:
            done = take_over(
                actor=actor,
                predecessor_id=pk,
                basis=told["basis"],
                successor_id=told.get("successor"),
                choices={part["id"]: part["successor"] for part in parts or () if "successor" in part},
                shown=None if parts is None else {part["id"]: part["version"] for part in parts},
                now=now,
            )
            rows = [
                {
                    "assignment": row.assignment_id,
                    "task": row.task.pk,
                    "outcome": row.fate.value,
                    "successor": row.successor.pk if row.successor else None,
                }
                for row in done.outcomes
            ]
            return status.HTTP_200_OK, {"outcomes": rows, "planned": done.planned, "issued": done.issued, "plans": done.plans}

        return once(request, now=now, perform=run)


class HandOverPartSerializer(serializers.Serializer[dict[str, Any]]):
    """A part the caller has seen, with the version it had, and who takes it over when that is not the one named for the rest."""

    id = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)
    officer = serializers.IntegerField(min_value=1, required=False)


class HandOverSerializer(serializers.Serializer[dict[str, Any]]):
    """What the act needs to be told."""

    reason = serializers.CharField(max_length=300)
    officer = serializers.IntegerField(min_value=1, required=False)
    leaves = serializers.BooleanField(default=False)
    parts = HandOverPartSerializer(many=True, required=False)


class HandedOverSerializer(serializers.Serializer[dict[str, Any]]):
    """What was handed over, and the parts left because somebody acted on them meanwhile."""

    handed_over = serializers.ListField(child=serializers.IntegerField())
    left = serializers.ListField(child=serializers.IntegerField())
    delegations = serializers.IntegerField()
    memberships = serializers.IntegerField()


class InHandSerializer(serializers.Serializer[dict[str, Any]]):
    """What a person has in hand."""

    parts = OpenPartSerializer(many=True)
    reports = serializers.ListField(child=serializers.IntegerField())
    contributions = serializers.ListField(child=serializers.IntegerField())
    work_plans = serializers.ListField(child=serializers.IntegerField())
    delegations = serializers.IntegerField()


class HandOverView(APIView):
    """What a person has in hand at an agency, and the act that hands it over."""

    @extend_schema(responses={200: InHandSerializer, **REFUSALS})
    def get(self, request: Request, pk: int, person_id: int) -> Response:
        """Return the list."""
        actor, now = request_actor(request), timezone.now()
        found = in_hand_of(pk, person_id, now=now)
        require(policy.may_hand_over(actor, found.agency))
        return Response(
            {
                "parts": OpenPartSerializer(found.parts, many=True).data,
                "reports": [report.pk for report in found.drafts],
                "contributions": [row.pk for row in found.contributions],
                "work_plans": [row.pk for row in found.plans],
                "delegations": len(found.delegations),
            }
        )

    @extend_schema(request=HandOverSerializer, responses={200: HandedOverSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int, person_id: int) -> Response:
        """Hand it over, once for each Idempotency-Key; without `parts` everything goes as it stands."""
        given = HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        actor, now = request_actor(request), timezone.now()
        parts = told.get("parts")

        def run() -> tuple[int, Any]:
            done = hand_over(
                actor=actor,
                agency_id=pk,
                person_id=person_id,
                reason=told["reason"],
                officer_id=told.get("officer"),
                choices={part["id"]: part["officer"] for part in parts or () if "officer" in part},
                shown=None if parts is None else {part["id"]: part["version"] for part in parts},
                leaves=told["leaves"],
                now=now,
            )
            return status.HTTP_200_OK, {
                "handed_over": [part.pk for part in done.parts],
                "left": [part.pk for part in done.left],
                "delegations": done.delegations,
                "memberships": done.memberships,
            }

        return once(request, now=now, perform=run)
