"""What the API shows; nothing is written through a serializer but by an act."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from agencies.actor import Actor
from agencies.decision import Denied
from workflow import policy
from workflow.api.keys import LARGEST, KeyField
from workflow.api.reading import request_actor
from workflow.api.standing_rows import (
    DrawnSerializer,
    ExtensionSerializer,
    HandBackSerializer,
    KnownContributionSerializer,
    KnownReportSerializer,
    SignOffSerializer,
    SuspensionSerializer,
)
from workflow.catalog import Act, SubjectRow, offers
from workflow.collecting import carried_over, collected
from workflow.lights import stood_still
from workflow.models import (
    Answer,
    Assignment,
    Contribution,
    Event,
    Evidence,
    Instruction,
    Material,
    Report,
    Stage,
    Task,
    WorkPlan,
    WorkPlanFile,
    WorkStep,
)
from workflow.working_days import calendar_in_force


class OfferSerializer(serializers.Serializer[dict[str, Any]]):
    """An act that is the actor's to do, with the reason when it must wait."""

    name = serializers.CharField()
    title = serializers.CharField()
    enabled = serializers.BooleanField()
    reason = serializers.CharField()


class WithOffers(serializers.ModelSerializer[Any]):
    """A row that says which acts the actor may do on it."""

    allowed_actions = serializers.SerializerMethodField()

    @extend_schema_field(OfferSerializer(many=True))
    def get_allowed_actions(self, row: SubjectRow) -> list[dict[str, Any]]:
        """Return the acts, those that must wait with their reason."""
        return [
            {
                "name": offer.act.name,
                "title": str(offer.act.label),
                "enabled": bool(offer.decision),
                "reason": str(offer.decision.reason) if isinstance(offer.decision, Denied) else "",
            }
            for offer in offers(self.actor, row, now=timezone.now())
        ]

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return request_actor(cast("Request", self.context["request"]))


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file that supports a report."""

    class Meta:
        model = Evidence
        fields = ("id", "filename", "size", "sha256", "uploaded_at")
        read_only_fields = fields


class MaterialSerializer(serializers.ModelSerializer[Material]):
    """A file that comes with a contribution."""

    class Meta:
        model = Material
        fields = ("id", "filename", "size", "sha256", "uploaded_at")
        read_only_fields = fields


class ContributionSerializer(WithOffers):
    """What a supporting agency contributes; its text and files are shown to others once it was sent."""

    files = MaterialSerializer(many=True, read_only=True)
    agency_name = serializers.CharField(source="assignment.agency.short_name", read_only=True)

    class Meta:
        model = Contribution
        fields = (
            "id", "assignment", "agency_name", "period_start", "period_end", "on_demand", "due_on", "state", "text", "sent_at", "was_late",
            "remark", "version", "files", "allowed_actions",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Contribution) -> dict[str, Any]:
        """Leave out the text of what has not been sent for everybody else."""
        shown = super().to_representation(instance)
        if not policy.may_read_contribution(self.actor, instance):
            shown |= {"text": "", "remark": "", "files": []}
        return shown


class CarriedOverSerializer(serializers.Serializer[dict[str, Any]]):
    """What the last accepted report of the same part said, but for what was done."""

    next_steps = serializers.CharField()
    problems = serializers.CharField()
    help_needed = serializers.CharField()
    percent = serializers.IntegerField(allow_null=True)
    forecast_on = serializers.DateField(allow_null=True)
    confidence = serializers.ChoiceField(choices=Report.Confidence.choices, allow_blank=True)


class ReportSerializer(WithOffers):
    """A report; what its agency has not submitted is shown to that agency only."""

    evidence = EvidenceSerializer(many=True, read_only=True)
    contributions = serializers.SerializerMethodField()
    starts_from = serializers.SerializerMethodField()

    @extend_schema_field(ContributionSerializer(many=True))
    def get_contributions(self, row: Report) -> list[dict[str, Any]]:
        """Return what the supporters were asked for, whether it is there or missing."""
        rows = collected(row)
        parts = [*rows.there, *rows.later, *rows.missing, *rows.waived]
        return [dict(shown) for shown in ContributionSerializer(parts, many=True, context=self.context).data]

    @extend_schema_field(CarriedOverSerializer(allow_null=True))
    def get_starts_from(self, row: Report) -> dict[str, Any] | None:
        """Return what a fresh report starts from, for who may write it; nothing of it is kept before they do."""
        found = carried_over(row) if policy.may_report(self.actor, row) else {}
        return dict(CarriedOverSerializer(found).data) if found else None

    class Meta:
        model = Report
        fields = (
            "id", "assignment", "period_start", "period_end", "on_demand", "due_on", "state", "was_missed", "done", "next_steps",
            "problems", "help_needed", "percent", "forecast_on", "confidence", "reviewer_confidence", "stage", "submitted_at", "remark",
            "version", "evidence", "contributions", "starts_from", "allowed_actions",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Report) -> dict[str, Any]:
        """Leave out the text of what has not been submitted for everybody else."""
        shown = super().to_representation(instance)
        if not policy.may_read_report(self.actor, instance):
            for name in ("done", "next_steps", "problems", "help_needed", "remark", "confidence", "reviewer_confidence"):
                shown[name] = ""
            shown |= {"percent": None, "forecast_on": None, "evidence": []}
        return shown


class WorkStepSerializer(serializers.ModelSerializer[WorkStep]):
    """A step of a lead's plan."""

    class Meta:
        model = WorkStep
        fields = ("day", "what", "responsible")


