"""What hangs on a task and its parts, as rows: reports and contributions owed, requests with their decisions, closing rounds, stops."""

from __future__ import annotations

from rest_framework import serializers

from workflow.models import (
    Contribution,
    CoSignature,
    DisputeMeeting,
    Extension,
    HandBack,
    RecheckItem,
    Report,
    SignOff,
    Suspension,
    Verification,
)


class KnownReportSerializer(serializers.ModelSerializer[Report]):
    """That a report is expected, or was; what it says stands at its own address."""

    class Meta:
        model = Report
        fields = ("id", "period_start", "period_end", "on_demand", "stage", "due_on", "state", "was_missed", "submitted_at", "written_with")
        read_only_fields = fields


class KnownContributionSerializer(serializers.ModelSerializer[Contribution]):
    """That a contribution is asked for, or was; what it says stands at its own address."""

    class Meta:
        model = Contribution
        fields = ("id", "period_start", "period_end", "on_demand", "due_on", "state", "was_late", "sent_at")
        read_only_fields = fields


class ExtensionSerializer(serializers.ModelSerializer[Extension]):
    """A request for more time and what was decided about it."""

    requested_by = serializers.StringRelatedField[Extension]()
    decided_by = serializers.StringRelatedField[Extension]()

    class Meta:
        model = Extension
        fields = (
            "id", "state", "due_before", "asked_for", "granted_to", "reason", "requested_by", "requested_at", "decided_by", "decided_at",
            "opinion",
        )  # fmt: skip
        read_only_fields = fields


class MeetingSerializer(serializers.ModelSerializer[DisputeMeeting]):
    """A meeting on a hand-back."""

    class Meta:
        model = DisputeMeeting
        fields = ("id", "held_on", "participants", "minutes", "outcome", "recorded_at")
        read_only_fields = fields


class HandBackSerializer(serializers.ModelSerializer[HandBack]):
    """A hand-back, the meetings held on it, and the ruling."""

    raised_by = serializers.StringRelatedField[HandBack]()
    decided_by = serializers.StringRelatedField[HandBack]()
    meetings = MeetingSerializer(many=True, read_only=True)

    class Meta:
        model = HandBack
        fields = (
            "id", "state", "reason", "legal_basis", "suggested", "raised_by", "raised_at", "rule_by", "rerouted_to", "decided_by",
            "decided_at", "opinion", "meetings",
        )  # fmt: skip
        read_only_fields = fields


class CoSignatureSerializer(serializers.ModelSerializer[CoSignature]):
    """What one agency answered in a closing round."""

    agency_name = serializers.CharField(source="assignment.agency.short_name", read_only=True)
    signed_by = serializers.StringRelatedField[CoSignature]()

    class Meta:
        model = CoSignature
        fields = ("assignment", "agency_name", "verdict", "remark", "signed_by", "signed_at")
        read_only_fields = fields


class VerificationSerializer(serializers.ModelSerializer[Verification]):
    """What somebody from outside found."""

    verifier = serializers.StringRelatedField[Verification]()

    class Meta:
        model = Verification
        fields = ("id", "verifier", "asked_at", "due_on", "result", "finding", "verified_at")
        read_only_fields = fields


class SignOffSerializer(serializers.ModelSerializer[SignOff]):
    """A closing round with its co-signatures and verifications, and the decision."""

    requested_by = serializers.StringRelatedField[SignOff]()
    decided_by = serializers.StringRelatedField[SignOff]()
    co_signatures = CoSignatureSerializer(many=True, read_only=True)
    verifications = VerificationSerializer(many=True, read_only=True)

    class Meta:
        model = SignOff
        fields = (
            "id", "round", "state", "summary", "requested_by", "requested_at", "decided_by", "decided_at", "opinion", "co_signatures",
            "verifications",
        )  # fmt: skip
        read_only_fields = fields


class SuspensionSerializer(serializers.ModelSerializer[Suspension]):
    """A stop of the task's clock."""

    suspended_by = serializers.StringRelatedField[Suspension]()

    class Meta:
        model = Suspension
        fields = ("id", "reason", "suspended_by", "starts_at", "ends_at")
        read_only_fields = fields


class DrawnSerializer(serializers.ModelSerializer[RecheckItem]):
    """That the task was drawn for a re-check, and what was found."""

    class Meta:
        model = RecheckItem
        fields = ("recheck", "result", "finding", "checked_at", "reopened_at")
        read_only_fields = fields
