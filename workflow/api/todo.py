"""待办 over HTTP: what the person who asks owes, from the same source as the page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from workflow import duties
from workflow.api.answers import KeysetPagination
from workflow.api.reading import request_actor
from workflow.api.views import REFUSALS
from workflow.deadlines import Colour
from workflow.duties import Chosen, Duty
from workflow.duty_rows import Row, read_rows

KINDS = {duty.name.lower(): duty for duty in Duty}
SUBJECTS = ("task", "assignment", "report", "contribution", "workplan", "answer")


class WantedSerializer(serializers.Serializer[dict[str, Any]]):
    """What of the list is wanted; `after` is the cursor that stands in `next`."""

    kind = serializers.ChoiceField(choices=list(KINDS), required=False)
    q = serializers.CharField(max_length=100, required=False, allow_blank=True, default="", help_text="Part of the title, or the number.")
    due_until = serializers.DateField(required=False, default=None)
    page_size = serializers.IntegerField(
        min_value=1, max_value=KeysetPagination.max_page_size, required=False, default=KeysetPagination.page_size
    )
    after = serializers.CharField(max_length=60, required=False, default="")


class OwedTaskSerializer(serializers.Serializer[Any]):
    """The task of a duty."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)


class DutySerializer(serializers.Serializer[Any]):
    """One duty; what ends it is an act at `/{subject}s/{id}/`, on the `version` given here."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    what = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS)
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    task = OwedTaskSerializer()
    agency_name = serializers.CharField()
    state = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    light = serializers.ChoiceField(choices=Colour.choices)

    def to_representation(self, row: Row) -> dict[str, Any]:
        """Return a row as it is sent."""
        return {
            "kind": row.duty.name.lower(),
            "what": str(row.what),
            "subject": row.subject,
            "id": row.target.pk,
            "version": row.version,
            "task": OwedTaskSerializer(row.task).data,
            "agency_name": row.agency,
            "state": row.state,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "light": str(row.light.colour),
        }


class TodoSerializer(serializers.Serializer[dict[str, Any]]):
    """A page of what is owed, the nearest first, and how many duties of each kind there are in all."""

    next = serializers.URLField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    results = DutySerializer(many=True)


class Todo(APIView):
    """What the person who asks owes."""

    @extend_schema(parameters=[WantedSerializer], responses={200: TodoSerializer, **{code: REFUSALS[code] for code in (400, 404)}})
    def get(self, request: Request) -> Response:
        """Return it, the nearest first.

        Raises:
            NotFound: `after` is none of ours.
        """
        wanted = WantedSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        asked, actor, now = wanted.validated_data, request_actor(request), timezone.now()
        follows = duties.key_from(asked["after"]) if asked["after"] else None
        if asked["after"] and follows is None:
            raise NotFound(_("This page does not exist."))
        counts = duties.count_by_kind(actor, now=now)
        kinds = [duty for duty in counts if asked.get("kind") in {None, duty.name.lower()}]
        chosen = Chosen(kinds, asked["q"], asked["due_until"])
        found, has_more = duties.nearest(actor, chosen, now=now, size=asked["page_size"], follows=follows)
        rows = read_rows(found, now)
        following = replace_query_param(request.build_absolute_uri(), "after", rows[-1].key) if has_more and rows else None
        told = {duty.name.lower(): number for duty, number in counts.items()}
        return Response({"next": following, "counts": told, "results": DutySerializer(rows, many=True).data})
