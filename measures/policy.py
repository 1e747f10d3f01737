"""Who may do what with documents and plans: answers with a reason, and lists of what may be seen."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from measures.models import Plan, Upload


def may_upload(actor: Actor, agency_id: int | None = None) -> Decision:
    """Answer whether the actor may upload documents, for one agency or at all."""
    allowed = actor.agencies_where("coordinate") if agency_id is None else actor.may("coordinate", agency_id)
    return Allowed() if allowed else Denied(_("Only coordinators upload documents."))


def may_review(actor: Actor, upload: Upload) -> Decision:
    """Answer whether the actor may correct, confirm and discard an upload."""
    return Allowed() if actor.may("coordinate", upload.agency_id) else Denied(_("Only coordinators of this agency review its documents."))


def uploads_visible_to(actor: Actor) -> QuerySet[Upload]:
    """Return the uploads that the actor may see: those of the agencies that the actor coordinates."""
    return Upload.objects.filter(agency_id__in=actor.agencies_where("coordinate"))


def plans_directed_by(actor: Actor) -> Q:
    """Return the condition on plans that the actor's agencies coordinate or issued; who only has tasks of a plan is the tasks' affair."""
    agencies = actor.overseen
    return Q(coordinator_id__in=agencies) | Q(issuer_id__in=agencies)


def may_direct(actor: Actor, plan: Plan) -> Decision:
    """Answer whether the actor may draw up tasks of a plan."""
    return Allowed() if actor.may("coordinate", plan.coordinator_id) else Denied(_("Only coordinators of this plan can do this."))
