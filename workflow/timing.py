"""Whether the moment is right: what must have happened, or must not have, before an act; asked after `workflow.policy`.

Each question answers yes, or no and the reason; the reason is shown on the disabled button and returned with a 409.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.decision import Allowed, Decision, Denied
from agencies.listing import listed
from workflow.models import (
    Answer,
    Assignment,
    Contribution,
    CoSignature,
    Extension,
    HandBack,
    Receiver,
    Report,
    SignOff,
    Task,
    Verification,
)
from workflow.states import (
    ENDED_ASSIGNMENT_STATES,
    LIVE_ASSIGNMENT_STATES,
    LIVE_TASK_STATES,
    AssignmentState,
    ClosingRule,
    ExtensionState,
    Finding,
    HandBackState,
    ReportState,
    SignOffState,
    TaskState,
    Verdict,
)

HAND_BACK_WORKING_DAYS = 10
"""Within how many working days of being assigned an agency may hand back (DESIGN section 4)."""

RULING_WORKING_DAYS = 7
"""Within how many working days a hand-back is to be ruled on (DESIGN section 4)."""


WRITABLE_REPORTS = frozenset({ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED})
"""Reports that their agency still writes."""


def task_is_live(task: Task) -> Decision:
    """Answer whether agencies can act on the task: it is under way, and not put up for sign-off."""
    match task.state:
        case TaskState.DISPATCHED:
            return Allowed()
        case TaskState.DRAFT:
            return Denied(_("The task has not been dispatched yet."))
        case TaskState.CLOSING:
            return Denied(_("The task is up for sign-off; wait for the decision or take the sign-off back first."))
        case TaskState.SUSPENDED:
            return Denied(_("The task is suspended; its clock stands still."))
        case TaskState.CLOSED:
            return Denied(_("The task has been signed off."))
        case _:
            return Denied(_("The task has been terminated."))


def in_hand(assignment: Assignment) -> Decision:
    """Answer whether a part is to be signed for or in hand, in a task that is under way."""
    if assignment.state not in {AssignmentState.PENDING, AssignmentState.ACCEPTED}:
        return Denied(_("Your part is not in hand: %(state)s.") % {"state": assignment.get_state_display()})
    return task_is_live(assignment.task)


def owes_something(assignment: Assignment) -> Decision:
    """Answer whether an agency can be pressed: its part is not done, in a task that is under way."""
    if assignment.state not in {AssignmentState.PENDING, AssignmentState.ACCEPTED, AssignmentState.DISPUTED}:
        return Denied(_("Nothing is owed here any more: %(state)s.") % {"state": assignment.get_state_display()})
    return task_is_live(assignment.task)


def to_ask_for_report(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether a report out of turn can be opened: none is open already."""
    done = {ReportState.ACCEPTED, ReportState.WAIVED}
    if any(report.on_demand and report.state not in done for report in assignment.reports.all()):
        return Denied(_("A report asked for out of turn is open already."))
    return in_hand(assignment)


