"""The next edition of a plan over HTTP: what it would do to running tasks, confirming it, and what was left."""

from __future__ import annotations

from collections.abc import Sequence
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
from measures.models import Upload
from measures.policy import uploads_visible_to
from measures.reviewing import review
from workflow.actions.adopt_edition import KEEP, TERMINATE, adopt_edition
from workflow.actions.edition_effects import Effect, digest, effects_of, tasks_by_measure
from workflow.actions.follow_edition import follow_edition, left_of
from workflow.api.answers import once
from workflow.api.decisions import directed
from workflow.api.keys import KeyField
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS


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


class LeftSerializer(serializers.Serializer[dict[str, Any]]):
    """What would happen, and the digest by which it is known as seen."""

    shown = serializers.CharField()
    effects = EffectSerializer(many=True)


class ComparedSerializer(LeftSerializer):
    """The same of a document in review, with the version that was compared."""

    version = serializers.IntegerField()


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


class FollowSerializer(serializers.Serializer[dict[str, Any]]):
    """What was seen of what is left of an edition, what of it is to happen, and what is put aside for good."""

    shown = serializers.CharField(max_length=64)
    chosen = serializers.ListField(child=serializers.CharField(max_length=100), max_length=20_000, default=list)
    aside = serializers.ListField(child=serializers.CharField(max_length=100), max_length=20_000, default=list)


class FollowedSerializer(serializers.Serializer[dict[str, Any]]):
    """What was done to tasks."""

    done = serializers.DictField(child=serializers.IntegerField())


def _told(effects: Sequence[Effect]) -> dict[str, Any]:
    """Return effects as they are answered, with the digest by which they are known as seen."""
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
    return {"shown": digest(effects), "effects": rows}


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
        return Response({"version": upload.version, **_told(effects)})


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


class EditionLeft(APIView):
    """What an edition asks of running tasks and was left when it was confirmed."""

    @extend_schema(responses={200: LeftSerializer, **REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """Return it."""
        return Response(_told(left_of(directed(request_actor(request), pk), timezone.now())))

    @extend_schema(request=FollowSerializer, responses={200: FollowedSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Do what is chosen of it, and put aside what is to stay as it is."""
        given = FollowSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now, told = request_actor(request), timezone.now(), given.validated_data

        def run() -> tuple[int, Any]:
            done = follow_edition(
                actor=actor, plan_id=pk, shown=told["shown"], chosen=set(told["chosen"]), aside=set(told["aside"]), now=now
            )
            return status.HTTP_200_OK, {"done": {what.value: number for what, number in done.items()}}

        return once(request, now=now, perform=run)
