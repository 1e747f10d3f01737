"""Re-checks and the rules of plans over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.actor import Actor
from agencies.refusals import NotYours, require
from measures.models import Plan
from measures.policy import may_direct, plans_directed_by
from workflow.actions.recheck import LARGEST, draw_recheck, visible_recheck
from workflow.actions.set_rules import Rules, rules_of, set_plan_rules
from workflow.api.answers import once
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS
from workflow.models import Recheck, RecheckItem
from workflow.states import ClosingRule, RollUp


class RecheckItemSerializer(serializers.ModelSerializer[RecheckItem]):
    """A drawn task and what was found."""

    class Meta:
        model = RecheckItem
        fields = ("position", "task", "result", "finding", "checked_at", "reopened_at")
        read_only_fields = fields


class RecheckSerializer(serializers.ModelSerializer[Recheck]):
    """A sample, what it was drawn from, and its tasks."""

    items = RecheckItemSerializer(many=True, read_only=True)

    class Meta:
        model = Recheck
        fields = ("id", "agency", "plan", "title", "closed_from", "closed_to", "size", "seed", "population", "drawn_at", "items")
        read_only_fields = fields


class DrawSerializer(serializers.Serializer[dict[str, Any]]):
    """What a sample is drawn from."""

    agency = serializers.IntegerField(min_value=1)
    title = serializers.CharField(max_length=200)
    closed_from = serializers.DateField()
    closed_to = serializers.DateField()
    size = serializers.IntegerField(min_value=1, max_value=LARGEST)
    seed = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    plan = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class RecheckDraw(APIView):
    """Draw a sample of signed-off tasks."""

    @extend_schema(request=DrawSerializer, responses={201: RecheckSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Draw it; the same criteria and seed draw the same tasks."""
        given = DrawSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        asked = dict(given.validated_data)
        agency_id, plan_id = asked.pop("agency"), asked.pop("plan")

        def run() -> tuple[int, Any]:
            row = draw_recheck(actor=actor, agency_id=agency_id, plan_id=plan_id, now=now, **asked)
            return status.HTTP_201_CREATED, RecheckSerializer(row).data

        return once(request, now=now, perform=run)


class RecheckDetail(APIView):
    """One sample."""

    @extend_schema(responses={200: RecheckSerializer, 404: REFUSALS[404]})
    def get(self, request: Request, pk: int) -> Response:
        """Return it with what was found."""
        return Response(RecheckSerializer(visible_recheck(request_actor(request), pk)).data)


def directed(actor: Actor, pk: int) -> Plan:
    """Return a plan whose tasks the actor draws up and dispatches.

    Raises:
        NotYours: there is none that the actor's agencies coordinate or issued.
        Forbidden: it is another's to coordinate.
    """
    plan = Plan.objects.filter(plans_directed_by(actor), pk=pk).first()
    if plan is None:
        raise NotYours
    require(may_direct(actor, plan))
    return plan


class RulesSerializer(serializers.Serializer[dict[str, Any]]):
    """The rules of a plan's tasks."""

    closing_rule = serializers.ChoiceField(choices=ClosingRule.choices)
    needs_verification = serializers.BooleanField()
    evidence_required = serializers.BooleanField()
    asks_supporters = serializers.BooleanField()
    asks_work_plans = serializers.BooleanField()
    roll_up = serializers.ChoiceField(choices=RollUp.choices)


class PlanRulesView(APIView):
    """The rules that hold for every task of a plan."""

    @extend_schema(responses={200: RulesSerializer, 404: REFUSALS[404]})
    def get(self, request: Request, pk: int) -> Response:
        """Return them."""
        plan = directed(request_actor(request), pk)
        return Response(asdict(rules_of(plan)))

    @extend_schema(request=RulesSerializer, responses={200: RulesSerializer, **REFUSALS})
    def put(self, request: Request, pk: int) -> Response:
        """Set them, for the plan and its tasks that have not ended."""
        given = RulesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        directed(actor, pk)
        rules = Rules(**given.validated_data)
        set_plan_rules(actor=actor, plan_id=pk, rules=rules, now=now)
        return Response(asdict(rules))
