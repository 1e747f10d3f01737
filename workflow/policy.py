"""Who may do what: every question answered with yes, or no and the reason (DESIGN section 5).

`may_<verb>(actor, subject)` costs no query once the subject's task, issuer and agency are loaded. Whether the moment is
right is another question, answered in `workflow.timing`: a person who may not is told 403, a moment that is wrong 409.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.models import Agency, AgencyUserPermission, Membership, Office
from agencies.models.agency import in_force
from workflow import timing
from workflow.models import (
    Answer,
    Assignment,
    Comment,
    Contribution,
    CoSignature,
    Extension,
    HandBack,
    Participation,
    Report,
    SignOff,
    Task,
    WorkPlan,
)
from workflow.states import ENDED_ASSIGNMENT_STATES, RECORDED_WORK_PLAN_STATES, ContributionState, ReportState, SignOffState, Tie

READABLE_REPORTS = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.RETURNED})
"""Reports that have left their agency, so that everybody who sees the task may read them."""


def _holds(actor: Actor, codename: str, assignment: Assignment) -> Decision:
    if actor.may(codename, assignment.agency_id):
        return Allowed()
    if actor.permissions.get(assignment.agency_id):
        return Denied(_("Your role at %(agency)s does not include this.") % {"agency": assignment.agency.short_name})
    return Denied(_("Only %(agency)s can do this for its own part.") % {"agency": assignment.agency.short_name})


def _coordinates(actor: Actor, task: Task) -> Decision:
    if actor.may("coordinate", task.issuer_id):
        return Allowed()
    return Denied(_("Only the coordinators of %(agency)s can do this.") % {"agency": task.issuer.short_name})


def may_set_house_rules(actor: Actor) -> Decision:
    """Answer whether somebody may set what holds for the whole house: its ladder, its thresholds, its working days."""
    if actor.is_system or actor.office == Office.SYSTEM:
        return Allowed()
    return Denied(_("Only the system administrator sets what holds for the whole house."))


def _not_own(actor: Actor, user_id: int | None, agency_id: int) -> Decision:
    if actor.is_same_person(user_id, agency_id):
        return Denied(_("Nobody can approve their own work; ask a colleague."))
    return Allowed()


# --- The task: its issuer's coordinators ---------------------------------------------------------------


def may_issue(actor: Actor, agency_id: int) -> Decision:
    """Answer whether the actor may draw up and dispatch tasks of an agency."""
    if actor.may("coordinate", agency_id):
        return Allowed()
    return Denied(_("Only coordinators of the issuing agency can draw up tasks."))


def may_coordinate(actor: Actor, task: Task) -> Decision:
    """Answer for everything the issuer decides: edit, dispatch, press, suspend, resume, terminate, reopen, withdraw."""
    return _coordinates(actor, task)


def may_instruct(actor: Actor, task: Task) -> Decision:
    """Answer whether the actor may write an instruction: leaders of the issuer, or of an agency above it."""
    seats = actor.agencies_where("instruct")
    if task.issuer_id in seats:
        return Allowed()
    if seats and Participation.objects.filter(task=task, tie=Tie.ABOVE, agency_id__in=seats).exists():
        return Allowed()
    return Denied(_("Only members of the leadership group write instructions."))


def may_press(actor: Actor, assignment: Assignment) -> Decision:
    """Answer whether the actor may press an agency: the coordinator, or a lead pressing its supporters."""
    if _coordinates(actor, assignment.task):
        return Allowed()
    leads = {lead.agency_id for lead in assignment.task.assignments.all() if lead.is_lead and lead.state not in ENDED_ASSIGNMENT_STATES}
    if not assignment.is_lead and leads & actor.agencies_where("review"):
        return Allowed()
    return Denied(_("Only the coordinator, or a lead pressing its supporters, can do this."))


def may_hand_over(actor: Actor, agency: Agency) -> Decision:
    """Answer whether the actor may hand over what a person has in hand at an agency: whoever decides over its people."""
    if actor.may("administer", agency.pk):
        return Allowed()
    return Denied(_("Only the head of %(agency)s hands over the work of its people.") % {"agency": agency.short_name})


def belongs(person_id: int, agency_id: int) -> bool:
    """Tell whether a person has, or once had, a role in an agency."""
    return Membership.objects.filter(user_id=person_id, agency_id=agency_id).exists()


# --- An agency that was reorganised ---------------------------------------------------------------------


def keeps_directory(actor: Actor) -> bool:
    """Tell whether the actor keeps the directory, and with it may move everything a reorganised agency has open."""
    return actor.is_system or actor.office == Office.SYSTEM


def may_take_over(actor: Actor, predecessor: Agency, *, now: dt.datetime) -> Decision:
    """Answer whether the actor may let successors take over what an agency has open.

    A coordinator moves what hangs on its own tasks; whoever keeps the directory moves all of it, but does not read the tasks,
    and so cannot choose between several successors.
    """
    if actor.agencies_where("coordinate") or actor.is_system:
        return Allowed()
    if not keeps_directory(actor):
        return Denied(_("Only coordinators, or the system administrator, let a successor take over."))
    if predecessor.successions.filter(effective_on__lte=timezone.localdate(now)).count() > 1:
        return Denied(_("The agency was split: the coordinators of its tasks choose who takes over which."))
    return Allowed()


# --- An agency's own part ------------------------------------------------------------------------------


def may_sign_for(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for signing for an assignment."""
    return _holds(actor, "sign_for", assignment)


