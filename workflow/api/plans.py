"""The ladder of a plan over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from measures.models import Plan
from workflow.actions.set_ladder import RungChoice, choices_of, set_ladder, timing_of
from workflow.api.decisions import directed
from workflow.api.reading import request_actor
from workflow.api.views import REFUSALS
from workflow.deadlines import Threshold
from workflow.ladder import Audience


class RungSerializer(serializers.Serializer[dict[str, Any]]):
    """One rung: whether it fires, from how many working days, and who is told.

    What is null is as in the ladder that is built in. A rung that is left out stays as the house has it, in the house's own ladder as it
    is built in. No channels leave it to what each person has chosen.
    """

    enabled = serializers.BooleanField(default=True)
    working_days = serializers.IntegerField(min_value=-1000, max_value=1000, allow_null=True, default=None)
    audiences = serializers.ListField(child=serializers.ChoiceField(choices=Audience.choices), allow_null=True, default=None)
    makes_paper = serializers.BooleanField(allow_null=True, default=None)
    channels = serializers.ListField(child=serializers.CharField(max_length=20), max_length=10, default=list)


class ThresholdSerializer(serializers.Serializer[dict[str, Any]]):
    """From how many working days left a light is yellow and orange, by the length of a task."""

    up_to = serializers.IntegerField(min_value=1, max_value=100_000, allow_null=True)
    yellow = serializers.IntegerField(min_value=0, max_value=100_000)
    orange = serializers.IntegerField(min_value=0, max_value=100_000)


class LadderSerializer(serializers.Serializer[dict[str, Any]]):
    """The ladder of a plan."""

    is_on = serializers.BooleanField()
    rungs = serializers.DictField(child=RungSerializer())
    thresholds = ThresholdSerializer(many=True)


class PlanLadder(APIView):
    """The ladder of a plan."""

    @extend_schema(responses={200: LadderSerializer, 404: REFUSALS[404]})
    def get(self, request: Request, pk: int) -> Response:
        """Return it as it stands."""
        return Response(_ladder(directed(request_actor(request), pk)))

    @extend_schema(request=LadderSerializer, responses={200: LadderSerializer, **REFUSALS})
    def put(self, request: Request, pk: int) -> Response:
        """Set it; what has fired stays fired."""
        given = LadderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        plan = directed(actor, pk)
        told = given.validated_data
        choices, thresholds = rungs_of(told["rungs"]), thresholds_of(told["thresholds"])
        set_ladder(actor=actor, plan_id=pk, is_on=told["is_on"], choices=choices, thresholds=thresholds, now=now)
        return Response(_ladder(plan))


def rungs_of(told: Mapping[str, Mapping[str, Any]]) -> dict[str, RungChoice]:
    """Return the rungs that a request has chosen."""
    return {
        code: RungChoice(
            rung["enabled"],
            rung["working_days"],
            None if rung["audiences"] is None else tuple(rung["audiences"]),
            rung["makes_paper"],
            tuple(rung["channels"]),
        )
        for code, rung in told.items()
    }


def thresholds_of(told: Sequence[Mapping[str, Any]]) -> list[Threshold]:
    """Return the thresholds that a request has chosen."""
    return [Threshold(**row) for row in told]


def told_ladder(choices: Mapping[str, RungChoice], thresholds: Sequence[Threshold]) -> dict[str, Any]:
    """Return rungs and thresholds as they are answered."""
    return {
        "rungs": {code: _rung(rung) for code, rung in choices.items()},
        "thresholds": [{"up_to": row.up_to, "yellow": row.yellow, "orange": row.orange} for row in thresholds],
    }


def _rung(rung: RungChoice) -> dict[str, Any]:
    return {
        "enabled": rung.enabled,
        "working_days": rung.working_days,
        "audiences": list(rung.audiences or ()),
        "makes_paper": rung.makes_paper,
        "channels": list(rung.channels),
    }


def _ladder(plan: Plan) -> dict[str, Any]:
    is_on, thresholds = timing_of(plan)
    return {"is_on": is_on, **told_ladder(choices_of(plan), thresholds)}
