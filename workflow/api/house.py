"""What holds for the whole house over HTTP: its ladder and its working days."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.listing import listed
from agencies.refusals import require
from workflow.actions.set_calendar import Change, look, set_calendar
from workflow.actions.set_ladder import choices_of, set_house_ladder, timing_of
from workflow.api.plans import RungSerializer, ThresholdSerializer, rungs_of, thresholds_of, told_ladder
from workflow.api.reading import request_actor
from workflow.api.views import REFUSALS
from workflow.policy import may_set_house_rules


class HouseLadderSerializer(serializers.Serializer[dict[str, Any]]):
    """The ladder of the house."""

    rungs = serializers.DictField(child=RungSerializer())
    thresholds = ThresholdSerializer(many=True)


class HouseLadder(APIView):
    """The ladder of the house."""

    @extend_schema(responses={200: HouseLadderSerializer, 403: REFUSALS[403]})
    def get(self, request: Request) -> Response:
        """Return it as it stands."""
        require(may_set_house_rules(request_actor(request)))
        return Response(self._told())

    @extend_schema(request=HouseLadderSerializer, responses={200: HouseLadderSerializer, **REFUSALS})
    def put(self, request: Request) -> Response:
        """Set it; what has fired stays fired."""
        given = HouseLadderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        choices, thresholds = rungs_of(told["rungs"]), thresholds_of(told["thresholds"])
        set_house_ladder(actor=request_actor(request), choices=choices, thresholds=thresholds, now=timezone.now())
        return Response(self._told())

    def _told(self) -> dict[str, Any]:
        return told_ladder(choices_of(None), timing_of(None)[1])


class CalendarSerializer(serializers.Serializer[dict[str, Any]]):
    """Days as worked, off, or (null) as announced, and the notice that orders it."""

    class DaySerializer(serializers.Serializer[dict[str, Any]]):
        """One day."""

        day = serializers.DateField()
        is_working = serializers.BooleanField(allow_null=True)

    days = DaySerializer(many=True)
    notice = serializers.CharField(max_length=200)
    trial = serializers.BooleanField(default=False)

    def validate_days(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a day that is named twice: nobody could tell which answer was meant."""
        named = Counter(row["day"] for row in rows)
        if twice := sorted(day for day, times in named.items() if times > 1):
            raise serializers.ValidationError(_("Named twice: %(days)s.") % {"days": listed(day.isoformat() for day in twice)})
        return rows


class CalendarChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """How many days change, and how many dates move with them."""

    days = serializers.IntegerField()
    reports = serializers.IntegerField()
    contributions = serializers.IntegerField()
    hand_backs = serializers.IntegerField()
    rulings = serializers.IntegerField()
    work_plans = serializers.IntegerField()


class HouseCalendar(APIView):
    """The working days of the house."""

    @extend_schema(request=CalendarSerializer, responses={200: CalendarChangeSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Set days, or with `trial` tell what setting them would move."""
        given = CalendarSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        told, actor, now = given.validated_data, request_actor(request), timezone.now()
        days = {row["day"]: row["is_working"] for row in told["days"]}
        if told["trial"]:
            require(may_set_house_rules(actor))
            return Response(_counts(look(days, now=now)))
        return Response(_counts(set_calendar(actor=actor, days=days, notice=told["notice"], now=now)))


def _counts(change: Change) -> dict[str, int]:
    return {"days": len(change.days), **change.counts()}