def may_pass_on(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for naming the officer in charge."""
    return _holds(actor, "review", assignment)


def may_hand_back(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for saying "not ours", and for taking that back."""
    return _holds(actor, "report", assignment)


def may_request_extension(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for asking for more time, and for taking that back."""
    return _holds(actor, "report", assignment)


def may_declare_done(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for declaring an agency's part done; it leaves the agency, so it is the reviewer's."""
    return _holds(actor, "review", assignment)


def may_request_sign_off(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for putting a task up for sign-off; `assignment` is the first lead's."""
    return _holds(actor, "review", assignment)


def may_co_sign(actor: Actor, co_signature: CoSignature) -> Decision:
    """Answer for co-signing."""
    return _holds(actor, "review", co_signature.assignment)


# --- Reports -------------------------------------------------------------------------------------------


def may_begin_report(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for beginning a report out of turn."""
    return _holds(actor, "report", assignment)


def may_report(actor: Actor, report: Report) -> Decision:
    """Answer for writing a report and sending it for review."""
    return _holds(actor, "report", report.assignment)


def may_read_report(actor: Actor, report: Report) -> Decision:
    """Answer whether somebody who sees the task may read what a report says, and open its evidence.

    Its own agency reads it always; everybody else once it has been submitted, and until the agency takes it up again.
    """
    if report.assignment.agency_id in actor.agency_ids:
        return Allowed()
    if report.state not in READABLE_REPORTS:
        return Denied(_("The report has not been submitted yet."))
    if sees_figures_only(actor, report.assignment.task):
        return Denied(
            _("The reports of this task are read by %(agency)s; the level above sees the figures.")
            % {"agency": report.assignment.task.issuer.short_name}
        )
    return Allowed()


def sees_figures_only(actor: Actor, task: Task) -> bool:
    """Tell whether the actor stands only above a task that came of another one, whose issuer has not opened its reports."""
    if task.parent_id is None or task.reports_shown_above:
        return False
    ties = {row.tie for row in task.participations.all() if row.agency_id in actor.agency_ids}
    return ties == {Tie.ABOVE}


def unreadable_above(actor: Actor, path: str) -> Q:
    """Return the condition of what belongs to tasks of which the actor sees the figures only; `path` leads to the task, as `task__`."""
    own = Participation.objects.filter(agency_id__in=actor.agency_ids).exclude(tie=Tie.ABOVE)
    inner = {f"{path}parent__isnull": False, f"{path}reports_shown_above": False}
    return Q(**inner) & ~Q(**{f"{path}pk__in": own.values("task_id")})


def may_release(actor: Actor, written: Report | Contribution | WorkPlan) -> Decision:
    """Answer for releasing a report, a contribution or a work plan from its agency; nobody releases what they wrote."""
    held = _holds(actor, "review", written.assignment)
    return held and _not_own(actor, written.author_id, written.assignment.agency_id)


def may_send_back(actor: Actor, written: Report | Contribution | WorkPlan) -> Decision:
    """Answer for giving what was written back inside the agency."""
    return _holds(actor, "review", written.assignment)


def may_judge_report(actor: Actor, report: Report) -> Decision:
    """Answer for accepting, returning or waiving a report: the coordinator, who has neither written nor released it."""
    held, issuer = _coordinates(actor, report.assignment.task), report.assignment.task.issuer_id
    return held and _not_own(actor, report.author_id, issuer) and _not_own(actor, report.reviewer_id, issuer)


# --- Contributions of supporters -----------------------------------------------------------------------


def may_contribute(actor: Actor, contribution: Contribution) -> Decision:
    """Answer for writing a supporter's contribution and sending it for review: its own agency, nobody else."""
    return _holds(actor, "report", contribution.assignment)


def may_judge_contribution(actor: Actor, contribution: Contribution) -> Decision:
    """Answer for returning or doing without a contribution: whoever reports for a lead of the task, and did not release it.

    Nor in the name of who did, through a delegation at the supporter or at the lead.
    """
    part = contribution.assignment
    leads = {lead.agency_id for lead in part.task.assignments.all() if lead.is_lead and lead.state not in ENDED_ASSIGNMENT_STATES}
    seats = leads & actor.agencies_where("report")
    if not seats:
        return Denied(_("Only a lead of the task can do this."))
    answers = [_not_own(actor, contribution.reviewer_id, agency_id) for agency_id in (part.agency_id, *seats)]
    return next((answer for answer in answers if not answer), Allowed())


def may_read_contribution(actor: Actor, contribution: Contribution) -> Decision:
    """Answer whether somebody who sees the task may read a contribution: its own agency always, others once it was sent."""
    if contribution.assignment.agency_id in actor.agency_ids:
        return Allowed()
    if contribution.state == ContributionState.SENT and not sees_figures_only(actor, contribution.assignment.task):
        return Allowed()
    return Denied(_("The contribution has not been sent yet."))


# --- The plans of leads --------------------------------------------------------------------------------


def may_begin_work_plan(actor: Actor, assignment: Assignment) -> Decision:
    """Answer for beginning a plan of one's own: an agency that leads."""
    if not assignment.is_lead:
        return Denied(_("Only a lead puts a plan of its own on record."))
    return _holds(actor, "report", assignment)


def may_write_work_plan(actor: Actor, plan: WorkPlan) -> Decision:
    """Answer for writing a lead's plan and sending it for review."""
    return _holds(actor, "report", plan.assignment)


def may_read_work_plan(actor: Actor, plan: WorkPlan) -> Decision:
    """Answer whether somebody who sees the task may read a lead's plan: its own agency always, others once it is on record."""
    if plan.assignment.agency_id in actor.agency_ids:
        return Allowed()
    if plan.state in RECORDED_WORK_PLAN_STATES and not sees_figures_only(actor, plan.assignment.task):
        return Allowed()
    return Denied(_("The work plan has not been put on record yet."))


# --- Words ---------------------------------------------------------------------------------------------


def may_comment(actor: Actor, task: Task) -> Decision:
    """Answer for speaking about a task, to everybody or inside one's agency: whoever sees it and works somewhere."""
    if actor.permissions:
        return Allowed()
    return Denied(_("Only people of an agency speak about a task."))


def may_retract(actor: Actor, comment: Comment) -> Decision:
    """Answer for taking a comment back: who wrote it."""
    if actor.user_id is not None and comment.author_id == actor.user_id:
        return Allowed()
    return Denied(_("Only who wrote it can take it back."))


# --- Decisions -----------------------------------------------------------------------------------------


def may_rule(actor: Actor, hand_back: HandBack) -> Decision:
    """Answer for ruling on a hand-back: the coordinator, who has not raised it."""
    held = _coordinates(actor, hand_back.assignment.task)
    return held and _not_own(actor, hand_back.raised_by_id, hand_back.assignment.task.issuer_id)


def may_decide_extension(actor: Actor, extension: Extension) -> Decision:
    """Answer for granting or refusing more time: the coordinator, who has not asked."""
    held = _coordinates(actor, extension.assignment.task)
    return held and _not_own(actor, extension.requested_by_id, extension.assignment.task.issuer_id)


def may_decide_sign_off(actor: Actor, sign_off: SignOff) -> Decision:
    """Answer for signing off or returning a task: the coordinator, who has not requested it."""
    held = _coordinates(actor, sign_off.task)
    return held and _not_own(actor, sign_off.requested_by_id, sign_off.task.issuer_id)


def may_verify(actor: Actor, task: Task) -> Decision:
    """Answer whether the actor is the one who was asked to look before sign-off."""
    asked = timing.open_verifications(task)
    if actor.user_id is not None and actor.user_id in {row.verifier_id for row in asked}:
        return Allowed()
    return Denied(_("Only whoever was asked to verify this can do it."))


def may_recheck(actor: Actor, task: Task) -> Decision:
    """Answer for looking at a closed task again: the coordinator, who has not signed it off."""
    held = _coordinates(actor, task)
    decided = [row for row in task.sign_offs.all() if row.state == SignOffState.APPROVED]
    last = max(decided, key=lambda row: row.round, default=None)
    return held and _not_own(actor, last.decided_by_id if last else None, task.issuer_id)


def may_answer(actor: Actor, answer: Answer) -> Decision:
    """Answer for answering an instruction for one's agency; it leaves the agency, so it is the reviewer's."""
    return _holds(actor, "review", answer.assignment)


def may_close_answer(actor: Actor, answer: Answer) -> Decision:
    """Answer for closing or returning an answer: who wrote the instruction, or the coordinator, and not who answered."""
    task = answer.assignment.task
    held = Allowed() if actor.user_id is not None and actor.user_id == answer.instruction.written_by_id else _coordinates(actor, task)
    return held and _not_own(actor, answer.given_by_id, task.issuer_id)


# --- Who is told ---------------------------------------------------------------------------------------


def people_who_hold(codename: str, agency_ids: Collection[int], *, now: dt.datetime) -> dict[int, list[int]]:
    """Return the active people who hold a permission on agencies, by agency id, in one query.

    Deputies by delegation are among them: their permission rows are written with the delegation.
    """
    rows = (
        AgencyUserPermission.objects.filter(content_object__pk__among=agency_ids, permission__codename=codename, user__is_active=True)
        .order_by("user_id")
        .values_list("content_object_id", "user_id")
    )
    people: dict[int, list[int]] = defaultdict(list)
    for agency_id, user_id in rows:
        people[agency_id].append(user_id)
    return dict(people)


def people_in_role(role: str, agency_ids: Collection[int], *, now: dt.datetime) -> dict[int, list[int]]:
    """Return the active people who hold a role in agencies today, by agency id, in one query."""
    rows = (
        Membership.objects.filter(in_force(timezone.localdate(now)), agency__pk__among=agency_ids, role=role, user__is_active=True)
        .order_by("user_id")
        .values_list("agency_id", "user_id")
    )
    people: dict[int, list[int]] = defaultdict(list)
    for agency_id, user_id in rows:
        people[agency_id].append(user_id)
    return dict(people)
