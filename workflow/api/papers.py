"""Formal papers over HTTP: read those one may read, sign a draft, put one aside."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.actor import Actor
from workflow.actions.papers import papers_visible_to, put_paper_aside, sign_paper
from workflow.api.answers import KeysetPagination, once
from workflow.api.keys import LARGEST
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS
from workflow.ladder import Paper
from workflow.models import Notice
from workflow.states import Circle, NoticeState


class PaperSerializer(serializers.ModelSerializer[Notice]):
    """A formal paper; a draft has no number."""

    number = serializers.CharField(source="written_number", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id", "kind", "state", "number", "issuer", "issuer_name", "task", "assignment", "agency", "addressee", "copied_to", "title",
            "body", "made_at", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class SigningSerializer(serializers.Serializer[dict[str, Any]]):
    """The last words of a draft; what is left out stays as it is."""

    title = serializers.CharField(max_length=400, required=False)
    body = serializers.CharField(max_length=20_000, required=False)
    circle = serializers.ChoiceField(choices=Circle.choices, required=False, default=Circle.NAMED)


class PuttingAsideSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a draft stays unsigned."""

    reason = serializers.CharField(max_length=300)


class PaperFilter(filters.FilterSet):  # type: ignore[misc]
    """The filters of the list; what is not named here changes nothing."""

    kind = filters.ChoiceFilter(choices=[choice for choice in Paper.choices if choice[0]])
    state = filters.ChoiceFilter(choices=NoticeState.choices)
    task = filters.NumberFilter(field_name="task_id", max_value=LARGEST)

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()


def _readable(actor: Actor) -> QuerySet[Notice]:
    return Notice.objects.filter(papers_visible_to(actor, now=timezone.now()))


class PaperList(ListAPIView[Notice]):
    """The papers the actor may read, newest first."""

    queryset = Notice.objects.none()
    serializer_class = PaperSerializer
    pagination_class = KeysetPagination
    filterset_class = PaperFilter

    def get_queryset(self) -> Any:
        """Return them."""
        return _readable(request_actor(self.request))


class PaperDetail(RetrieveAPIView[Notice]):
    """One paper."""

    queryset = Notice.objects.none()
    serializer_class = PaperSerializer

    def get_queryset(self) -> Any:
        """Return the papers it may be one of."""
        return _readable(request_actor(self.request))


class PaperSigning(APIView):
    """The signature under a draft."""

    @extend_schema(request=SigningSerializer, responses={200: PaperSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Sign a draft, with the last changes to its words; it gets its number and the agency is told."""
        given = SigningSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            words = given.validated_data
            title, body, circle = words.get("title"), words.get("body"), Circle(words["circle"])
            row = sign_paper(actor=actor, notice_id=pk, title=title, body=body, circle=circle, now=now)
            return 200, PaperSerializer(row).data

        return once(request, now=now, perform=run)


class PaperPuttingAside(APIView):
    """A draft that stays unsigned."""

    @extend_schema(request=PuttingAsideSerializer, responses={200: PaperSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Put a draft aside, with the reason; it takes no number."""
        given = PuttingAsideSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            return 200, PaperSerializer(put_paper_aside(actor=actor, notice_id=pk, reason=given.validated_data["reason"], now=now)).data

        return once(request, now=now, perform=run)
