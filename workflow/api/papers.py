"""Formal papers over HTTP: the list, and the decision on a draft."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.papers import papers_visible_to, put_paper_aside, sign_paper
from workflow.api.answers import KeysetPagination, once
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS
from workflow.models import Notice
from workflow.states import Circle


class PaperSerializer(serializers.ModelSerializer[Notice]):
    """A numbered paper, or the draft of one."""

    number = serializers.CharField(source="written_number", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id",
            "kind",
            "state",
            "number",
            "issuer_name",
            "task",
            "assignment",
            "addressee",
            "copied_to",
            "title",
            "body",
            "made_at",
        )
        read_only_fields = fields


class SignSerializer(serializers.Serializer[dict[str, Any]]):
    """The last words of a paper."""

    title = serializers.CharField(max_length=400)
    body = serializers.CharField(max_length=20_000)
    circle = serializers.ChoiceField(choices=Circle.choices, default=Circle.NAMED)


class AsideSerializer(serializers.Serializer[dict[str, Any]]):
    """Why a draft is left unsigned."""

    reason = serializers.CharField(max_length=4000)


class PaperList(ListAPIView[Notice]):
    """The papers the actor may read, newest first."""

    queryset = Notice.objects.none()
    serializer_class = PaperSerializer
    pagination_class = KeysetPagination
    filter_backends = ()

    def get_queryset(self) -> Any:
        """Return them."""
        return Notice.objects.filter(papers_visible_to(request_actor(self.request), now=timezone.now()))


class PaperSignature(APIView):
    """Sign a draft."""

    @extend_schema(request=SignSerializer, responses={200: PaperSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Sign it with these words; it gets its number, and the agency is told."""
        given = SignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            told = dict(given.validated_data)
            row = sign_paper(actor=actor, notice_id=pk, now=now, **told | {"circle": Circle(told["circle"])})
            return status.HTTP_200_OK, PaperSerializer(row).data

        return once(request, now=now, perform=run)


class PaperAside(APIView):
    """Leave a draft unsigned."""

    @extend_schema(request=AsideSerializer, responses={200: PaperSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Put it aside, with the reason; it takes no number."""
        given = AsideSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor, now = request_actor(request), timezone.now()

        def run() -> tuple[int, Any]:
            row = put_paper_aside(actor=actor, notice_id=pk, now=now, **given.validated_data)
            return status.HTTP_200_OK, PaperSerializer(row).data

        return once(request, now=now, perform=run)
