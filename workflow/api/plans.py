"""The ladder of a plan and its next edition over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.refusals import Conflict, NotYours
from measures.editions import changes_of, earlier_plans
from measures.models import Plan, Upload
from measures.policy import uploads_visible_to
from measures.reviewing import review
from workflow.actions.adopt_edition import KEEP, TERMINATE, adopt_edition
from workflow.actions.edition_effects import digest, effects_of, tasks_by_measure
from workflow.actions.set_ladder import RungChoice, choices_of, set_ladder, timing_of
from workflow.api.answers import once
from workflow.api.decisions import directed
from workflow.api.keys import KeyField
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS
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


class EffectSerializer(serializers.Serializer[dict[str, Any]]):
    """What confirming a document as the next edition would do to a task."""

    key = serializers.CharField()
    what = serializers.CharField()
    task = serializers.IntegerField(allow_null=True)
    agencies = serializers.ListField(child=serializers.CharField())
    before = serializers.CharField()
    after = serializers.CharField()
    enabled = serializers.BooleanField()
    reason = serializers.CharField()


class ComparedSerializer(serializers.Serializer[dict[str, Any]]):
    """What would happen, and the digest by which it is known as seen."""

    shown = serializers.CharField()
    version = serializers.IntegerField()
    effects = EffectSerializer(many=True)


class AdoptSerializer(serializers.Serializer[dict[str, Any]]):
    """Which edition it replaces, what was seen, what is to happen, and what becomes of the tasks whose measure is dropped."""

    plan = KeyField()
    shown = serializers.CharField(max_length=64)
    chosen = serializers.ListField(child=serializers.CharField(max_length=100), max_length=20_000, default=list)
    dropped = serializers.DictField(child=serializers.ChoiceField(choices=[TERMINATE, KEEP]), default=dict)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class AdoptedSerializer(serializers.Serializer[dict[str, Any]]):
    """The new plan, and what was done to tasks."""

    plan = serializers.IntegerField()
    is_new = serializers.BooleanField()
    done = serializers.DictField(child=serializers.IntegerField())


class EditionEffects(APIView):
    """What a document in review would do to the tasks of a plan, were it confirmed as its next edition."""

    @extend_schema(responses={200: ComparedSerializer, **REFUSALS})
    def get(self, request: Request, pk: int, plan_id: int) -> Response:
        """Return it."""
        actor, now = request_actor(request), timezone.now()
        upload = uploads_visible_to(actor).filter(pk=pk).first()
        if upload is None:
            raise NotYours
        if upload.state != Upload.State.READ:
            raise Conflict(_("Only a document in review can be compared."))
        plan = earlier_plans(actor, upload).filter(pk=plan_id).first()
        if plan is None:
            raise NotYours
        today = timezone.localdate(now)
        effects = effects_of(changes_of(plan, review(upload, today), today), tasks_by_measure(plan), now)
        rows = [
            {
                "key": one.key,
                "what": one.what.value,
                "task": one.task.pk if one.task is not None else None,
                "agencies": [agency.name for agency in one.agencies],
                "before": one.before,
                "after": one.after,
                "enabled": bool(one.decision),
                "reason": str(getattr(one.decision, "reason", "")),
            }
            for one in effects
        ]
        return Response({"shown": digest(effects), "version": upload.version, "effects": rows})


class EditionAdoption(APIView):
    """Confirm a document as the next edition of a plan."""

    @extend_schema(request=AdoptSerializer, responses={200: AdoptedSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Confirm it; its tasks follow as chosen."""
        given = AdoptSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()
        told = given.validated_data
        dropped = {int(key): value for key, value in told["dropped"].items() if key.isdecimal()}

        def run() -> tuple[int, Any]:
            adopted = adopt_edition(
                actor=actor, upload_id=pk, earlier_id=told["plan"], shown=told["shown"], chosen=set(told["chosen"]), dropped=dropped,
                version=told["version"], now=now,
            )  # fmt: skip
            done = {what.value: number for what, number in adopted.done.items()}
            return status.HTTP_200_OK, {"plan": adopted.plan.pk, "is_new": adopted.is_new, "done": done}

        return once(request, now=now, perform=run)
