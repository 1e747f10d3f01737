"""The vocabularies of the six machines (DESIGN section 4) and of the parts agencies have; no behaviour."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TaskState(models.TextChoices):
    """How far a task 督办事项 has come."""

    DRAFT = "draft", _("Drawn up")
    DISPATCHED = "dispatched", _("Under way")
    CLOSING = "closing", _("Awaiting sign-off")
    CLOSED = "closed", _("Signed off")
    SUSPENDED = "suspended", _("Suspended")
    TERMINATED = "terminated", _("Terminated")


class AssignmentState(models.TextChoices):
    """How far one agency has come with its part."""

    PENDING = "pending", _("To be signed for")
    ACCEPTED = "accepted", _("In hand")
    DECLARED = "declared", _("Declared done")
    CONFIRMED = "confirmed", _("Confirmed done")
    DISPUTED = "disputed", _("Hand-back under review")
    REROUTED = "rerouted", _("Rerouted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReportState(models.TextChoices):
    """How far a report of one period has come."""

    DUE = "due", _("To be filled in")
    DRAFT = "draft", _("Draft")
    AGENCY_REVIEW = "agency_review", _("In review at the agency")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned for more")
    WAIVED = "waived", _("Waived")


class ContributionState(models.TextChoices):
    """How far what a supporting agency contributes for one period has come."""

    ASKED = "asked", _("To be contributed")
    DRAFT = "draft", _("Draft")
    AGENCY_REVIEW = "agency_review", _("In review at the agency")
    SENT = "sent", _("Sent to the lead")
    RETURNED = "returned", _("Returned for more")
    WAIVED = "waived", _("Not needed")
    PASSED_ON = "passed_on", _("Gone over with the part")


class WorkPlanState(models.TextChoices):
    """How far a version of a lead's own plan has come."""

    DRAFT = "draft", _("Draft")
    AGENCY_REVIEW = "agency_review", _("In review at the agency")
    FILED = "filed", _("On record")
    REPLACED = "replaced", _("Replaced by a later version")


class SignOffState(models.TextChoices):
    """How far a closing round has come."""

    COLLECTING = "collecting", _("Collecting co-signatures")
    UNDER_REVIEW = "under_review", _("Awaiting the decision")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Verdict(models.TextChoices):
    """What an agency says when it is asked to co-sign."""

    WAITING = "waiting", _("Not answered yet")
    AGREE = "agree", _("Agrees")
    REMARK = "remark", _("Agrees with a remark")
    OBJECT = "object", pgettext_lazy("co-signature", "Objects")


class ExtensionState(models.TextChoices):
    """What has become of a request for more time."""

    REQUESTED = "requested", _("Requested")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class HandBackState(models.TextChoices):
    """What has become of a hand-back."""

    RAISED = "raised", _("Raised")
    UPHELD = "upheld", _("Assignment upheld")
    REROUTED = "rerouted", _("Rerouted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AnswerState(models.TextChoices):
    """What has become of the answer that a lead owes on an instruction."""

    OWED = "owed", _("To be answered")
    GIVEN = "given", _("Answered")
    RETURNED = "returned", _("Returned for more")
    CLOSED = "closed", _("Done with")
    PASSED_ON = "passed_on", _("Gone over with the part")


class Finding(models.TextChoices):
    """What was found when something was looked at: before sign-off, or again afterwards."""

    WAITING = "waiting", _("Not looked at yet")
    HOLDS = "holds", _("Holds")
    FAILS = "fails", _("Does not hold")


class RollUp(models.TextChoices):
    """How the progress of an agency's own tasks becomes the progress of its part."""

    MEAN = "mean", _("Mean of its own tasks")
    CLOSED = "closed", _("Share of its own tasks signed off")
    REPORTS = "reports", _("What its accepted reports say")


class NoticeState(models.TextChoices):
    """What has become of a formal paper."""

    DRAFT = "draft", _("To be signed")
    ISSUED = "issued", _("Issued")
    PUT_ASIDE = "put_aside", pgettext_lazy("paper", "Put aside")


class Circle(models.TextChoices):
    """Who reads a bulletin besides the agency it is addressed to and those above the task."""

    NAMED = "named", _("Only the agency it is addressed to")
    TASK = "task", _("All with a part in the task")
    PLAN = "plan", _("All with a part in the plan")


class Part(models.TextChoices):
    """The part an agency has in a task."""

    LEAD = "lead", _("Lead")
    SUPPORT = "support", _("Support")


class Tie(models.TextChoices):
    """Why a task is an agency's to see."""

    ISSUER = "issuer", _("Issued it")
    ABOVE = "above", _("Stands above it in the line that issued it")
    LEAD = "lead", _("Leads")
    SUPPORT = "support", _("Supports")


class ClosingRule(models.TextChoices):
    """When a task can be put up for sign-off."""

    ALL_LEADS = "all_leads", _("All leads have declared it done")
    FIRST_LEAD = "first_lead", _("The first lead has declared it done, and the co-leads have co-signed")


class Rhythm(models.TextChoices):
    """How often leads report."""

    NONE = "none", _("On demand only")
    WEEKLY = "weekly", _("Weekly")
    HALF_MONTHLY = "half_monthly", _("Half-monthly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    HALF_YEARLY = "half_yearly", _("Half-yearly")
    YEARLY = "yearly", _("Yearly")
    BY_STAGE = "by_stage", _("By stage")


LIVE_TASK_STATES = frozenset({TaskState.DISPATCHED, TaskState.CLOSING, TaskState.SUSPENDED})
"""Tasks that agencies still work on."""

LIVE_ASSIGNMENT_STATES = frozenset({AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DECLARED, AssignmentState.DISPUTED})
"""Assignments whose agency still owes something."""

REPORTING_STATES = frozenset({AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DISPUTED})
"""Assignments whose agency still owes reports: neither declared done nor ended."""

SWEPT_STATES = (AssignmentState.PENDING, AssignmentState.ACCEPTED)
"""Assignments to which the day alone brings something: neither disputed nor declared nor ended."""

ENDED_ASSIGNMENT_STATES = frozenset({AssignmentState.REROUTED, AssignmentState.WITHDRAWN})
"""Assignments that are no longer the agency's."""

OPEN_CONTRIBUTION_STATES = (
    ContributionState.ASKED,
    ContributionState.DRAFT,
    ContributionState.AGENCY_REVIEW,
    ContributionState.RETURNED,
)
"""Contributions that their agency still owes."""

OPEN_WORK_PLAN_STATES = (WorkPlanState.DRAFT, WorkPlanState.AGENCY_REVIEW)
"""Work plans that their agency still writes or reviews; a part has one at a time."""

RECORDED_WORK_PLAN_STATES = (WorkPlanState.FILED, WorkPlanState.REPLACED)
"""Work plans that have left their agency: the version in force and those before it."""
