"""What people say about a task and what they follow, over HTTP; saying something is an act of the catalog."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.actions.comment import retract
from workflow.actions.follow import follow_plan, follow_task, unfollow
from workflow.api.answers import KeysetPagination
from workflow.api.reading import request_actor, tasks_for
from workflow.api.views import REFUSALS
from workflow.models import Comment


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment; the words of one that was taken back are empty."""

    author = serializers.CharField(source="author.name", read_only=True)
    agency_name = serializers.CharField(source="agency.short_name", read_only=True)
    text = serializers.SerializerMethodField()
    retracted = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = ("id", "task", "author", "agency", "agency_name", "inside", "text", "written_at", "retracted")
        read_only_fields = fields

    @extend_schema_field(str)
    def get_text(self, row: Comment) -> str:
        """Return its words, none where it was taken back."""
        return "" if hasattr(row, "retraction") else row.text

    @extend_schema_field(bool)
    def get_retracted(self, row: Comment) -> bool:
        """Tell whether it was taken back."""
        return hasattr(row, "retraction")


class CommentList(ListAPIView[Comment]):
    """What has been said about a task, as far as the actor may read it, the latest first."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    pagination_class = KeysetPagination
    filter_backends = ()

    def get_queryset(self) -> Any:
        """Return it.

        Raises:
            Http404: there is no such task for this actor.
        """
        actor = request_actor(self.request)
        if not tasks_for(actor, timezone.now()).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        rows = Comment.objects.readable_by(actor.agency_ids).filter(task_id=self.kwargs["pk"])
        return rows.select_related("author", "agency", "retraction")


class CommentRetraction(APIView):
    """Taking one's own comment back."""

    @extend_schema(request=None, responses={204: None, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """Take it back."""
        retract(actor=request_actor(request), comment_id=pk, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Following(APIView):
    """Being told what happens to a task."""

    @extend_schema(request=None, responses={204: None, **REFUSALS})
    def put(self, request: Request, pk: int) -> Response:
        """Follow it."""
        follow_task(actor=request_actor(request), task_id=pk, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None, **REFUSALS})
    def delete(self, request: Request, pk: int) -> Response:
        """Follow it no more."""
        unfollow(actor=request_actor(request), task_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FollowingPlan(APIView):
    """Being told what is decided about the tasks of a plan."""

    @extend_schema(request=None, responses={204: None, **REFUSALS})
    def put(self, request: Request, pk: int) -> Response:
        """Follow it."""
        follow_plan(actor=request_actor(request), plan_id=pk, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None, **REFUSALS})
    def delete(self, request: Request, pk: int) -> Response:
        """Follow it no more."""
        unfollow(actor=request_actor(request), plan_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