def to_hand_back(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether it is still time to hand back."""
    last = assignment.hand_back_until
    if timezone.localdate(now) > last:
        return Denied(
            _("A hand-back must be raised within %(days)d working days of dispatch; that ended on %(last)s.")
            % {"days": HAND_BACK_WORKING_DAYS, "last": last.isoformat()}
        )
    return task_is_live(assignment.task)


def to_request_extension(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether more time can be asked for: there is a due date, it has not passed, and nothing is pending."""
    if assignment.due_on is None:
        return Denied(_("No due date is set, so there is nothing to extend."))
    if timezone.localdate(now) > assignment.due_on:
        return Denied(
            _("More time must be asked for before the due date, which was %(due_on)s.") % {"due_on": assignment.due_on.isoformat()}
        )
    if open_extension(assignment) is not None:
        return Denied(_("A request for more time is open already."))
    return in_hand(assignment)


def to_declare_done(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether an agency can declare its part done: no request and no report of it is pending."""
    if open_extension(assignment) is not None:
        return Denied(_("A request for more time is still open; take it back first."))
    reports = {report.state for report in assignment.reports.all()}
    if reports & {ReportState.AGENCY_REVIEW, ReportState.SUBMITTED, ReportState.RETURNED}:
        return Denied(_("A report of yours is still under way; it must be accepted or waived first."))
    if assignment.is_lead and ReportState.ACCEPTED not in reports:
        return Denied(_("No report of yours has been accepted yet; report the result first."))
    return task_is_live(assignment.task)


def to_request_sign_off(task: Task, now: dt.datetime) -> Decision:
    """Answer whether the closing rule of the task is met and nothing is in dispute."""
    parts = [part for part in task.assignments.all() if part.state not in {AssignmentState.REROUTED, AssignmentState.WITHDRAWN}]
    leads = [part for part in parts if part.is_lead]
    if task.closing_rule == ClosingRule.FIRST_LEAD:
        unsigned = [lead.agency.short_name for lead in leads[1:] if lead.signed_at is None]
        if unsigned:
            return Denied(_("These co-leads have not signed for it and cannot co-sign: %(agencies)s.") % {"agencies": listed(unsigned)})
        leads = leads[:1]
    waiting = [lead.agency.short_name for lead in leads if lead.state != AssignmentState.DECLARED]
    if waiting or not leads:
        return Denied(_("These leads have not declared it done yet: %(agencies)s.") % {"agencies": listed(waiting) or "—"})
    if any(part.state == AssignmentState.DISPUTED for part in parts):
        return Denied(_("A hand-back is still under review."))
    return task_is_live(task)


def to_put_up(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether this part can put its task up for sign-off: a lead that has declared its own part done."""
    if not assignment.is_lead:
        return Denied(_("A lead puts the task up for sign-off."))
    if assignment.state != AssignmentState.DECLARED:
        return Denied(_("Declare your own part done first."))
    return to_request_sign_off(assignment.task, now)


def to_withdraw_sign_off(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether this part can take the closing round of its task back: a lead, while it is not decided."""
    if not assignment.is_lead:
        return Denied(_("A lead takes the sign-off back."))
    if open_sign_off(assignment.task) is None:
        return Denied(_("The task has not been put up for sign-off."))
    return Allowed()


def stands_alone(report: Report) -> Decision:
    """Answer whether a report is written and released by itself, not together with one of another task.

    It follows that one only while it can be taken along: what has gone out, was waived, or lies in a task that stands still moves
    nothing, and whoever waited for it could never report.
    """
    unsent = WRITABLE_REPORTS | {ReportState.AGENCY_REVIEW}
    main = report.written_with
    if main is None or report.state not in unsent or main.state not in unsent:
        return Allowed()
    if main.assignment.state != AssignmentState.ACCEPTED or not task_is_live(main.assignment.task):
        return Allowed()
    return Denied(_("This report is written together with that of another task; open that one."))


def to_save_report(report: Report, now: dt.datetime) -> Decision:
    """Answer whether the agency can work on a report: it has signed for the task, which is under way."""
    if not stands_alone(report):
        return stands_alone(report)
    if report.assignment.state == AssignmentState.PENDING:
        return Denied(_("Sign for the task first."))
    if report.assignment.state != AssignmentState.ACCEPTED:
        return Denied(_("Your part is not in hand: %(state)s.") % {"state": report.assignment.get_state_display()})
    return task_is_live(report.assignment.task)


def to_ask_supporters(report: Report, now: dt.datetime) -> Decision:
    """Answer whether supporters can still be asked for a report: it has not gone out, and not all of them have been."""
    if report.state not in {ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED, ReportState.AGENCY_REVIEW}:
        return Denied(_("The report has gone out already."))
    parts = [part for part in report.assignment.task.assignments.all() if not part.is_lead and part.state in LIVE_ASSIGNMENT_STATES]
    if not parts:
        return Denied(_("No agency supports this task."))
    asked = {row.assignment_id for part in parts for row in part.contributions.all() if is_asked_for(row, report)}
    if all(part.pk in asked for part in parts):
        return Denied(_("Every supporter has been asked already."))
    return task_is_live(report.assignment.task)


def is_asked_for(contribution: Contribution, report: Report) -> bool:
    """Tell whether a contribution of the report's task is asked for its period."""
    return contribution.on_demand == report.on_demand and (contribution.period_start, contribution.period_end) == (
        report.period_start,
        report.period_end,
    )


def to_contribute(contribution: Contribution, now: dt.datetime) -> Decision:
    """Answer whether a supporter can work on its contribution: it has signed for the task, which is under way."""
    part = contribution.assignment
    if part.state == AssignmentState.PENDING:
        return Denied(_("Sign for the task first."))
    if part.state not in {AssignmentState.ACCEPTED, AssignmentState.DECLARED}:
        return Denied(_("Your part is not in hand: %(state)s.") % {"state": part.get_state_display()})
    return task_is_live(part.task)


def to_send_contribution_for_review(contribution: Contribution, now: dt.datetime) -> Decision:
    """Answer whether a contribution says something."""
    if not contribution.text.strip():
        return Denied(_("Say what your agency contributes first."), "text")
    return to_contribute(contribution, now)


def to_return_contribution(contribution: Contribution, now: dt.datetime) -> Decision:
    """Answer whether a lead's report for which a contribution was asked has not gone out yet."""
    task = contribution.assignment.task
    open_states = {ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED, ReportState.AGENCY_REVIEW}
    reports = (report for part in task.assignments.all() if part.is_lead for report in part.reports.all())
    if not any(report.state in open_states and is_asked_for(contribution, report) for report in reports):
        return Denied(_("The report that it belongs to has gone out already."))
    return task_is_live(task)


def to_send_for_review(report: Report, now: dt.datetime) -> Decision:
    """Answer whether a report is complete enough to be reviewed."""
    if not report.done.strip():
        return Denied(_("Say what has been done first."), "done")
    if report.percent is None:
        return Denied(_("Give the progress in percent first."), "percent")
    if report.assignment.task.evidence_required and not report.evidence.all():
        return Denied(_("This task asks for evidence; attach at least one file."), "files")
    return to_save_report(report, now)


def to_dispatch(task: Task, receivers: Sequence[Receiver], now: dt.datetime) -> Decision:
    """Answer whether a task can go out: somebody leads, every receiver is known, and the due date lies ahead."""
    if task.state != TaskState.DRAFT:
        return Denied(_("The task has been dispatched already."))
    unknown = [receiver.name_as_written for receiver in receivers if receiver.agency_id is None and receiver.group_id is None]
    if unknown:
        return Denied(_("The directory does not know: %(names)s. Settle them first.") % {"names": listed(unknown)})
    if not any(receiver.part == "lead" for receiver in receivers):
        return Denied(_("No agency leads this task."))
    today = timezone.localdate(now)
    gone = [receiver.agency.short_name for receiver in receivers if receiver.agency is not None and not receiver.agency.is_in_force(today)]
    if gone:
        return Denied(_("These agencies do not exist today: %(names)s. Name who stands in their place.") % {"names": listed(gone)})
    if task.due_on is not None and task.due_on < today:
        return Denied(_("The due date %(due_on)s has passed already.") % {"due_on": task.due_on.isoformat()})
    return Allowed()


def to_set_rules(task: Task, now: dt.datetime) -> Decision:
    """Answer whether a task takes new rules: it has not ended, and no closing round is open."""
    if task.state in {TaskState.DRAFT, TaskState.SUSPENDED}:
        return Allowed()
    return task_is_live(task)


def to_show_reports_above(task: Task, now: dt.datetime) -> Decision:
    """Answer whether there is a level above: the task came of another one."""
    return Allowed() if task.parent_id is not None else Denied(_("The task did not come of another one."))


def to_set_stages(task: Task, now: dt.datetime) -> Decision:
    """Answer whether a task takes stages: it is drawn up or under way."""
    return Allowed() if task.state == TaskState.DRAFT else task_is_live(task)


def to_answer(answer: Answer, now: dt.datetime) -> Decision:
    """Answer whether an instruction can be answered: the part still stands, and the task has not ended."""
    if answer.assignment.state in ENDED_ASSIGNMENT_STATES:
        return Denied(_("Nothing is owed here any more: %(state)s.") % {"state": answer.assignment.get_state_display()})
    task = answer.assignment.task
    return Allowed() if task.state in LIVE_TASK_STATES else task_is_live(task)


def to_record_meeting(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether a hand-back is open, on which a meeting can be held."""
    return Allowed() if open_hand_back(assignment) else Denied(_("No hand-back of this assignment is open."))


def to_ask_verifier(task: Task, now: dt.datetime) -> Decision:
    """Answer whether there is a closing round for which somebody can be asked to look."""
    return Allowed() if open_sign_off(task) else Denied(_("The task has not been put up for sign-off."))


def to_recheck(task: Task, now: dt.datetime) -> Decision:
    """Answer whether the task was drawn for a re-check and not looked at yet."""
    if any(row.result == Finding.WAITING for row in task.recheck_items.all()):
        return Allowed()
    return Denied(_("The task does not wait to be looked at again."))


def co_leads_outstanding(task: Task, row: SignOff) -> list[str]:
    """Return the co-leads whose co-signature a closing round still lacks, where the rule asks for them."""
    if task.closing_rule != ClosingRule.FIRST_LEAD:
        return []
    asked = [answer for answer in row.co_signatures.all() if answer.verdict in {Verdict.WAITING, Verdict.OBJECT}]
    return [answer.assignment.agency.short_name for answer in asked if answer.assignment.is_lead]


def to_submit_sign_off(task: Task, now: dt.datetime) -> Decision:
    """Answer whether there is a round still collecting co-signatures."""
    row = open_sign_off(task)
    if row is not None and row.state == SignOffState.COLLECTING:
        missing = co_leads_outstanding(task, row)
        if missing:
            return Denied(_("The closing rule asks the co-leads to co-sign; outstanding: %(agencies)s.") % {"agencies": listed(missing)})
        return Allowed()
    return Denied(_("No closing round is collecting co-signatures."))


def to_decide_sign_off(task: Task, now: dt.datetime) -> Decision:
    """Answer whether a closing round lies before the coordinator."""
    row = open_sign_off(task)
    if row is None:
        return Denied(_("The task has not been put up for sign-off."))
    if row.state == SignOffState.COLLECTING:
        return Denied(_("Co-signatures are still being collected."))
    return _is_backed(task, row)


def _is_backed(task: Task, row: SignOff) -> Decision:
    """Answer whether a closing round has what the rules of the task ask for beside the coordinator's decision."""
    missing = co_leads_outstanding(task, row)
    if missing:
        return Denied(_("The closing rule asks the co-leads to co-sign; outstanding: %(agencies)s.") % {"agencies": listed(missing)})
    if not task.needs_verification:
        return Allowed()
    results = {look.result for look in row.verifications.all()}
    if Finding.FAILS in results:
        return Denied(_("The verification found that it does not hold; return it to the leads."))
    if Finding.HOLDS not in results:
        return Denied(_("Somebody outside the agencies at work has to verify this first."))
    return Allowed()


# --- What is open; each reads prefetched rows where there are any ------------------------------------------


def open_extension(assignment: Assignment) -> Extension | None:
    """Return the request for more time that waits for a decision."""
    return next((row for row in assignment.extensions.all() if row.state == ExtensionState.REQUESTED), None)


def open_hand_back(assignment: Assignment) -> HandBack | None:
    """Return the hand-back that waits for a ruling."""
    return next((row for row in assignment.hand_backs.all() if row.state == HandBackState.RAISED), None)


def open_sign_off(task: Task) -> SignOff | None:
    """Return the closing round that is not decided yet."""
    open_states = {SignOffState.COLLECTING, SignOffState.UNDER_REVIEW}
    return next((row for row in task.sign_offs.all() if row.state in open_states), None)


def open_verifications(task: Task) -> list[Verification]:
    """Return who was asked to look before sign-off and has not said yet what they found."""
    row = open_sign_off(task)
    return [look for look in row.verifications.all() if look.result == Finding.WAITING] if row is not None else []


def open_co_signature(assignment: Assignment) -> CoSignature | None:
    """Return the co-signature asked of an agency and not given yet, in the open round of the task."""
    row = open_sign_off(assignment.task)
    if row is None or row.state != SignOffState.COLLECTING:
        return None
    waiting = (answer for answer in row.co_signatures.all() if answer.verdict == Verdict.WAITING)
    return next((answer for answer in waiting if answer.assignment_id == assignment.pk), None)


def is_paused(assignment: Assignment) -> bool:
    """Tell whether the clock of a part stands still: suspended, handed back, or waiting for a decision on more time."""
    return (
        assignment.task.state == TaskState.SUSPENDED
        or assignment.state == AssignmentState.DISPUTED
        or open_extension(assignment) is not None
    )


def cannot_write(assignment: Assignment) -> bool:
    """Tell whether nobody can write what a part owes at the moment: suspended, handed back, or up for sign-off."""
    return assignment.task.state in {TaskState.SUSPENDED, TaskState.CLOSING} or assignment.state == AssignmentState.DISPUTED