class WorkPlanFileSerializer(serializers.ModelSerializer[WorkPlanFile]):
    """A file that comes with a lead's plan."""

    class Meta:
        model = WorkPlanFile
        fields = EvidenceSerializer.Meta.fields
        read_only_fields = fields


class WorkPlanSerializer(WithOffers):
    """A version of a lead's plan; what it says is shown to others once it is on record."""

    steps = WorkStepSerializer(many=True, read_only=True)
    files = WorkPlanFileSerializer(many=True, read_only=True)
    agency_name = serializers.CharField(source="assignment.agency.short_name", read_only=True)

    class Meta:
        model = WorkPlan
        fields = (
            "id", "assignment", "agency_name", "number", "state", "text", "steps", "files", "filed_at", "remark", "version",
            "allowed_actions",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: WorkPlan) -> dict[str, Any]:
        """Leave out what a plan says that is not on record yet, for everybody else."""
        shown = super().to_representation(instance)
        if not policy.may_read_work_plan(self.actor, instance):
            shown |= {"text": "", "remark": "", "steps": [], "files": []}
        return shown


class KnownPlanSerializer(serializers.ModelSerializer[WorkPlan]):
    """That there is a version of a lead's plan."""

    class Meta:
        model = WorkPlan
        fields = ("id", "number", "state", "filed_at")
        read_only_fields = fields


