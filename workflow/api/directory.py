"""Who may act for an agency, and what becomes of agencies, over HTTP: delegations, memberships, and the dated acts of a reorganisation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.actions.abolish_agency import abolish_agency
from agencies.actions.appoint import appoint
from agencies.actions.delegate import delegate
from agencies.actions.end_membership import end_membership
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.models import Agency, Delegation, Membership, Role, User
from agencies.permissions import delegations_in_force
from agencies.refusals import NotYours
from workflow.api.answers import KeysetPagination, once
from workflow.api.keys import KeyField
from workflow.api.reading import request_actor
from workflow.api.views import IDEMPOTENCY, REFUSALS


class DelegateSerializer(serializers.Serializer[dict[str, Any]]):
    """Who acts for whom, in which agency, until when; the caller for themselves when nobody is named."""

    delegator = KeyField(required=False)
    deputy = KeyField()
    agency = KeyField()
    starts_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)


class AppointSerializer(serializers.Serializer[dict[str, Any]]):
    """Who has which role in which agency, and from when to when."""

    user = KeyField()
    agency = KeyField()
    role = serializers.ChoiceField(choices=Role.choices)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    comment = serializers.CharField(max_length=1000, allow_blank=True, default="")


class EndSerializer(serializers.Serializer[dict[str, Any]]):
    """Its last day, at once when none is said, and why."""

    last_day = serializers.DateField(required=False, allow_null=True, default=None)
    comment = serializers.CharField(max_length=1000, allow_blank=True, default="")


class RevokeSerializer(serializers.Serializer[dict[str, Any]]):
    """Why."""

    comment = serializers.CharField(max_length=1000, allow_blank=True, default="")


class OrderedSerializer(serializers.Serializer[dict[str, Any]]):
    """From which day, and the paper that orders it."""

    effective_on = serializers.DateField()
    basis = serializers.CharField(max_length=300)


class NamedSerializer(serializers.Serializer[dict[str, Any]]):
    """The names of an agency."""

    name = serializers.CharField(max_length=120)
    short_name = serializers.CharField(max_length=60)


class RenameSerializer(OrderedSerializer, NamedSerializer):
    """The new names of an agency."""


class MergeSerializer(OrderedSerializer):
    """The others that merge with it, into one that exists or into a new one named here."""

    others = serializers.ListField(child=KeyField(), max_length=50, default=list)
    into = KeyField(required=False)
    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    short_name = serializers.CharField(max_length=60, allow_blank=True, default="")


class SplitSerializer(OrderedSerializer):
    """The new agencies, the principal heir first."""

    parts = NamedSerializer(many=True)


class AbolishSerializer(OrderedSerializer):
    """Who takes over its duties, the principal heir first; nobody when they lapse."""

    duties_to = serializers.ListField(child=KeyField(), max_length=50, default=list)


class MadeSerializer(serializers.Serializer[dict[str, Any]]):
    """The keys of what came of it."""

    ids = serializers.ListField(child=serializers.IntegerField())


def agencies_of(keys: Sequence[int]) -> list[Agency]:
    """Return agencies in the order of their keys as given.

    Raises:
        NotYours: there is no such agency.
    """
    found = Agency.objects.in_bulk(keys)
    if len(found) != len(set(keys)):
        raise NotYours
    return [found[key] for key in keys]


def person(key: int) -> User:
    """Return a person.

    Raises:
        NotYours: there is none.
    """
    found = User.objects.filter(pk=key).first()
    if found is None:
        raise NotYours
    return found


class DelegationSerializer(serializers.ModelSerializer[Delegation]):
    """Who acts for whom in which agency, from when until when; `revoked_at` where it was ended before its time."""

    delegator_name = serializers.CharField(source="delegator.name", read_only=True)
    deputy = serializers.IntegerField(source="delegate_id", read_only=True)
    deputy_name = serializers.CharField(source="delegate.name", read_only=True)
    agency_name = serializers.CharField(source="agency.short_name", read_only=True)
    is_in_force = serializers.BooleanField(read_only=True)

    class Meta:
        model = Delegation
        fields = (
            "id", "delegator", "delegator_name", "deputy", "deputy_name", "agency", "agency_name", "starts_at", "ends_at", "reason",
            "revoked_at", "is_in_force",
        )  # fmt: skip
        read_only_fields = fields


class DirectoryView(APIView):
    """An act of the directory; subclasses say which."""

    def answer(self, request: Request, perform: Callable[[Actor], list[int]]) -> Response:
        """Do it once for each Idempotency-Key."""
        actor = request_actor(request)
        return once(request, now=timezone.now(), perform=lambda: (status.HTTP_200_OK, {"ids": perform(actor)}))

    @staticmethod
    def told(kind: type[serializers.Serializer[dict[str, Any]]], request: Request) -> dict[str, Any]:
        """Return what the act was told."""
        given = kind(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class Delegations(ListModelMixin, GenericAPIView[Delegation], DirectoryView):
    """One's own delegations, given and received; let a colleague act for somebody until a moment."""

    queryset = Delegation.objects.none()
    serializer_class = DelegationSerializer
    pagination_class = KeysetPagination
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Delegation]:
        """Return those that the person who asks gave or received, the latest first, also what has ended."""
        me, in_force = request_actor(self.request).user_id, delegations_in_force(timezone.now())
        mine = Delegation.objects.filter(Q(delegator=me) | Q(delegate=me))
        return mine.select_related("delegator", "delegate", "agency").annotate(
            is_in_force=Case(When(in_force, then=Value(True)), default=Value(False))
        )

    def get(self, request: Request) -> Response:
        """List one's own, given and received."""
        return self.list(request)

    @extend_schema(request=DelegateSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Lend what the person holds in an agency."""
        told = self.told(DelegateSerializer, request)
        agency = agencies_of([told.pop("agency")])[0]
        deputy, delegator = person(told.pop("deputy")), person(told.pop("delegator", request.user.pk))
        return self.answer(
            request,
            lambda actor: [delegate(actor=actor, now=timezone.now(), delegator=delegator, deputy=deputy, agency=agency, **told).pk],
        )


class DelegationRevocation(DirectoryView):
    """End a delegation."""

    @extend_schema(request=RevokeSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """End it now."""
        told = self.told(RevokeSerializer, request)
        row = Delegation.objects.filter(pk=pk).first()
        if row is None:
            raise NotYours
        return self.answer(request, lambda actor: [revoke_delegation(actor=actor, now=timezone.now(), delegation=row, **told).pk])


class Memberships(DirectoryView):
    """Give a person a role in an agency."""

    @extend_schema(request=AppointSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request) -> Response:
        """Appoint them, from a day to a day."""
        told = self.told(AppointSerializer, request)
        agency, user = agencies_of([told.pop("agency")])[0], person(told.pop("user"))
        told["role"] = Role(told["role"])
        return self.answer(request, lambda actor: [appoint(actor=actor, now=timezone.now(), user=user, agency=agency, **told).pk])


class MembershipEnd(DirectoryView):
    """End a role."""

    @extend_schema(request=EndSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """End it after a day, at once when none is said."""
        told = self.told(EndSerializer, request)
        row = Membership.objects.filter(pk=pk).first()
        if row is None:
            raise NotYours

        def perform(actor: Actor) -> list[int]:
            end_membership(actor=actor, now=timezone.now(), membership=row, **told)
            return [pk]

        return self.answer(request, perform)


class Rename(DirectoryView):
    """Give an agency another name from a day on."""

    @extend_schema(request=RenameSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Rename it; open tasks move by `take-over`."""
        told, agency = self.told(RenameSerializer, request), agencies_of([pk])[0]
        return self.answer(request, lambda actor: [rename_agency(actor=actor, now=timezone.now(), agency=agency, **told).pk])


class Merge(DirectoryView):
    """Merge agencies from a day on."""

    @extend_schema(request=MergeSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Merge it with others, into one that exists or into a new one."""
        told = self.told(MergeSerializer, request)
        merging = agencies_of([pk, *told.pop("others")])
        into = agencies_of([told.pop("into")])[0] if "into" in told else None
        return self.answer(request, lambda actor: [merge_agencies(actor=actor, now=timezone.now(), agencies=merging, into=into, **told).pk])


class Split(DirectoryView):
    """Let several new agencies take the place of one."""

    @extend_schema(request=SplitSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Split it from a day on."""
        told, agency = self.told(SplitSerializer, request), agencies_of([pk])[0]
        parts = [(part["name"], part["short_name"]) for part in told.pop("parts")]
        return self.answer(
            request, lambda actor: [row.pk for row in split_agency(actor=actor, now=timezone.now(), agency=agency, parts=parts, **told)]
        )


class Abolish(DirectoryView):
    """End an agency from a day on."""

    @extend_schema(request=AbolishSerializer, responses={200: MadeSerializer, **REFUSALS}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Abolish it; its duties go to others, or lapse."""
        told, agency = self.told(AbolishSerializer, request), agencies_of([pk])[0]
        heirs = agencies_of(told.pop("duties_to"))

        def perform(actor: Actor) -> list[int]:
            abolish_agency(actor=actor, now=timezone.now(), agency=agency, duties_to=heirs, **told)
            return [pk]

        return self.answer(request, perform)