class AssignmentSerializer(WithOffers):
    """An agency's part in a task."""

    agency_name = serializers.CharField(source="agency.short_name", read_only=True)
    reports = KnownReportSerializer(many=True, read_only=True)
    contributions = KnownContributionSerializer(many=True, read_only=True)
    extensions = ExtensionSerializer(many=True, read_only=True)
    hand_backs = HandBackSerializer(many=True, read_only=True)
    work_plans = serializers.SerializerMethodField()
    stood_still = serializers.SerializerMethodField(help_text="Working days for which its clock has stood still, all stops together.")

    class Meta:
        model = Assignment
        fields = (
            "id", "task", "agency", "agency_name", "group", "part", "rank", "state", "due_on", "first_due_on", "plan_due_on", "assigned_at",
            "signed_at", "declared_at", "was_overdue", "stood_still", "percent", "reopened_at", "reports", "contributions", "extensions",
            "hand_backs", "work_plans", "version", "allowed_actions",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(KnownPlanSerializer(many=True))
    def get_work_plans(self, row: Assignment) -> list[dict[str, Any]]:
        """Return the versions of the lead's plan that the actor may read."""
        plans = [plan for plan in row.work_plans.all() if policy.may_read_work_plan(self.actor, plan)]
        return [dict(shown) for shown in KnownPlanSerializer(plans, many=True).data]

    def get_stood_still(self, row: Assignment) -> int:
        """Return for how many working days the clock of the part has stood still."""
        kept = cast("dict[str, Any]", self.context)
        if "calendar" not in kept:  # looked up once for all parts
            kept["calendar"] = calendar_in_force()
        return stood_still(row, timezone.localdate(), kept["calendar"])


class AnswerSerializer(WithOffers):
    """What a lead owes on an instruction."""

    agency_name = serializers.CharField(source="assignment.agency.short_name", read_only=True)

    class Meta:
        model = Answer
        fields = (
            "id",
            "assignment",
            "agency_name",
            "due_on",
            "state",
            "text",
            "given_at",
            "was_late",
            "remark",
            "version",
            "allowed_actions",
        )
        read_only_fields = fields


class InstructionSerializer(serializers.ModelSerializer[Instruction]):
    """A leader's instruction, with what is owed on it."""

    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Instruction
        fields = ("id", "text", "written_at", "answer_by", "answers")
        read_only_fields = fields


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A stage of a task."""

    class Meta:
        model = Stage
        fields = ("name", "ends_on")
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A task in a list."""

    issuer_name = serializers.CharField(source="issuer.short_name", read_only=True)

    class Meta:
        model = Task
        fields = (
            "id", "plan", "parent", "issuer", "issuer_name", "number", "title", "state", "rhythm", "due_on", "first_due_on",
            "dispatched_at", "closed_at", "was_overdue", "percent", "version",
        )  # fmt: skip
        read_only_fields = fields


class TaskDetailSerializer(WithOffers):
    """A task with its parts."""

    issuer_name = serializers.CharField(source="issuer.short_name", read_only=True)
    assignments = AssignmentSerializer(many=True, read_only=True)
    instructions = InstructionSerializer(many=True, read_only=True)
    stages = StageSerializer(many=True, read_only=True)
    sign_offs = SignOffSerializer(many=True, read_only=True)
    suspensions = SuspensionSerializer(many=True, read_only=True)
    rechecks = DrawnSerializer(source="recheck_items", many=True, read_only=True)

    class Meta:
        model = Task
        fields = (
            *TaskSerializer.Meta.fields, "text", "closing_rule", "needs_verification", "evidence_required", "asks_supporters",
            "asks_work_plans", "roll_up",
            "reports_shown_above", "stages", "instructions", "sign_offs", "suspensions", "rechecks", "assignments", "allowed_actions",
        )  # fmt: skip
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer[Event]):
    """An act on record."""

    sentence = serializers.CharField(source="get_verb_display", read_only=True)

    class Meta:
        model = Event
        fields = (
            "sequence", "at", "verb", "sentence", "actor_name", "agency_name", "assignment", "report", "from_state", "to_state",
            "comment", "data", "digest",
        )  # fmt: skip
        read_only_fields = fields


class ReportTextSerializer(serializers.Serializer[dict[str, Any]]):
    """What an officer writes into a report."""

    done = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    next_steps = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    problems = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    help_needed = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    percent = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=100)
    forecast_on = serializers.DateField(required=False, allow_null=True)
    confidence = serializers.ChoiceField(choices=Report.Confidence.choices, required=False, allow_blank=True)


def fields_of(act: Act) -> type[serializers.Serializer[dict[str, Any]]]:
    """Return the serializer of what an act needs to be told, drawn from its entry in the catalog."""
    declared: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "version": serializers.IntegerField(required=False, min_value=1, help_text="Version of the subject the caller has seen.")
    }
    for field in act.fields:
        wanted: dict[str, Any] = {"label": str(field.label)} | ({} if field.required else {"default": None})
        match field.kind:
            case "date":
                declared[field.name] = serializers.DateField(**wanted, allow_null=not field.required)
            case "choice":
                declared[field.name] = serializers.ChoiceField(choices=[value for value, _label in field.choices], **wanted)
            case "sentences":
                place = serializers.IntegerField(min_value=0, max_value=LARGEST)
                declared[field.name] = serializers.ListField(child=place, allow_empty=False, max_length=500, **wanted)
            case "text":
                blank = {} if field.required else {"default": "", "allow_blank": True}
                declared[field.name] = serializers.CharField(**wanted | blank, max_length=4000)
            case _:
                declared[field.name] = KeyField(**wanted, allow_null=not field.required)
    name = "".join(part.title() for part in act.name.split("_")) + "Request"
    return type(name, (serializers.Serializer,), declared)
